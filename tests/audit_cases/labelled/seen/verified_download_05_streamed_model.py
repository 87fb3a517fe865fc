import hashlib
import os
import tempfile

import urllib3


def download(url, target, sha256, progress=lambda done: None):
    digest = hashlib.sha256()
    http = urllib3.PoolManager()
    with http.request("GET", url, preload_content=False) as answer:
        fd, temporary = tempfile.mkstemp(dir=os.path.dirname(target) or ".")
        with os.fdopen(fd, "wb") as file:
            for chunk in answer.stream(1 << 16):
                digest.update(chunk)
                file.write(chunk)
                progress(file.tell())
    if digest.hexdigest() != sha256:
        os.remove(temporary)
        raise ValueError(f"{url}: wrong digest")
    os.replace(temporary, target)
