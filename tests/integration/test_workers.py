"""Workers that come, go, and die."""

from __future__ import annotations

import os
import time

import distributed
from distributed import wait

from processes import eventually

OLD = tuple(int(part) for part in distributed.__version__.split(".")[:2]) < (2023, 5)


def nap(i: int) -> int:
    time.sleep(0.1)
    return i


def exit_at_once() -> None:
    os._exit(3)


def test_a_killed_worker(cluster, hub, find):
    futures = cluster.client.map(nap, range(60))
    record = find(cluster.scheduler_id)
    victim = cluster.workers[0]
    eventually(lambda: sum(future.done() for future in futures) >= 10)
    victim.kill()
    wait(futures, timeout=60)
    assert all(future.status == "finished" for future in futures)

    lost = eventually(lambda: [w for w in hub.list_workers(record.id) if w.left is not None])[0]
    assert lost.name == victim.name
    assert lost.expected is False
    assert lost.processing >= 1
    assert lost.processing_keys
    assert set(lost.processing_keys) <= {future.key for future in futures}
    if not OLD:  # its remove-worker event did not say
        assert lost.lost_results >= 1
    assert hub.get_cluster(record.id).workers == {"now": 1, "total": 2, "lost": 1}

    computation = eventually(lambda: [c for c in hub.list_computations(record.id) if c.state == "done"])[0]
    assert computation.tasks["total"] == computation.tasks["memory"] == 60
    (group,) = computation.groups
    assert group.runs > 60  # those whose results were lost ran again


def test_killed_worker_is_an_exception_too(make_cluster, hub, find, hub_process):
    cluster = make_cluster(
        workers=2, env=hub_process.environment(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1")
    )
    future = cluster.client.submit(exit_at_once)
    wait(future, timeout=60)
    assert future.status == "error"
    record = find(cluster.scheduler_id)
    (exception,) = eventually(lambda: hub.list_exceptions(cluster_id=record.id, since=None))
    assert exception.type == "KilledWorker"
    assert future.key in exception.message
    assert exception.attempt == 2
    assert len(exception.workers) == 1


def test_a_retired_worker_is_expected(cluster, hub, find):
    record = find(cluster.scheduler_id)
    address = next(iter(cluster.client.scheduler_info()["workers"]))
    cluster.client.retire_workers([address], close_workers=True)
    gone = eventually(lambda: [w for w in hub.list_workers(record.id) if w.left is not None])[0]
    assert gone.address == address
    assert gone.expected is True


def test_restart(make_cluster, hub, find, hub_process, tmp_path, start):
    cluster = make_cluster(workers=1)
    futures = cluster.client.map(nap, range(100))
    record = find(cluster.scheduler_id)
    eventually(lambda: [c for c in hub.list_computations(record.id) if c.state == "running"])

    async def forget(dask_scheduler):
        await dask_scheduler.restart(stimulus_id="test", wait_for_workers=False)

    if OLD:

        async def forget(dask_scheduler):
            await dask_scheduler.restart(wait_for_workers=False)

    cluster.client.run_on_scheduler(forget)
    computation = eventually(lambda: [c for c in hub.list_computations(record.id) if c.state != "running"])[0]
    assert computation.state == "cancelled"
    cluster.add_worker()
    cluster.client.wait_for_workers(1)
    assert cluster.client.submit(nap, 1).result(timeout=30) == 1
    eventually(lambda: [c for c in hub.list_computations(record.id) if c.state == "done"])
    del futures
