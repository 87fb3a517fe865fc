import codecs
import sys


def spoiler(text):
    return codecs.encode(text, "rot13")


def reveal(text):
    return codecs.decode(text, "rot13")


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(spoiler(line))
