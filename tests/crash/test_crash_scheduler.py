"""The scheduler dies at any moment: what its hooks had seen is in the hub after a recovery, once."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xxhash
from distributed import Client, wait
from faults import Faults

import pilothouse
import processes
from processes import HubProcess, SchedulerProcess, WorkerProcess, eventually

HERE = Path(__file__).resolve().parent
TASKS = 100_000
FLUSH = 0.1  # seconds, as HubProcess.environment says
JOURNAL = 28_672
PRELOADS = ("--preload", "pilothouse", "--preload", str(HERE / "witness.py"))


class TwoThreads(WorkerProcess):
    arguments = ("--nthreads", "2")


def nothing(i: int) -> None:
    pass


@dataclass
class Crashed:
    """What there is after a scheduler was killed."""

    pid: int
    spool: Path
    killed: float  # when
    seen: dict[str, float]  # key -> when the witness saw it


def run_and_kill(directory: Path, hub: HubProcess, seconds: float) -> Crashed:
    """Starts a run of 100,000 tasks and kills the scheduler `seconds` after the first has finished."""
    directory.mkdir()
    witness = directory / "seen"
    # What the worker runs is pickled by the names of the modules here.
    here = {"PYTHONPATH": f"{HERE}:{processes.HERE}"}
    env = {**hub.environment(WITNESS=str(witness)), **here}
    scheduler = SchedulerProcess(directory, env, PRELOADS)
    worker = TwoThreads(directory, scheduler.address, here)
    try:
        with Client(scheduler.address, timeout=30) as client:
            client.wait_for_workers(1, timeout=60)
            futures = client.map(nothing, range(TASKS))
            eventually(lambda: witness.exists() and witness.stat().st_size > 0, 60, "the first task finishes")
            time.sleep(seconds)
            killed = time.time()
            scheduler.kill()
            del futures
    finally:
        worker.kill()
        scheduler.stop()
    lines = witness.read_text().splitlines()
    seen = {key: float(when) for when, key in (line.split(" ", 1) for line in lines)}
    assert len(seen) == len(lines) > 0
    return Crashed(scheduler.pid, scheduler.spool, killed, seen)


def recover(spool: Path, hub: HubProcess) -> str:
    environment = {
        **os.environ,
        "DASK_PILOTHOUSE__ADDRESS": hub.address,
        "DASK_PILOTHOUSE__TOKEN": hub.token,
    }
    done = subprocess.run(
        [processes.PILOTHOUSE, "recover", str(spool)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def recorded(hub: HubProcess, pid: int) -> tuple[Any, Counter[str]]:
    """The cluster of a process, and how often the hub has each key."""
    with pilothouse.Hub(hub.address, hub.token) as api:
        (cluster,) = (record for record in api.list_clusters(since=None) if record.pid == pid)
        keys: Counter[str] = Counter()
        for computation in api.list_computations(cluster.id, limit=None):
            of_this = [span.key for span in api.list_spans(computation.id, limit=None)]
            # The roll-up counts the spans that came after its last record as well.
            assert computation.tasks["memory"] == len(of_this)
            keys.update(of_this)
        return api.get_cluster(cluster.id), keys


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path / "state", 0, "--lost-after", "2s")
    yield hub
    hub.stop()


@pytest.mark.parametrize("hub_is_there", [True, False], ids=["connected", "away"])
def test_killed_at_a_random_moment(
    tmp_path: Path, rng: random.Random, rounds: int, hub_is_there: bool
) -> None:
    hub = HubProcess(tmp_path / "state", 0, "--lost-after", "2s")
    for number in range(max(1, rounds // 3)):
        if not hub_is_there:
            hub.kill()
        crashed = run_and_kill(tmp_path / f"round-{number}", hub, rng.uniform(0, 6))
        if not hub_is_there:
            hub = HubProcess(tmp_path / "state", hub.port, "--lost-after", "2s")
        said = recover(crashed.spool, hub)
        assert "dropped" not in said
        cluster, keys = recorded(hub, crashed.pid)
        missing = crashed.seen.keys() - keys.keys()
        assert not missing, f"round {number}: {len(missing)} of {len(crashed.seen)} are missing"
        assert max(keys.values()) == 1
        assert len(keys) - len(crashed.seen) in (0, 1)  # one that the recorder saw and the witness did not
        assert (cluster.spans, cluster.status) == (len(keys), "lost")
        assert cluster.dropped == {}
        assert not list(crashed.spool.glob("*.tape"))
        assert "nothing to recover" in recover(crashed.spool, hub)
    hub.stop()


def garble_the_journal(file: Path, rng: random.Random) -> None:
    """As after a power cut: pages of the journal that were never synced hold anything, and the kernel is another one."""
    with file.open("r+b") as raw:
        superblock = bytearray(raw.read(4096))
        (journal,) = struct.unpack_from("<Q", superblock, 24)
        superblock[48:52] = b"dead"  # the boot id
        checksum = xxhash.xxh3_64_intdigest(bytes(superblock[:680]))
        assert struct.unpack_from("<Q", superblock, 680)[0] != checksum
        struct.pack_into("<Q", superblock, 680, checksum)
        raw.seek(0)
        raw.write(superblock)
        for page in range(JOURNAL, JOURNAL + journal, 4096):
            if rng.random() < 0.5:
                raw.seek(page)
                raw.write(rng.randbytes(4096))
        if rng.random() < 0.5:
            raw.seek(8192)
            raw.write(bytes(16))  # the head, as it was in the beginning


def test_power_cut_at_a_random_moment(tmp_path: Path, rng: random.Random, rounds: int) -> None:
    """At most what was not flushed yet is missing, and nothing is double."""
    hub = HubProcess(tmp_path / "state", 0, "--lost-after", "2s")
    for number in range(max(1, rounds // 3)):
        hub.kill()
        crashed = run_and_kill(tmp_path / f"round-{number}", hub, rng.uniform(0.5, 4))
        (file,) = crashed.spool.glob("*.tape")
        garble_the_journal(file, rng)
        hub = HubProcess(tmp_path / "state", hub.port, "--lost-after", "2s")
        recover(crashed.spool, hub)
        _, keys = recorded(hub, crashed.pid)
        # A busy event loop flushes late; the disk takes its time too.
        durable = {key for key, when in crashed.seen.items() if when < crashed.killed - FLUSH - 1.0}
        missing = durable - keys.keys()
        assert not missing, f"round {number}: {len(missing)} of {len(durable)} are missing"
        assert not keys or max(keys.values()) == 1
    hub.stop()


def test_no_room_for_the_spool(tmp_path: Path, hub: HubProcess) -> None:
    """The file system is full: the recorder works in memory and says so."""
    faults = Faults(tmp_path, tmp_path / "spool")
    faults["full"] = 1
    scheduler = SchedulerProcess(tmp_path, hub.environment(**faults.environment))
    worker = WorkerProcess(tmp_path, scheduler.address)
    try:
        eventually(lambda: "Pilothouse records in memory" in scheduler.output())
        assert "No space left on device" in scheduler.output()
        assert not list(scheduler.spool.glob("*.tape"))
        with Client(scheduler.address, timeout=30) as client:
            wait(client.map(pow, range(500), range(500)), timeout=60)
        _, keys = eventually(lambda: len((got := recorded(hub, scheduler.pid))[1]) == 500 and got)
        assert max(keys.values()) == 1
    finally:
        worker.stop()
        scheduler.stop()
