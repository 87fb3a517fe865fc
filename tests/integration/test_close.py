"""Closing a cluster through the hub: requested, acknowledged, observed."""

from __future__ import annotations

import time

from distributed import wait

from processes import eventually


def nap(i: int) -> int:
    time.sleep(0.1)
    return i


def test_close_stops_the_scheduler_and_its_workers(cluster, hub, find):
    futures = cluster.client.map(nap, range(2000))
    record = find(cluster.scheduler_id)
    eventually(lambda: [c for c in hub.list_computations(record.id) if c.tasks["memory"] > 0])
    before = time.time()
    hub.close(record.id)
    stopped = eventually(
        lambda: hub.get_cluster(record.id).status == "stopped" and hub.get_cluster(record.id)
    )
    desired = stopped.desired_state
    assert desired.state == "stopped"
    assert before - 1 <= desired.requested <= desired.acknowledged <= desired.observed <= time.time() + 1
    assert stopped.stop_reason == "closed through Pilothouse"
    assert stopped.workers["now"] == 0
    eventually(lambda: not cluster.scheduler.running(), what="the scheduler's process is gone")
    for worker in cluster.workers:
        eventually(lambda worker=worker: not worker.running(), what="the worker's process is gone")
    (computation,) = hub.list_computations(record.id)
    assert computation.state in ("cancelled", "lost")
    del futures


def test_what_is_gone_says_so(make_cluster, hub, find):
    cluster = make_cluster(workers=1)
    wait(cluster.client.submit(nap, 1))
    record = find(cluster.scheduler_id)
    assert cluster.scheduler.stop() is not None
    stopped = eventually(
        lambda: hub.get_cluster(record.id).status == "stopped" and hub.get_cluster(record.id)
    )
    answer = hub.close(record.id)
    assert answer.status == "stopped"
    assert "already" in answer["message"]
    assert hub.get_cluster(record.id).stop == stopped.stop
