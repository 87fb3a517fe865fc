import os

from distributed import Client, WorkerPlugin


class Environment(WorkerPlugin):
    def __init__(self, values):
        self.values = dict(values)
        self.before = {}

    def setup(self, worker):
        self.before = {name: os.environ.get(name) for name in self.values}
        os.environ.update(self.values)

    def teardown(self, worker):
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def single_threaded(address):
    client = Client(address)
    client.register_plugin(Environment({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}))
    return client
