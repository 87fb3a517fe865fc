"""What the recorder costs a scheduler, beside the same recording in Python.

Two measurements, because a microsecond per task cannot be seen in one run with and one without:

replay  the hook calls of a real run are captured, then made again, in turns, against each hook: CPU of the hook's
        thread per task, net of the loop.
live    one scheduler, one worker; rounds of the same work in turns with no recorder, the native one, and the Python
        one: CPU of the scheduler's whole process per task, all threads.
"""

from __future__ import annotations

import gc
import json
import time
from typing import Any, Callable

from distributed import Client, LocalCluster, wait
from distributed.diagnostics.plugin import SchedulerPlugin

from pilothouse._plugin import RecorderPlugin, Target
from pilothouse._recorder import Recorder
from python_recorder import PythonRecorder

Samples = dict[str, list[float]]


class Capture(SchedulerPlugin):
    def __init__(self) -> None:
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def transition(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append((args, kwargs))


class Empty(SchedulerPlugin):
    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        pass


def noop(i: int) -> int:
    return i


def capture(tasks: int) -> tuple[Any, list[Any]]:
    """The scheduler of a run, with all its tasks alive, and the calls that its plugins got."""
    cluster = LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None)
    client = Client(cluster)
    scheduler = cluster.scheduler
    plugin = Capture()
    scheduler.add_plugin(plugin, name="capture")
    futures = client.map(noop, range(tasks), key=[("noop-bench", i) for i in range(tasks)])
    wait(futures)
    scheduler.remove_plugin(name="capture")
    return (cluster, client, futures, scheduler), plugin.calls


def time_calls(hook: Callable[..., Any], calls: list[Any]) -> float:
    gc.collect()
    gc.disable()
    start = time.thread_time()
    for args, kwargs in calls:
        hook(*args, **kwargs)
    spent = time.thread_time() - start
    gc.enable()
    return spent


def time_loop(calls: list[Any]) -> float:
    start = time.thread_time()
    for _args, _kwargs in calls:
        pass
    return time.thread_time() - start


def native_core(scheduler: Any, address: str, token: str) -> Recorder:
    session = {
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
    return Recorder(
        tasks=scheduler.tasks,
        address=address,
        token=token,
        session=json.dumps(session),
        max_bytes=256 << 20,
        directory="",
        heartbeat=60.0,
    )


def replay(address: str, token: str, tasks: int, rounds: int) -> Samples:
    """Microseconds of CPU per task in the hook's thread."""
    scene, calls = capture(tasks)
    cluster, client, futures, scheduler = scene

    details = '{"client":null,"code":[],"annotations":{},"tags":[]}'
    samples: Samples = {"empty": [], "python": [], "native": []}
    for turn in range(rounds + 1):
        loop = time_loop(calls)
        python = PythonRecorder(scheduler)
        core = native_core(scheduler, address, token)
        core.open_computation("bench", 1, details)
        hooks = {"empty": Empty().transition, "python": python.transition, "native": core.transition}
        for name, hook in hooks.items():
            spent = time_calls(hook, calls) - loop
            if turn > 0:  # the first warms up
                samples[name].append(spent / tasks * 1e6)
        core.end(2, "bench")
        assert core.finish(30.0), "the hub took everything"
        assert len(python.spans) == tasks
    del futures
    client.close()
    cluster.close()
    return samples


def live(scheduler: str, address: str, token: str, tasks: int, rounds: int) -> Samples:
    """Microseconds of CPU per task of the process of the scheduler at this address, which has a worker."""
    samples: Samples = {"none": [], "native": [], "python": []}
    with Client(scheduler) as client:
        client.wait_for_workers(1, timeout=60)
        target = Target(address, token, "bench", "bench")
        serial = 0
        for turn in range(rounds + 1):
            for name in samples:
                client.run_on_scheduler(switch_on, kind=name, target=target)
                before = client.run_on_scheduler(cpu)
                futures = client.map(noop, range(serial, serial + tasks))
                wait(futures)
                client.run_on_scheduler(flush)
                after = client.run_on_scheduler(cpu)
                serial += tasks
                del futures
                client.run_on_scheduler(switch_off)
                if turn > 0:
                    samples[name].append((after - before) / tasks * 1e6)
    return samples


# --- these run in the scheduler ---------------------------------------------------------------------------------------


def cpu() -> float:
    return time.process_time()


async def switch_on(dask_scheduler: Any, kind: str, target: Target) -> None:
    if kind == "native":
        plugin = RecorderPlugin(target)
        dask_scheduler.add_plugin(plugin, name="bench")
        await plugin.start(dask_scheduler)
    elif kind == "python":
        dask_scheduler.add_plugin(PythonRecorder(dask_scheduler), name="bench")


def flush(dask_scheduler: Any) -> None:
    plugin = dask_scheduler.plugins.get("bench")
    if isinstance(plugin, PythonRecorder):
        plugin.flush()
    elif plugin is not None:
        dask_scheduler._pilothouse.tick()


async def switch_off(dask_scheduler: Any) -> None:
    plugin = dask_scheduler.plugins.get("bench")
    if plugin is None:
        return
    if isinstance(plugin, RecorderPlugin):
        await plugin.close()
        del dask_scheduler._pilothouse
    dask_scheduler.remove_plugin(name="bench")
