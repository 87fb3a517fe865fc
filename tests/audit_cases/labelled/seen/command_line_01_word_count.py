import argparse
import collections
import pathlib
import sys


def count(texts):
    words = collections.Counter()
    for text in texts:
        words.update(text.lower().split())
    return words


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("-n", type=int, default=10)
    options = parser.parse_args(arguments)
    texts = [path.read_text() for path in options.files] or [sys.stdin.read()]
    for word, number in count(texts).most_common(options.n):
        print(number, word)


if __name__ == "__main__":
    main()
