import json
import logging
import urllib.request

log = logging.getLogger(__name__)
KNOWN = {"level": str, "sample_rate": float, "batch": int}


def fetch(url):
    with urllib.request.urlopen(url, timeout=3) as answer:
        raw = json.load(answer)
    return {name: KNOWN[name](value) for name, value in raw.items() if name in KNOWN}


def apply(url):
    try:
        settings = fetch(url)
    except (OSError, ValueError) as error:
        log.warning("keeping the old settings: %s", error)
        return
    logging.getLogger().setLevel(settings.get("level", "INFO"))
