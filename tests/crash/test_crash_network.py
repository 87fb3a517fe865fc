"""A network that loses, repeats, delays and cuts: everything arrives, once, and the scheduler does not notice."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from distributed import Client, wait
from hub_process import HubProcess, eventually
from proxy import Proxy
from senders import Load

from processes import SchedulerProcess, WorkerProcess

LONGEST_TICK = 1.0  # seconds; a request that the loop waited for would take ten


def test_raw_senders(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    hub = HubProcess(tmp_path / "state", "--rate-limit", "0")
    faults = {
        "refuse": 5,
        "cut request": 10,
        "lose answer": 10,
        "cut answer": 10,
        "twice": 15,
        "late": 10,
        "slow": 5,
        "silent": 2,
    }
    proxy = Proxy(lambda: hub.address, rng, faults)
    load = Load(lambda: proxy.address, hub.token, rng, count=6)
    for sender in load.senders:
        sender.timeout = 1.0
    load.start()
    for round in range(rounds):
        time.sleep(1)
        if round % 3 == 2:
            hub.kill()
            hub.start()
        load.check_running()
    proxy.calm()
    load.finish(hub)
    assert all(proxy.done[fault] > 0 for fault in ("cut request", "lose answer", "twice", "late")), proxy.done
    proxy.close()
    hub.stop()


def test_a_recorder(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    def watch_ticks(dask_scheduler: Any) -> None:
        """Keeps the longest time between two turns of the scheduler's loop."""

        async def watch() -> None:
            last = time.monotonic()
            while True:
                await asyncio.sleep(0.01)
                now = time.monotonic()
                dask_scheduler.longest_tick = max(dask_scheduler.longest_tick, now - last)
                last = now

        dask_scheduler.longest_tick = 0.0
        dask_scheduler.tick_watcher = asyncio.ensure_future(watch())

    hub = HubProcess(tmp_path / "state", "--rate-limit", "0")
    proxy = Proxy(
        lambda: hub.address,
        rng,
        {
            "refuse": 3,
            "cut request": 8,
            "lose answer": 8,
            "cut answer": 8,
            "twice": 15,
            "late": 8,
            "slow": 10,
        },
    )
    env = {
        "DASK_PILOTHOUSE__ADDRESS": proxy.address,
        "DASK_PILOTHOUSE__TOKEN": hub.token,
        "DASK_PILOTHOUSE__FLUSH_INTERVAL": "50ms",
    }
    scheduler = SchedulerProcess(tmp_path, env)
    worker = WorkerProcess(tmp_path, scheduler.address)
    tasks = events = 0
    try:
        with Client(scheduler.address) as client:
            client.run_on_scheduler(watch_ticks)
            until = time.monotonic() + 2 * rounds
            while time.monotonic() < until:
                wait(client.map(abs, range(tasks, tasks + 40), pure=False), timeout=60)
                tasks += 40
                client.log_event("n", events)
                events += 1
                time.sleep(0.1)
            # A hub that accepts and says nothing, with the recorder in the middle of it.
            proxy.faults = {"silent": 100}
            eventually(lambda: proxy.done["silent"] > 0)
            wait(client.map(abs, range(tasks, tasks + 40), pure=False), timeout=60)
            tasks += 40
            time.sleep(1)
            longest = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.longest_tick)
            proxy.calm()

            def cluster() -> dict[str, Any]:
                [only] = hub.items("/clusters")
                return dict(only)

            eventually(lambda: cluster()["spans"] >= tasks and cluster()["events"] >= events, timeout=40)
            found = cluster()
            assert found["status"] == "running"
            assert found["spans"] == tasks
            assert found["dropped"] == {}
            assert found["workers"]["total"] == 1
            numbers = [
                event["payload"] for event in hub.all_items(f"/clusters/{found['id']}/events", topic="n")
            ]
            assert sorted(numbers) == list(range(events))
            computations = hub.all_items("/computations")
            keys = [
                span["key"]
                for computation in computations
                for span in hub.all_items(f"/computations/{computation['id']}/spans", limit=1000)
            ]
            assert len(keys) == len(set(keys)) == tasks
            eventually(lambda: sum(c["tasks"]["memory"] for c in hub.all_items("/computations")) == tasks)
            assert longest < LONGEST_TICK
    finally:
        worker.stop()
        scheduler.stop()
    assert sum(count for fault, count in proxy.done.items() if fault != "none") > 10, proxy.done
    proxy.close()
    hub.stop()
