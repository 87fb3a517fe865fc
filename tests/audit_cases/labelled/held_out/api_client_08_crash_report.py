"""Sends a crash report when the user has agreed to it."""

import json
import platform
import traceback
import urllib.request


def report(error, agreed, url="https://crashes.example.com/api/1"):
    if not agreed:
        return None
    document = {
        "python": platform.python_version(),
        "system": platform.system(),
        "trace": traceback.format_exception(type(error), error, error.__traceback__),
    }
    request = urllib.request.Request(
        url, json.dumps(document).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["id"]
