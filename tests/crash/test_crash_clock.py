"""The wall clock of the hub's machine, or of the scheduler's, is set an hour back or forth while everything runs."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import Client, wait
from faults import Faults
from hub_process import HubProcess, eventually
from senders import Load
from tape import Recorder

from processes import SchedulerProcess, WorkerProcess

HOUR = 3600


def statuses(hub: HubProcess) -> dict[str, str]:
    return {cluster["scheduler_id"]: cluster["status"] for cluster in hub.items("/clusters")}


def spans(hub: HubProcess) -> list[int]:
    return [cluster["spans"] for cluster in hub.items("/clusters")]


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_the_hubs_clock_is_set(tmp_path: Path, rng: random.Random, step: int) -> None:
    faults = Faults(tmp_path, tmp_path / "state" / "hub.db")
    hub = HubProcess(tmp_path / "state", "--lost-after", "2s", "--rate-limit", "0", env=faults.environment)
    silent = Recorder()
    hub.accept(silent.session, silent.open(scheduler_id="silent"))
    eventually(lambda: statuses(hub)["silent"] == "lost")
    last = Recorder()
    hub.accept(last.session, last.open(scheduler_id="last"))
    load = Load(lambda: hub.address, hub.token, rng, count=2)
    load.start()
    eventually(lambda: all(sender.acknowledged > 5 for sender in load.senders))
    heard = time.monotonic()
    hub.accept(last.session)

    faults.step_clock(step)
    while time.monotonic() < heard + 4:
        now = statuses(hub)
        assert now["S-0"] == now["S-1"] == "running"
        assert now["silent"] == "lost"
        if time.monotonic() < heard + 1.5:
            assert now["last"] == "running"
    assert statuses(hub)["last"] == "lost"
    load.finish(hub)
    hub.stop()


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_the_hubs_clock_is_set_while_uploads_wait(tmp_path: Path, rng: random.Random, step: int) -> None:
    """An upload that came before is stored after it: its recorder was heard of all the same."""
    faults = Faults(tmp_path, tmp_path / "state" / "hub.db")
    hub = HubProcess(tmp_path / "state", "--lost-after", "2s", "--rate-limit", "0", env=faults.environment)
    load = Load(lambda: hub.address, hub.token, rng, count=6)
    load.start()
    eventually(lambda: all(sender.acknowledged > 5 for sender in load.senders))

    over = threading.Event()

    def keep_busy() -> None:
        while not over.is_set():
            hub.items("/exceptions")

    with ThreadPoolExecutor(4) as others:
        asked = [others.submit(keep_busy) for _ in range(4)]
        try:
            for count in range(1, 31):
                faults.step_clock(count * step)
                until = time.monotonic() + 0.2
                while time.monotonic() < until:
                    assert set(statuses(hub).values()) == {"running"}
        finally:
            over.set()
        for each in asked:
            each.result()
    load.finish(hub)
    hub.stop()


def test_the_clock_is_set_back_while_no_hub_runs(tmp_path: Path) -> None:
    faults = Faults(tmp_path, tmp_path / "state" / "hub.db")
    hub = HubProcess(tmp_path / "state", "--lost-after", "2s", env=faults.environment)
    recorder = Recorder()
    hub.accept(recorder.session, recorder.open(scheduler_id="gone"))
    hub.kill()
    faults.step_clock(-HOUR)
    hub.start()
    eventually(lambda: statuses(hub)["gone"] == "lost", timeout=6)
    hub.stop()


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_the_schedulers_clock_is_set(tmp_path: Path, step: int) -> None:
    hub = HubProcess(tmp_path / "state", "--lost-after", "3s")
    faults = Faults(tmp_path, tmp_path / "none")
    env = {
        **faults.environment,
        "DASK_PILOTHOUSE__ADDRESS": hub.address,
        "DASK_PILOTHOUSE__TOKEN": hub.token,
        "DASK_PILOTHOUSE__FLUSH_INTERVAL": "100ms",
    }
    scheduler = SchedulerProcess(tmp_path, env)
    worker = WorkerProcess(tmp_path, scheduler.address)
    try:
        with Client(scheduler.address) as client:
            wait(client.map(abs, range(50), pure=False), timeout=30)
            eventually(lambda: spans(hub) == [50])
            faults.step_clock(step)
            wait(client.map(abs, range(50), pure=False), timeout=30)
            eventually(lambda: spans(hub) == [100])
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                assert hub.items("/clusters")[0]["status"] == "running"
                time.sleep(0.1)
            assert sum(c["tasks"]["memory"] for c in hub.items("/computations")) == 100
    finally:
        worker.stop()
        scheduler.stop()
    eventually(lambda: list(statuses(hub).values()) == ["stopped"])
    hub.stop()
