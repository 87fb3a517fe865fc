"""What a scheduler leaves behind when it is killed reaches the hub: by the next recorder, or by hand."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from distributed import Client, wait

import pilothouse
from processes import PILOTHOUSE, HubProcess, SchedulerProcess, WorkerProcess, eventually


def double(i: int) -> int:
    return 2 * i


def left_behind(directory: Path) -> list[Path]:
    return sorted((directory / "spool").glob("*.tape"))


def run_and_kill(start, directory: Path, hub: HubProcess, tasks: int) -> None:
    """A scheduler that has run some tasks and is killed while its hub is away."""
    scheduler = start(SchedulerProcess, directory, hub.environment())
    start(WorkerProcess, directory, scheduler.address)
    with Client(scheduler.address) as client:
        wait(client.map(double, range(tasks), pure=False), timeout=60)
        scheduler.kill()
    assert [file.stat().st_mode & 0o777 for file in left_behind(directory)] == [0o600]


def test_the_next_recorder_brings_what_a_killed_one_left(start, tmp_path):
    first = start(HubProcess, tmp_path / "state")
    first.kill()
    run_and_kill(start, tmp_path, first, 700)
    back = start(HubProcess, tmp_path / "state", first.port, "--lost-after", "2s")
    with pilothouse.Hub(back.address, back.token) as hub:
        assert hub.list_clusters(since=None) == []
        scheduler = start(SchedulerProcess, tmp_path, back.environment())
        records = eventually(lambda: len(found := hub.list_clusters(since=None)) == 2 and found)
        lost = next(record for record in records if record.pid != scheduler.pid)
        assert eventually(lambda: hub.get_cluster(lost.id).spans == 700)
        assert hub.get_cluster(lost.id).dropped == {}
        eventually(lambda: hub.get_cluster(lost.id).status == "lost")
        (computation,) = hub.list_computations(lost.id)
        assert computation.tasks["memory"] == 700
        spans = [span.key for span in hub.list_spans(computation.id)]
        assert len(spans) == len(set(spans)) == 700
        eventually(lambda: len(left_behind(tmp_path)) == 1)  # the one that runs
        assert scheduler.stop() == 0
    assert left_behind(tmp_path) == []


def test_a_recorder_leaves_alone_what_is_for_another_hub(start, tmp_path):
    first = start(HubProcess, tmp_path / "state")
    run_and_kill(start, tmp_path, first, 10)
    other = start(HubProcess, tmp_path / "other-state")
    scheduler = start(SchedulerProcess, tmp_path, other.environment())
    with pilothouse.Hub(other.address, other.token) as hub:
        eventually(lambda: [record.pid for record in hub.list_clusters(since=None)] == [scheduler.pid])
        assert scheduler.stop() == 0
        assert len(hub.list_clusters(since=None)) == 1
    assert len(left_behind(tmp_path)) == 1


def test_a_scheduler_that_closes_while_its_hub_is_away_leaves_a_whole_tape(start, tmp_path):
    first = start(HubProcess, tmp_path / "state")
    scheduler = start(SchedulerProcess, tmp_path, first.environment())
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        wait(client.map(double, range(20), pure=False), timeout=60)
        first.kill()
        wait(client.map(double, range(30), pure=False), timeout=60)
    scheduler.stop()
    assert "pilothouse recover" in scheduler.output()
    assert len(left_behind(tmp_path)) == 1
    back = start(HubProcess, tmp_path / "state", first.port)
    second = start(SchedulerProcess, tmp_path, back.environment())
    with pilothouse.Hub(back.address, back.token) as hub:
        record = eventually(
            lambda: next(
                (
                    r
                    for r in hub.list_clusters(since=None)
                    if r.pid == scheduler.pid and r.status == "stopped"
                ),
                None,
            )
        )
        assert hub.get_cluster(record.id).spans == 50
    assert second.stop() == 0


def test_a_directory_that_cannot_be_written_means_memory(start, tmp_path):
    hub_process = start(HubProcess, tmp_path / "state")
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    env = hub_process.environment(DASK_PILOTHOUSE__SPOOL__DIRECTORY=str(blocked / "spool"))
    scheduler = start(SchedulerProcess, tmp_path, env)
    start(WorkerProcess, tmp_path, scheduler.address)
    eventually(lambda: "Pilothouse records in memory, which does not survive" in scheduler.output())
    assert str(blocked) in scheduler.output()
    with Client(scheduler.address) as client:
        wait(client.map(double, range(40), pure=False), timeout=60)
    with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
        eventually(lambda: [record.spans for record in hub.list_clusters(since=None)] == [40])


def test_a_limit_for_files_means_memory(start, tmp_path):
    """``ulimit -f``: no file may be as large as a spool."""
    hub_process = start(HubProcess, tmp_path / "state")
    env = hub_process.environment()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))  # the child's too
    try:
        scheduler = start(SchedulerProcess, tmp_path, env)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    eventually(lambda: "Pilothouse records in memory, which does not survive" in scheduler.output())
    assert "File too large" in scheduler.output()
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        wait(client.map(double, range(40), pure=False), timeout=60)
    with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
        eventually(lambda: [record.spans for record in hub.list_clusters(since=None)] == [40])
        assert scheduler.stop() == 0
        assert [record.status for record in hub.list_clusters(since=None)] == ["stopped"]
    assert left_behind(tmp_path) == []


def test_two_schedulers_share_a_directory(start, tmp_path):
    hub_process = start(HubProcess, tmp_path / "state")
    schedulers = [start(SchedulerProcess, tmp_path, hub_process.environment()) for _ in range(2)]
    eventually(lambda: len(left_behind(tmp_path)) == 2)
    for number, scheduler in enumerate(schedulers):
        start(WorkerProcess, tmp_path, scheduler.address)
        with Client(scheduler.address) as client:
            wait(client.map(double, range(50 + number), pure=False), timeout=60)
    with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
        eventually(lambda: sorted(record.spans for record in hub.list_clusters(since=None)) == [50, 51])
        assert {record.status for record in hub.list_clusters(since=None)} == {"running"}
    assert [scheduler.stop() for scheduler in schedulers] == [0, 0]
    assert left_behind(tmp_path) == []


def test_a_child_of_fork_leaves_the_tape_alone(start, tmp_path):
    """The child lives on after the scheduler was killed, and holds neither its tape nor its lock."""
    hub_process = start(HubProcess, tmp_path / "state", 0, "--lost-after", "2s")
    scheduler = start(SchedulerProcess, tmp_path, hub_process.environment())
    start(WorkerProcess, tmp_path, scheduler.address)

    def fork_one() -> int:
        import os
        import time

        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        return child

    with Client(scheduler.address) as client:
        wait(client.map(double, range(30), pure=False), timeout=60)
        child = client.run_on_scheduler(fork_one)
        wait(client.map(double, range(30), pure=False), timeout=60)
        scheduler.kill()
    try:
        second = start(SchedulerProcess, tmp_path, hub_process.environment())
        with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
            eventually(
                lambda: [r.spans for r in hub.list_clusters(since=None) if r.pid == scheduler.pid] == [60]
            )
        eventually(lambda: len(left_behind(tmp_path)) == 1)
        assert second.stop() == 0
    finally:
        os.kill(child, 9)


def test_a_restart_by_the_client_goes_on_in_the_same_tape(start, tmp_path):
    hub_process = start(HubProcess, tmp_path / "state")
    scheduler = start(SchedulerProcess, tmp_path, hub_process.environment())
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        wait(client.map(double, range(30), pure=False), timeout=60)
        client.restart(wait_for_workers=False)
        start(WorkerProcess, tmp_path, scheduler.address)
        client.wait_for_workers(1, timeout=60)  # the word of the restart reaches the client before that
        wait(client.map(double, range(20), pure=False), timeout=60)
    assert len(left_behind(tmp_path)) == 1
    assert scheduler.stop() == 0
    with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
        (record,) = hub.list_clusters(since=None)
        assert (record.spans, record.status) == (50, "stopped")
    assert left_behind(tmp_path) == []


ENDS = """
import asyncio, sys, pilothouse
from distributed import Scheduler

async def main():
    scheduler = Scheduler(host="127.0.0.1", port=0, dashboard=False)
    pilothouse.dask_setup(scheduler)
    await scheduler
    scheduler.log_event("notes", {"hello": "world"})
    if sys.argv[1] == "teardown":
        await pilothouse.dask_teardown(scheduler)
    scheduler._pilothouse.tick()
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    sys.exit(0)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("how", "ended"),
    [("killed", False), ("closed", True), ("teardown", True), ("interpreter", True)],
)
def test_however_it_ends_the_tape_is_whole(start, tmp_path, how, ended):
    """The hub is away, so the tape stays: every checksum, length and record of it is right."""
    hub = start(HubProcess, tmp_path / "state")
    hub.kill()
    if how in ("killed", "closed"):
        scheduler = start(SchedulerProcess, tmp_path, hub.environment())
        start(WorkerProcess, tmp_path, scheduler.address)
        with Client(scheduler.address) as client:
            wait(client.map(double, range(100), pure=False), timeout=60)
            if how == "killed":
                scheduler.kill()
        scheduler.stop()
    else:
        script = tmp_path / "ends.py"
        script.write_text(ENDS)
        env = {
            **os.environ,
            **hub.environment(),
            "DASK_PILOTHOUSE__SPOOL__DIRECTORY": str(tmp_path / "spool"),
        }
        done = subprocess.run(
            [sys.executable, str(script), how],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout == "ready\n", done.stderr
    (file,) = left_behind(tmp_path)

    def tape(verb: str, *flags: str) -> str:
        return subprocess.run(
            [PILOTHOUSE, "tape", verb, *flags, str(file)], check=True, capture_output=True, text=True
        ).stdout

    assert tape("verify").startswith("sound: ")
    about = json.loads(tape("info", "--json"))
    assert about["spool"]["ended"] is ended
    assert ("end" in about["kinds"]) is ended
    if how in ("killed", "closed"):
        assert about["kinds"]["spans"]["records"] == 100
    else:
        assert about["kinds"]["events"]["records"] >= 1
