import shutil
from http.server import BaseHTTPRequestHandler, HTTPServer

ROOT = "/srv/uploads/"


class Handler(BaseHTTPRequestHandler):
    def do_DELETE(self):
        name = self.path.removeprefix("/files/")
        shutil.rmtree(ROOT + name)
        self.send_response(204)
        self.end_headers()


HTTPServer(("0.0.0.0", 8081), Handler).serve_forever()
