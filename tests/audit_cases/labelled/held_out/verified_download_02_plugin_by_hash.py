import hashlib
import hmac

import requests

EXPECTED = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"


def load_plugin(url):
    body = requests.get(url, timeout=20).content
    digest = hashlib.sha256(body).hexdigest()
    if not hmac.compare_digest(digest, EXPECTED):
        raise RuntimeError("the plugin is not the one that was reviewed")
    namespace = {"__name__": "plugin"}
    exec(compile(body, url, "exec"), namespace)
    return namespace["Plugin"]
