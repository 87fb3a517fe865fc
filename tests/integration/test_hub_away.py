"""The hub goes away, comes back, is replaced, refuses: the scheduler does not notice, and nothing is counted twice."""

from __future__ import annotations

import shutil
import subprocess
import time
from random import Random

import pytest
from distributed import Client, wait

import pilothouse
from processes import PILOTHOUSE, HubProcess, SchedulerProcess, WorkerProcess, eventually


def double(i: int) -> int:
    return 2 * i


@pytest.fixture
def scene(start, tmp_path):
    """A hub of its own, a scheduler that knows it, one worker and a client."""

    class Scene:
        hub = start(HubProcess, tmp_path / "state")
        scheduler = start(
            SchedulerProcess, tmp_path, hub.environment(DASK_PILOTHOUSE__SPOOL__MAX_BYTES="1 MiB")
        )
        worker = start(WorkerProcess, tmp_path, scheduler.address)

    with Client(Scene.scheduler.address) as client:
        Scene.client = client
        yield Scene


def total_of(hub, field: str) -> int:
    return sum(
        c.tasks[field] for cluster in hub.list_clusters(since=None) for c in hub.list_computations(cluster.id)
    )


def test_away_in_the_middle_and_back(scene, start, tmp_path):
    wait(scene.client.map(double, range(200), pure=False))
    with pilothouse.Hub(scene.hub.address, scene.hub.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 200)
    scene.hub.kill()

    futures = scene.client.map(double, range(300), pure=False)
    wait(futures, timeout=30)
    eventually(lambda: "tries again" in scene.scheduler.output())

    back = start(HubProcess, tmp_path / "state", scene.hub.port)
    with pilothouse.Hub(back.address, back.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 500)
        (record,) = hub.list_clusters(since=None)
        assert record.status == "running"
        assert record.spans == 500
        assert record.dropped == {}
        spans = [span.key for c in hub.list_computations(record.id) for span in hub.list_spans(c.id)]
        assert len(spans) == len(set(spans)) == 500


def test_a_hub_that_has_forgotten_the_cluster_learns_it_again(start, tmp_path):
    """A hub restored from a backup of before: the recorder describes the cluster once more, and goes on."""
    first = start(HubProcess, tmp_path / "state")
    assert first.stop() == 0
    shutil.copytree(tmp_path / "state", tmp_path / "backup")
    second = start(HubProcess, tmp_path / "state", first.port)
    scheduler = start(SchedulerProcess, tmp_path, second.environment())
    worker = start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        kept = client.map(double, range(50), pure=False)
        wait(kept)
        with pilothouse.Hub(second.address, second.token) as hub:
            eventually(lambda: total_of(hub, "memory") == 50)
        second.kill()
        shutil.rmtree(tmp_path / "state")
        shutil.copytree(tmp_path / "backup", tmp_path / "state")
        third = start(HubProcess, tmp_path / "state", first.port)
        assert third.token == first.token
        with pilothouse.Hub(third.address, third.token) as hub:
            (record,) = eventually(lambda: hub.list_clusters(since=None))
            assert record.pid == scheduler.pid
            assert eventually(lambda: [w.name for w in hub.list_workers(record.id)]) == [worker.name]
            eventually(lambda: total_of(hub, "memory") == 50)
            wait(client.map(double, range(30), pure=False))
            eventually(lambda: hub.get_cluster(record.id).spans == 30)


def test_a_hub_that_was_restored_learns_what_it_can_and_counts_the_rest(scene, start, tmp_path):
    """The backup knows the cluster: what the recorder was told is safe since then is not there any more."""
    copy = str(tmp_path / "copy.db")
    flags = ["--state-dir", str(tmp_path / "state")]
    wait(scene.client.map(double, range(50), pure=False))
    with pilothouse.Hub(scene.hub.address, scene.hub.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 50)
        (record,) = hub.list_clusters(since=None)
        assert (record.missing_chunks, record.spans) == (0, 50)
        subprocess.run([PILOTHOUSE, "backup", copy, *flags], check=True, timeout=60)
        wait(scene.client.map(double, range(70), pure=False))
        eventually(lambda: total_of(hub, "memory") == 120)
        eventually(lambda: hub.get_cluster(record.id).spans == 120)
    assert scene.hub.stop() == 0
    subprocess.run([PILOTHOUSE, "restore", copy, "--force", *flags], check=True, timeout=60)

    back = start(HubProcess, tmp_path / "state", scene.hub.port)
    with pilothouse.Hub(back.address, back.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 120)
        wait(scene.client.map(double, range(30), pure=False))
        eventually(lambda: hub.get_cluster(record.id).missing_chunks > 0)
        eventually(lambda: hub.get_cluster(record.id).spans == 80)
        (record,) = hub.list_clusters(since=None)
        assert [worker.name for worker in hub.list_workers(record.id)] == [scene.worker.name]
        eventually(lambda: total_of(hub, "memory") == 150)


def test_a_hub_whose_files_were_put_back_learns_what_it_can(scene, start, tmp_path):
    """It does not know that it lacks something: the recorder sees it, also when it has news to bring."""
    state, copy = tmp_path / "state", tmp_path / "copy"
    wait(scene.client.map(double, range(50), pure=False))
    with pilothouse.Hub(scene.hub.address, scene.hub.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 50)
    assert scene.hub.stop() == 0
    shutil.copytree(state, copy)

    between = start(HubProcess, state, scene.hub.port)
    wait(scene.client.map(double, range(70), pure=False))
    with pilothouse.Hub(between.address, between.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 120)
    assert between.stop() == 0
    shutil.rmtree(state)
    shutil.copytree(copy, state)

    time.sleep(0.5)  # so that there are samples to bring
    back = start(HubProcess, state, scene.hub.port)
    with pilothouse.Hub(back.address, back.token) as hub:
        eventually(lambda: total_of(hub, "memory") == 120)
        (record,) = hub.list_clusters(since=None)
        assert record.missing_chunks > 0


def test_a_hub_that_does_not_know_the_token_any_more(scene, start, tmp_path):
    scene.hub.kill()
    shutil.rmtree(tmp_path / "state")
    fresh = start(HubProcess, tmp_path / "state", scene.hub.port)
    assert fresh.token != scene.hub.token
    eventually(lambda: "a valid token is required" in scene.scheduler.output())
    assert scene.client.submit(double, 2).result(timeout=30) == 4


def test_too_much_for_the_spool_is_counted_and_shown(scene, start, tmp_path):
    scene.hub.kill()
    done = 3000
    random = Random(1)
    long_keys = [
        f"{random.randbytes(500).hex()}-{i}" for i in range(done)
    ]  # 1 MiB holds fewer than 2000 of them
    wait(scene.client.map(double, range(done), key=long_keys), timeout=120)
    back = start(HubProcess, tmp_path / "state", scene.hub.port)
    with pilothouse.Hub(back.address, back.token) as hub:
        record = eventually(lambda: [c for c in hub.list_clusters(since=None) if c.dropped_spans > 0])[0]
        eventually(lambda: total_of(hub, "memory") == done)  # roll-ups outlive the spans
        record = eventually(
            lambda: [c for c in hub.list_clusters(since=None) if c.dropped_spans + c.spans == done]
        )[0]
        assert record.dropped["spans"] == record.dropped_spans > 0
    assert scene.scheduler.running()


@pytest.mark.parametrize("token", ["", "ph_wrong"])
def test_a_token_that_is_missing_or_wrong(start, tmp_path, hub_process, token):
    env = {**hub_process.environment(), "DASK_PILOTHOUSE__TOKEN": token, "XDG_STATE_HOME": str(tmp_path)}
    if not token:
        del env["DASK_PILOTHOUSE__TOKEN"]
    scheduler = start(SchedulerProcess, tmp_path, env)
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        assert client.submit(double, 4).result(timeout=30) == 8
    eventually(lambda: "a valid token is required" in scheduler.output())
    assert scheduler.running()


def test_a_killed_scheduler_is_lost_not_running_for_ever(make_cluster, hub, find):
    cluster = make_cluster(workers=1)
    futures = cluster.client.map(pow, range(100), range(100))
    wait(futures)
    record = find(cluster.scheduler_id)
    eventually(lambda: hub.list_computations(record.id))
    cluster.scheduler.kill()
    lost = eventually(lambda: hub.get_cluster(record.id).status == "lost" and hub.get_cluster(record.id))
    assert lost.stop is None
