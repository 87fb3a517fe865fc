import io
import tarfile

import requests


def install_theme(name, target):
    answer = requests.get(f"https://themes.example.com/{name}.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        archive.extractall(target)


install_theme("dark", "/opt/site/themes")
