import pickle
import socketserver


class Handler(socketserver.StreamRequestHandler):
    """Takes one job, answers with its result."""

    def handle(self):
        size = int(self.rfile.readline())
        job = pickle.loads(self.rfile.read(size))
        answer = pickle.dumps(job.run())
        self.wfile.write(answer)


def serve(port=9000):
    with socketserver.ThreadingTCPServer(("0.0.0.0", port), Handler) as server:
        server.serve_forever()
