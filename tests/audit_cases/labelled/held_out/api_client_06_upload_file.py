import argparse
from pathlib import Path

import requests


def upload(path, endpoint):
    with path.open("rb") as file:
        answer = requests.post(endpoint, files={"file": (path.name, file)}, timeout=60)
    answer.raise_for_status()
    return answer.json()["url"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--endpoint", default="https://files.example.com/upload")
    options = parser.parse_args()
    for path in options.files:
        print(path, upload(path, options.endpoint))


if __name__ == "__main__":
    main()
