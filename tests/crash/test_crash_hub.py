"""The hub's process is killed, or its machine loses power, again and again under load: nothing that was acknowledged
is missing afterwards, and nothing is there twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path

from faults import POWER_CUT, Faults
from hub_process import HubProcess, eventually
from senders import Load


def check_database(state_dir: Path, copy: Path) -> None:
    """On a copy: opening a database repairs it, and that is the hub's to do."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(state_dir, copy)
    with sqlite3.connect(copy / "hub.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()


def test_kill(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    hub = HubProcess(tmp_path / "state", "--rate-limit", "0")
    load = Load(lambda: hub.address, hub.token, rng)
    load.start()
    for _ in range(rounds):
        time.sleep(rng.uniform(0.05, 0.7))
        hub.kill()
        check_database(hub.state_dir, tmp_path / "copy")
        hub.start()
        load.check_marks(hub)
        load.check_running()
    time.sleep(0.2)
    load.finish(hub)
    assert sum(sender.retries for sender in load.senders) > 0
    hub.stop()


def test_power_cut(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    state = tmp_path / "state"
    faults = Faults(tmp_path, state / "hub.db")
    hub = HubProcess(state, "--rate-limit", "0", env=faults.environment)
    load = Load(lambda: hub.address, hub.token, rng)
    load.start()
    for _ in range(2 * rounds):
        faults.cut_power_in(rng.randint(1, 400), rng.getrandbits(31))
        try:
            hub.process.wait(30)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"no power cut; operations: {faults['operations']}") from None
        assert hub.process.returncode == POWER_CUT, hub.kill()
        hub.kill()
        check_database(state, tmp_path / "copy")
        faults["cut_at"] = 0
        hub.start()
        load.check_marks(hub)
        load.check_running()
    time.sleep(0.2)
    load.finish(hub)
    hub.stop()


def test_power_cut_while_starting(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    """From the first write on: a hub that never got ready has promised nothing, and the next one starts."""
    state = tmp_path / "state"
    faults = Faults(tmp_path, state / "hub.db")
    cuts = 0
    for _ in range(2 * rounds):
        faults.cut_power_in(rng.randint(1, 60), rng.getrandbits(31))
        try:
            hub = HubProcess(state, "--rate-limit", "0", env=faults.environment)
        except AssertionError:
            cuts += 1
            continue
        hub.kill()
    assert cuts > 0
    faults["cut_at"] = 0
    hub = HubProcess(state, "--rate-limit", "0", env=faults.environment)
    check_database(state, tmp_path / "copy")
    load = Load(lambda: hub.address, hub.token, rng, count=1)
    load.start()
    eventually(lambda: load.senders[0].acknowledged > 3)
    load.finish(hub)
    hub.stop()


def test_full_disk(tmp_path: Path, rng: random.Random) -> None:
    state = tmp_path / "state"
    faults = Faults(tmp_path, state / "hub.db")
    hub = HubProcess(state, "--rate-limit", "0", env=faults.environment)
    load = Load(lambda: hub.address, hub.token, rng)
    load.start()
    eventually(lambda: all(sender.acknowledged > 10 for sender in load.senders))
    faults["full"] = 1
    # The log is used again from its beginning, so that some uploads still fit.
    eventually(lambda: all(503 in sender.answers for sender in load.senders), timeout=40)
    # Whole uploads or nothing of them: the sums of a cluster, and what they are the sums of, change together.
    for sender in load.senders:
        [before] = hub.items("/clusters", text=f"S-{sender.label}")
        events = hub.all_items(f"/clusters/{before['id']}/events", limit=1000)
        [after] = hub.items("/clusters", text=f"S-{sender.label}")
        assert before["events"] <= len(events) <= after["events"]
    assert hub.request("GET", "/readyz").status == 200
    faults["full"] = 0
    before = [sender.acknowledged for sender in load.senders]
    eventually(lambda: all(sender.acknowledged > mark for sender, mark in zip(load.senders, before)))
    load.finish(hub)
    log = hub.stop()
    assert "full" in log
