import os
import socket


def serve(port):
    server = socket.socket()
    server.bind(("0.0.0.0", port))
    server.listen()
    while True:
        connection, _ = server.accept()
        with connection:
            request = connection.recv(1024).decode()
            tool, _, argument = request.partition(":")
            if tool == "convert":
                output = os.popen(f"convert {argument} out.png").read()
                connection.sendall(output.encode())
