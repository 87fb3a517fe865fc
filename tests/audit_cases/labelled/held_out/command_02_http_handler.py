import http.server
import subprocess
from urllib.parse import parse_qs, urlparse


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlparse(self.path).query)
        name = query.get("name", ["report"])[0]
        text = subprocess.check_output(f"render --name {name}", shell=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)


http.server.HTTPServer(("", 8000), Handler).serve_forever()
