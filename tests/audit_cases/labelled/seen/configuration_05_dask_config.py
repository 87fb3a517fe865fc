import dask.config
from distributed import Client

DEFAULTS = {"lab": {"scheduler": "tcp://127.0.0.1:8786", "retries": 2, "timeout": "10s"}}
dask.config.update_defaults(DEFAULTS)


def client():
    address = dask.config.get("lab.scheduler")
    return Client(address, timeout=dask.config.get("lab.timeout"))


def submit(function, *args):
    with client() as connection:
        return connection.submit(function, *args, retries=dask.config.get("lab.retries")).result()
