import json
import socketserver

METHODS = {}


def method(function):
    METHODS[function.__name__] = function
    return function


@method
def add(a, b):
    return float(a) + float(b)


@method
def upper(text):
    return str(text).upper()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            call = json.loads(line)
            function = METHODS.get(call["method"])
            result = function(*call["params"]) if function else None
            self.wfile.write(json.dumps({"id": call["id"], "result": result}).encode() + b"\n")


if __name__ == "__main__":
    socketserver.TCPServer(("127.0.0.1", 7070), Handler).serve_forever()
