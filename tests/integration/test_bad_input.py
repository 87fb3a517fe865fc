"""Keys, exceptions, events and clocks that nobody expects."""

from __future__ import annotations

import time

import distributed
import pytest
from distributed import wait

from processes import eventually

NEW_KEYS = tuple(int(part) for part in distributed.__version__.split(".")[:2]) >= (2023, 10)


def double(i: int) -> int:
    return 2 * i


class Unprintable(Exception):
    def __repr__(self) -> str:
        raise RuntimeError("no repr today")


def raise_unprintable() -> None:
    raise Unprintable()


KEYS = {
    "tuple": ("key-in-a-tuple", 1, ("deeper", 2)),
    "unicode": "größe-✓-0",
    "quotes": 'it\'s "quoted" \\ here',
    "control": "line\nbreak\x00nul",
    "megabyte": "m" * 1_000_000,
}
if NEW_KEYS:
    KEYS["int"] = 1234567890123456789
    KEYS["float"] = 1.5


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_odd_keys(kind, cluster, hub, find):
    key = KEYS[kind]
    future = cluster.client.submit(double, 21, key=key)
    wait(future, timeout=60)
    ok = cluster.client.submit(double, 1, key=f"plain-{kind}")
    assert ok.result(timeout=30) == 2
    record = find(cluster.scheduler_id)
    keys = eventually(
        lambda: (
            (found := [s.key for c in hub.list_computations(record.id) for s in hub.list_spans(c.id)])
            and len(found) == 2
            and found
        )
    )
    keys.remove(f"plain-{kind}")
    if kind == "megabyte":
        assert keys[0].startswith("mmm")
        assert keys[0].endswith("...[1000000 bytes]")
        assert len(keys[0]) <= 1024
    else:
        assert keys[0] == (key if isinstance(key, str) else str(key))


@pytest.mark.parametrize(
    ("key", "text"),
    [("lone-\udcff-surrogate", "lone-\\udcff-surrogate"), (b"bytes\xff\x00", "b'bytes\\xff\\x00'")],
)
def test_keys_that_dask_itself_does_not_carry(key, text, cluster, hub, find):
    """Put where the recorder would meet them: into the scheduler's own hook."""

    def transition(dask_scheduler):
        tasks = dask_scheduler.tasks
        tasks[key] = next(iter(tasks.values()))
        try:
            dask_scheduler._pilothouse.core.transition(
                key,
                "processing",
                "memory",
                worker="tcp://x:1",
                nbytes=8,
                typename="int",
                startstops=[],
                thread=1,
            )
        finally:
            del tasks[key]

    future = cluster.client.submit(double, 2)
    assert future.result(timeout=30) == 4
    cluster.client.run_on_scheduler(transition)
    record = find(cluster.scheduler_id)
    eventually(
        lambda: text in [s.key for c in hub.list_computations(record.id) for s in hub.list_spans(c.id)]
    )


def test_a_hook_with_nonsense_arguments_never_raises(cluster, hub, find):
    def torture(dask_scheduler):
        core = dask_scheduler._pilothouse.core
        key = next(iter(dask_scheduler.tasks))

        class Hostile:
            def __getattr__(self, name):
                raise KeyError(name)

            def __eq__(self, other):
                raise ValueError("no equality")

            __hash__ = None

        hostile = Hostile()
        core.transition()
        core.transition(key)
        core.transition(key, "processing", None)
        core.transition(hostile, "processing", "memory")
        core.transition([], "released", "waiting")
        core.transition("no-such-key", "processing", "memory", worker="w")
        core.transition(
            key, "processing", "memory", worker=3, nbytes="x", typename=None, startstops=7, thread="t"
        )
        core.transition(
            key,
            "processing",
            "memory",
            startstops=[
                None,
                {},
                {"action": 1},
                {"action": "compute", "start": float("nan"), "stop": float("inf")},
                {"action": "compute", "start": -5.0, "stop": 10**400},
            ],
            thread=-1,
            nbytes=2**100,
        )
        core.transition(key, "processing", "erred", cause=hostile, exception_text=5, traceback_text=b"x")
        core.transition(
            key, "processing", "erred", cause=key, exception_text="Odd\ud800('x')", traceback_text=None
        )
        return True

    future = cluster.client.submit(double, 2)
    assert future.result(timeout=30) == 4
    assert cluster.client.run_on_scheduler(torture) is True
    record = find(cluster.scheduler_id)
    ok = cluster.client.submit(double, 5)
    assert ok.result(timeout=30) == 10
    eventually(
        lambda: [
            e for e in hub.list_exceptions(cluster_id=record.id, since=None) if e.message.startswith("Odd")
        ]
    )
    assert hub.get_cluster(record.id).status == "running"


def test_an_exception_whose_repr_raises(cluster, hub, find):
    future = cluster.client.submit(raise_unprintable)
    wait(future, timeout=30)
    assert future.status == "error"
    record = find(cluster.scheduler_id)
    (exception,) = eventually(lambda: hub.list_exceptions(cluster_id=record.id, since=None))
    assert exception.type == "RuntimeError"
    assert exception.message == "no repr today"


def test_a_huge_exception_is_cut_and_says_so(cluster, hub, find):
    def shout() -> None:
        raise ValueError("loud " * 200_000)

    future = cluster.client.submit(shout)
    wait(future, timeout=30)
    record = find(cluster.scheduler_id)
    (exception,) = eventually(lambda: hub.list_exceptions(cluster_id=record.id, since=None))
    assert "loud loud" in exception.message
    assert len(exception.message) < 20_000


def test_events_that_json_cannot_say(cluster, hub, find):
    def log(dask_scheduler):
        loop = []
        loop.append(loop)
        dask_scheduler.log_event(
            "odd",
            {
                "set": {1},
                ("tu", "ple"): b"\xff\x00",
                "nan": float("nan"),
                "big": 2**200,
                "loop": loop,
                "o": object(),
            },
        )

    cluster.client.run_on_scheduler(log)
    record = find(cluster.scheduler_id)
    (event,) = eventually(lambda: hub.list_events(record.id, topic="odd"))
    assert event.payload["set"] == [1]
    assert event.payload["('tu', 'ple')"] == "b'\\xff\\x00'"
    assert event.payload["nan"] == "nan"
    assert event.payload["big"] == str(2**200)
    assert event.payload["o"].startswith("<object object")


def test_an_event_over_the_limit_is_cut_and_marked(cluster, hub, find):
    cluster.client.log_event("big", {"text": "x" * 1_000_000, "after": 1})
    record = find(cluster.scheduler_id)
    (event,) = eventually(lambda: hub.list_events(record.id, topic="big"))
    assert event.truncated
    assert "[cut, 1000000 characters]" in event.payload["text"]
    assert len(event.payload["text"]) < 20_000


def test_ignored_topics_are_not_recorded(make_cluster, hub, find, hub_process):
    env = hub_process.environment(
        DASK_PILOTHOUSE__EVENTS__ALLOW="['mine-*']", DASK_PILOTHOUSE__EVENTS__IGNORE="['mine-not']"
    )
    cluster = make_cluster(workers=1, env=env)
    for topic in ("mine-1", "mine-not", "other", "mine-2"):
        cluster.client.log_event(topic, topic)
    record = find(cluster.scheduler_id)
    eventually(lambda: hub.list_events(record.id, topic="mine-2"))
    assert {event.topic for event in hub.list_events(record.id)} == {"mine-1", "mine-2"}


def test_a_clock_that_jumps(cluster, hub, find):
    record = find(cluster.scheduler_id)

    def jump(dask_scheduler, seconds):
        import time as clock

        import pilothouse._plugin as plugin

        class Jumped:
            monotonic = staticmethod(clock.monotonic)

            @staticmethod
            def time():
                return clock.time() + seconds

        plugin.time = Jumped

    for seconds in (-3600, 7200, -(10**12), 0):
        cluster.client.run_on_scheduler(jump, seconds=seconds)
        cluster.client.log_event("jump", seconds)
        assert cluster.client.submit(double, seconds).result(timeout=30) == 2 * seconds
    eventually(lambda: len(hub.list_events(record.id, topic="jump")) == 4)
    after = hub.get_cluster(record.id)
    assert after.status == "running"
    assert abs(after.last_seen - time.time()) < 60
