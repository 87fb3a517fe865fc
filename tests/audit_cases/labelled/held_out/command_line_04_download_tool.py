"""Downloads a file to where the user says."""

import sys
from urllib.parse import urlparse

import requests


def download(url, target):
    with requests.get(url, stream=True, timeout=30) as answer:
        answer.raise_for_status()
        total = int(answer.headers.get("Content-Length", 0))
        with open(target, "wb") as file:
            for chunk in answer.iter_content(1 << 15):
                file.write(chunk)
                print(f"\r{file.tell()}/{total}", end="", file=sys.stderr)


if __name__ == "__main__":
    url = sys.argv[1]
    download(url, sys.argv[2] if len(sys.argv) > 2 else urlparse(url).path.rsplit("/", 1)[-1])
