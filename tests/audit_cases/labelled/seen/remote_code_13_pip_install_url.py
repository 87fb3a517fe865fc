import subprocess
import sys

import requests


def requirement():
    answer = requests.get("https://updates.example.com/latest.json", timeout=10)
    return answer.json()["wheel"]


def update():
    wheel = requirement()
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--no-deps", wheel])
    print("updated; please restart")


if __name__ == "__main__":
    update()
