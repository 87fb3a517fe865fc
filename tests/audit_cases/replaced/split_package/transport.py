"""Asks the server."""

import dask.config
import urllib3

_pool = urllib3.PoolManager(retries=3)


def server():
    return dask.config.get("harborline.server").rstrip("/")


def read(path):
    answer = _pool.request("GET", f"{server()}/{path}")
    if answer.status >= 400:
        raise RuntimeError(f"{path}: {answer.status}")
    return answer.data
