"""What a cluster's row says of its workers, its threads and its topics, without looking at any of them."""

from __future__ import annotations

from typing import Any

from hub_process import HubProcess
from tape import T0, Recorder, Span, event_record, group_record, worker_record

SECOND = 1_000_000


def cluster(hub: HubProcess, recorder: Recorder, *chunks: bytes) -> dict[str, Any]:
    number = hub.accept(recorder.session, *chunks)["cluster"]
    [listed] = hub.items("/clusters")
    body: dict[str, Any] = hub.get(f"/clusters/{number}").body
    for name in ("worker_us", "thread_us", "compute_us"):
        assert name in listed
    return body


def worker(number: int, joined: int, left: int | None = None, nthreads: int = 2) -> dict[str, Any]:
    return worker_record(
        address=f"tcp://10.0.0.{number}:1",
        joined_us=T0 + joined * SECOND,
        left_us=None if left is None else T0 + left * SECOND,
        nthreads=nthreads,
    )


def test_how_long_workers_were_there(workspace: HubProcess, recorder: Recorder) -> None:
    running = cluster(
        workspace, recorder, recorder.json("workers", worker(1, 0), worker(2, 10), worker(3, 20, 30, 4))
    )
    life = running["last_seen_us"] - T0
    assert running["worker_us"] == life + (life - 10 * SECOND) + 10 * SECOND
    assert running["thread_us"] == 2 * (life + life - 10 * SECOND) + 40 * SECOND
    # One leaves, one was never heard of again.
    left = recorder.json("workers", worker(1, 0, 50))
    end = recorder.json("end", {"stop_us": T0 + 100 * SECOND, "reason": "closed"})
    ended = cluster(workspace, recorder, left, end)
    assert ended["worker_us"] == (50 + 90 + 10) * SECOND
    assert ended["thread_us"] == (2 * 50 + 2 * 90 + 4 * 10) * SECOND


def run(key: str, duration: int, **fields: Any) -> Span:
    return Span(key, actions=[("transfer", T0, T0 + 7), ("compute", T0 + 7, T0 + 7 + duration)], **fields)


def test_compute_time_whatever_the_order(hub: HubProcess) -> None:
    """What a recorder says of a group replaces what was added up, and what comes behind it is added."""
    for split in (False, True):
        token, hub.token = hub.token, hub.make_workspace(f"sums-{split}")
        recorder = Recorder()
        chunks = [
            recorder.open(),
            recorder.spans(run("a", 100), run("b", 1_000, group="load")),
            recorder.json("groups", group_record(name="inc", durations_us={"compute": 70, "transfer": 9})),
            recorder.spans(run("c", 5), Span("d", actions=[("disk-read", T0, T0 + 99)])),
            recorder.json("groups", group_record(name="new", durations_us={"transfer": 9})),
        ]
        for part in [[chunk] for chunk in chunks] if split else [chunks]:
            found = cluster(hub, recorder, *part)
        assert found["compute_us"] == 70 + 5 + 1_000
        found = cluster(hub, recorder, recorder.json("groups", group_record(name="load", durations_us={})))
        assert found["compute_us"] == 75
        groups = [group for item in hub.items("/computations") for group in item["groups"]]
        assert sum(group["durations_us"].get("compute", 0) for group in groups) == 75
        hub.token = token


def test_topics(workspace: HubProcess, recorder: Recorder) -> None:
    records = [event_record(topic=topic) for topic in ("b", "a", "b", "ä")]
    chunks = [recorder.json("events", *records[:3]), recorder.json("events", records[3])]
    for _ in range(2):
        found = cluster(workspace, recorder, *chunks)
    answer = workspace.get(f"/clusters/{found['id']}/topics").body
    assert answer == {
        "items": [{"topic": "a", "events": 1}, {"topic": "b", "events": 2}, {"topic": "ä", "events": 1}],
        "next": None,
    }
