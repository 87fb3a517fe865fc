"""The process around a recorder: fork, exit without a goodbye, close while the hub is away."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client

from processes import HERE, HubProcess, SchedulerProcess, eventually

SCRIPT = """
import pilothouse
from distributed import Client, LocalCluster

def double(i):
    return 2 * i

if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
    client = Client(cluster)
    print(pilothouse.register(client).cluster_id)
    client.gather(client.map(double, range(10)))
"""


ABRUPT = """
from pilothouse._recorder import Recorder

recorders = [
    Recorder(tasks={}, address=ADDRESS, token="", session="{}", max_bytes=1 << 20, directory="", heartbeat=0.01,
             redactor=None, ca_pem="")
    for _ in range(8)
]
for recorder in recorders:
    recorder.put("events", "{}")
    recorder.flush()
"""


def double(i: int) -> int:
    return 2 * i


def test_the_end_needs_no_thread_of_the_loops_pool(cluster, hub, find):
    async def fill_the_pool():
        loop = asyncio.get_running_loop()
        for _ in range(64):
            loop.run_in_executor(None, time.sleep, 30)

    record = find(cluster.scheduler_id)
    cluster.client.run_on_scheduler(fill_the_pool)
    cluster.scheduler.child.terminate()
    eventually(lambda: hub.get_cluster(record.id).status == "stopped", 10, "the end has arrived")
    cluster.scheduler.kill()


def test_a_forked_child_leaves_the_recording_alone(cluster, hub, find):
    def fork(dask_scheduler):
        core = dask_scheduler._pilothouse.core
        child = os.fork()
        if child == 0:
            core.put("events", "{}")
            core.transition("x", "released", "waiting")
            core.flush()
            os._exit(0 if core.finish(1.0) is None else 1)
        return os.waitpid(child, 0)[1]

    assert cluster.client.submit(double, 1).result(timeout=30) == 2
    assert cluster.client.run_on_scheduler(fork) == 0
    record = find(cluster.scheduler_id)
    futures = cluster.client.map(double, range(100, 120))
    assert sum(cluster.client.gather(futures)) == sum(2 * i for i in range(100, 120))
    eventually(lambda: hub.get_cluster(record.id).spans == 21)
    assert hub.get_cluster(record.id).status == "running"


def test_a_script_that_just_ends(hub_process, hub, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    env = {**os.environ, **hub_process.environment(), "PYTHONPATH": HERE}
    began = time.monotonic()
    command = [sys.executable, str(script)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 60
    cluster_id = int(done.stdout)
    over = hub.get_cluster(cluster_id)
    assert over.status == "stopped"
    assert over.stop_reason in ("scheduler closed", "the scheduler's process ended")
    (computation,) = hub.list_computations(cluster_id)
    assert computation.tasks["memory"] == 10


@pytest.mark.parametrize("there", [True, False])
def test_an_interpreter_that_ends_under_running_recorders(there, hub_process, tmp_path):
    """Their threads end before what they use goes away: no crash, no hang, however often."""
    address = hub_process.address if there else "http://127.0.0.1:1"
    script = tmp_path / "abrupt.py"
    script.write_text(ABRUPT.replace("ADDRESS", repr(address)))
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_closing_with_the_hub_away_is_quick(start, tmp_path: Path):
    hub = HubProcess(tmp_path / "state")
    env = hub.environment()
    assert hub.stop() == 0
    scheduler = start(SchedulerProcess, tmp_path, env)
    with Client(scheduler.address) as client:
        assert client.scheduler_info()
    began = time.monotonic()
    scheduler.stop()
    assert time.monotonic() - began < 5
    assert "did not take the end of the recording" in scheduler.output()
