"""The calls that a scheduler makes to its plugins, captured once, and the hooks to make them to again."""

from __future__ import annotations

import json
import time
from typing import Any

from distributed import Client, LocalCluster, wait
from distributed.diagnostics.plugin import SchedulerPlugin

from pilothouse._recorder import Recorder, Redactor

DETAILS = '{"client":null,"code":[],"annotations":{},"tags":[]}'
DEFAULT_SPOOL = 32 << 20
SESSION = {
    "scheduler_id": "bench",
    "name": "bench",
    "address": "tcp://127.0.0.1:1",
    "dashboard": None,
    "host": "bench",
    "user": "bench",
    "pid": 1,
    "os": "bench",
    "python": "3",
    "dask": "0",
    "distributed": "0",
    "pilothouse": "0",
    "start_us": 1,
    "flush_interval_us": 1_000_000,
}

Call = tuple[tuple[Any, ...], dict[str, Any]]


class Capture(SchedulerPlugin):
    def __init__(self) -> None:
        self.calls: list[Call] = []

    def transition(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append((args, kwargs))


class Empty(SchedulerPlugin):
    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        pass


class Ignore:
    """``Ignore().__init__`` is a C function that takes a tuple and a dictionary and does nothing with them."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Ignore:
        return super().__new__(cls)


def noop(i: int) -> int:
    return i


def make_recorder(
    tasks: dict[Any, Any], address: str, token: str, directory: str, redactor: Redactor | None
) -> Recorder:
    """One as it is by default."""
    return Recorder(
        tasks=tasks,
        address=address,
        token=token,
        session=json.dumps(SESSION),
        max_bytes=DEFAULT_SPOOL,
        directory=directory,
        heartbeat=1.0,
        redactor=redactor,
        ca_pem="",
    )


class Scene:
    """A scheduler with the tasks of a run, all of them alive, and the calls that its plugins got.

    The worker is another process: what it tells of a task comes in a message, in objects made for that message.
    """

    def __init__(self, tasks: int) -> None:
        self.tasks = tasks
        self._cluster = LocalCluster(
            n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None
        )
        self._client = Client(self._cluster)
        self.scheduler = self._cluster.scheduler
        plugin = Capture()
        self.scheduler.add_plugin(plugin, name="capture")
        keys = [("noop-bench-2f0e9d4e0d544c5b9d6a3a8f6b1d2c77", i) for i in range(tasks)]
        self._futures = self._client.map(noop, range(tasks), key=keys)
        wait(self._futures)
        self.scheduler.remove_plugin(name="capture")
        self.calls = plugin.calls

    def recorder(self, address: str, token: str, directory: str) -> Recorder:
        """One as it is by default."""
        core = make_recorder(self.scheduler.tasks, address, token, directory, Redactor())
        core.open_computation("bench", 1, DETAILS)
        return core

    def close(self) -> None:
        del self._futures
        self._client.close()
        self._cluster.close()


def settle(core: Recorder, clock: Any = time.process_time) -> None:
    """Waits until the recorder's thread has nothing to do."""
    core.flush()
    deadline = time.monotonic() + 20
    before = clock()
    while time.monotonic() < deadline:
        time.sleep(0.05)
        after = clock()
        if after - before < 0.002:
            return
        before = after
