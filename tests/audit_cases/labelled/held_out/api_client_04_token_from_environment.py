"""Posts a message to a chat room; the token comes from the environment."""

import os
import sys

import requests

URL = "https://chat.example.com/api/messages"


def post(room, text):
    token = os.environ["CHAT_TOKEN"]
    answer = requests.post(
        URL,
        json={"room": room, "text": text},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["id"]


if __name__ == "__main__":
    print(post(sys.argv[1], " ".join(sys.argv[2:])))
