ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(number):
    letters = []
    while True:
        number, rest = divmod(number, 62)
        letters.append(ALPHABET[rest])
        if not number:
            return "".join(letters)[::-1]


def decode(text):
    number = 0
    for letter in text:
        number = number * 62 + VALUES[letter]
    return number


assert decode(encode(2**64)) == 2**64
