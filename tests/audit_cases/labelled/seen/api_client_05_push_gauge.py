import socket
import time
import urllib.request


class Gauge:
    """Pushes a number to a gateway, labelled with this machine's name."""

    def __init__(self, gateway, job):
        self.url = f"http://{gateway}/metrics/job/{job}/instance/{socket.gethostname()}"

    def push(self, name, value):
        body = f"# TYPE {name} gauge\n{name} {float(value)} {int(time.time() * 1000)}\n".encode()
        request = urllib.request.Request(self.url, data=body, method="PUT")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200
