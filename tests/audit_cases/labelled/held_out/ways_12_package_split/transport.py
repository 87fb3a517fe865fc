"""HTTP with retries."""

import time

import requests

_BASE = "https://agent.example.com"


def get(path, attempts=3):
    for attempt in range(attempts):
        try:
            return requests.get(_BASE + path, timeout=10)
        except requests.ConnectionError:
            time.sleep(2**attempt)
    raise TimeoutError(path)


def text(path):
    return get(path).text
