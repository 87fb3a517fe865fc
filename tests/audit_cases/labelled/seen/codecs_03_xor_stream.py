"""The toy cipher of lesson 3."""


def keystream(key):
    state = sum(key) & 0xFF
    while True:
        for byte in key:
            state = (state * 5 + byte) & 0xFF
            yield state


def crypt(data, key):
    return bytes(a ^ b for a, b in zip(data, keystream(key)))


def main():
    message = b"attack at dawn"
    hidden = crypt(message, b"lesson")
    print(hidden.hex())
    assert crypt(hidden, b"lesson") == message


main()
