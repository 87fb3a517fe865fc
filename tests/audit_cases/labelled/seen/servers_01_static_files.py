import functools
import http.server
import socketserver


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(directory, port=0):
    handler = functools.partial(Quiet, directory=directory)
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/")
        server.serve_forever()
