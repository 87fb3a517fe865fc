from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dask.config
import fake_hub as fake
import pytest
from fake_hub import FakeHub

import pilothouse
from pilothouse import BadRequest, ConfigError, Hub, HubError, HubUnreachable, NotFound, Unauthorized


@pytest.fixture
def hub(fake_hub: FakeHub) -> Hub:
    return Hub(fake_hub.address, "ph_token")


def test_what_is_asked(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters", [fake.cluster()])
    clusters = hub.list_clusters(user="ada", status="running", text="a&b=c", until=3600)
    assert [cluster.name for cluster in clusters] == ["cluster 1"]
    request = fake_hub.requests[0]
    assert request.headers["Authorization"] == "Bearer ph_token"
    assert request.query == {
        "since": "604800s",
        "until": "3600s",
        "user": "ada",
        "status": "running",
        "text": "a&b=c",
        "limit": "1000",
    }


@pytest.mark.parametrize(
    ("since", "sent"),
    [
        (None, None),
        ("7 days", "604800s"),
        ("500ms", "0.5s"),
        ("2h", "7200s"),
        (30, "30s"),
        (1.5, "1.5s"),
        (timedelta(minutes=2), "120s"),
        ("2026-02-01T12:00", "2026-02-01T12:00"),
        (datetime(2026, 2, 1, 12, tzinfo=timezone.utc), "2026-02-01T12:00:00+00:00"),
    ],
)
def test_since(hub: Hub, fake_hub: FakeHub, since: Any, sent: str | None) -> None:
    fake_hub.paged("/clusters", [])
    hub.list_clusters(since=since)
    request = fake_hub.requests[0]
    if isinstance(since, datetime):
        assert datetime.fromisoformat(request.query["since"]) == since
    else:
        assert request.query.get("since") == sent


@pytest.mark.parametrize("since", ["yesterday", "5 parsecs", "", object()])
def test_bad_since(hub: Hub, since: Any) -> None:
    with pytest.raises(ValueError, match="since must be a duration"):
        hub.list_clusters(since=since)


def test_cursors_are_followed(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/computations", [fake.computation(number) for number in range(2500)])
    assert [record.id for record in hub.list_computations()] == list(range(2500))
    assert len(fake_hub.requests) == 3


def test_limit_caps(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters/1/events", [fake.event(number) for number in range(2500)])
    assert len(hub.list_events(1, limit=1200)) == 1200
    assert [request.query["limit"] for request in fake_hub.requests] == ["1000", "200"]
    with pytest.raises(ValueError, match="limit must be at least 1"):
        hub.list_events(1, limit=0)


def test_one_cluster(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/computations", [])
    fake_hub.paged("/exceptions", [])
    hub.list_computations(3)
    hub.list_computations(scheduler_id="Scheduler-1")
    hub.list_exceptions(cluster_id=3, type="ValueError")
    assert fake_hub.requests[0].query == {"cluster_id": "3", "limit": "1000"}
    assert fake_hub.requests[1].query == {"scheduler_id": "Scheduler-1", "limit": "1000"}
    assert fake_hub.requests[2].query == {
        "cluster_id": "3",
        "type": "ValueError",
        "since": "604800s",
        "limit": "1000",
    }
    with pytest.raises(ValueError, match="not both"):
        hub.list_computations(3, "Scheduler-1")
    with pytest.raises(TypeError, match="a scheduler's id goes into scheduler_id"):
        hub.list_computations("Scheduler-1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="goes into cluster_id"):
        hub.list_computations(scheduler_id=3)  # type: ignore[arg-type]


def test_workers_and_spans(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters/1/workers", [])
    fake_hub.paged("/computations/2/spans", [])
    assert hub.list_workers(1) == []
    assert hub.list_spans(2, status="erred", text="sum") == []
    assert fake_hub.requests[1].query == {"status": "erred", "text": "sum", "limit": "1000"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadRequest), (401, Unauthorized), (403, Unauthorized), (404, NotFound), (500, HubError)],
)
def test_refusals_carry_the_hubs_words(
    hub: Hub, fake_hub: FakeHub, status: int, kind: type[HubError]
) -> None:
    fake_hub.answers["GET", "/clusters"] = (
        status,
        {"error": {"code": "some_code", "message": "that is why"}},
    )
    with pytest.raises(kind, match="that is why") as caught:
        hub.list_clusters()
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.code == "some_code"


def test_unauthorized_says_what_to_do(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.answers["GET", "/clusters"] = (401, {"error": {"code": "unauthorized", "message": "no"}})
    with pytest.raises(Unauthorized, match="DASK_PILOTHOUSE__TOKEN"):
        hub.list_clusters()


def test_a_missing_scope_is_named(hub: Hub, fake_hub: FakeHub) -> None:
    message = "this needs a token with the scope control or admin"
    fake_hub.answers["POST", "/clusters/1/desired-state"] = (
        403,
        {"error": {"code": "forbidden", "message": message}},
    )
    with pytest.raises(Unauthorized) as caught:
        hub.close(1)
    assert (str(caught.value), caught.value.status, caught.value.code) == (message, 403, "forbidden")


TOO_MANY = {"error": {"code": "too_many_requests", "message": "too many requests with this token"}}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hub_that_asks_to_wait_is_asked_again(hub: Hub, fake_hub: FakeHub, method: str) -> None:
    times: list[float] = []

    def answer(request: fake.Request) -> fake.Answer:
        times.append(time.monotonic())
        if len(times) < 3:
            return 429, TOO_MANY, {"Retry-After": "1"}
        return 200, fake.cluster(1, status="stopped")

    fake_hub.answers["GET", "/clusters/1"] = answer
    fake_hub.answers["POST", "/clusters/1/desired-state"] = answer
    cluster = hub.get_cluster(1) if method == "GET" else hub.close(1)
    assert cluster.status == "stopped"
    assert len(times) == 3
    assert times[1] - times[0] >= 1
    assert times[2] - times[1] >= 1


def test_a_hub_that_always_asks_to_wait_is_not_waited_for_for_ever(
    hub: Hub, fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    fake_hub.answers["GET", "/clusters"] = (429, TOO_MANY, {"Retry-After": "86400"})
    with pytest.raises(HubError, match="too many requests") as caught:
        hub.list_clusters()
    assert (caught.value.status, caught.value.code) == (429, "too_many_requests")
    assert len(fake_hub.requests) == 4
    assert waits == [5, 5, 5]


def test_other_refusals_are_not_asked_again(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.answers["GET", "/clusters"] = (
        503,
        {"error": {"code": "unavailable", "message": "later"}},
        {"Retry-After": "1"},
    )
    with pytest.raises(HubError, match="later"):
        hub.list_clusters()
    assert len(fake_hub.requests) == 1


@pytest.mark.parametrize("content", [b"<html>hello</html>", b"[]", b"", b"\xff"])
def test_something_else_at_the_address(hub: Hub, fake_hub: FakeHub, content: bytes) -> None:
    fake_hub.answers["GET", "/clusters"] = (200, content)
    with pytest.raises(HubError, match="is a Pilothouse hub there"):
        hub.list_clusters()


def test_a_redirect_is_not_followed(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.answers["GET", "/clusters"] = (302, {}, {"Location": f"{fake_hub.address}/api/v1/elsewhere"})
    with pytest.raises(HubError):
        hub.list_clusters()
    assert [request.path for request in fake_hub.requests] == ["/api/v1/clusters"]


def test_nobody_there() -> None:
    with pytest.raises(HubUnreachable) as caught:
        Hub("http://127.0.0.1:1", "ph_token").list_clusters()
    assert str(caught.value) == (
        "no answer from the hub at http://127.0.0.1:1 (connection refused). "
        "Is it running? Start one with: pilothouse serve"
    )


def test_timeout(fake_hub: FakeHub) -> None:
    def slow(request: fake.Request) -> fake.Answer:
        time.sleep(1)
        return 200, {"items": [], "next": None}

    fake_hub.answers["GET", "/clusters"] = slow
    with pytest.raises(HubUnreachable):
        Hub(fake_hub.address, timeout=0.1).list_clusters()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"address": "hub"}, "address must look like"),
        ({"token": "a\nb"}, "token must be"),
        ({"workspace": ""}, "workspace must not be empty"),
    ],
)
def test_bad_arguments(arguments: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Hub(**arguments)  # type: ignore[arg-type]


def test_context_manager_and_repr(fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters", [])
    with Hub(fake_hub.address) as hub:
        assert hub.list_clusters() == []
        assert repr(hub) == f"<Hub {fake_hub.address}>"


def test_threads_may_share_one(hub: Hub, fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters", [fake.cluster(number) for number in range(10)])
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(len(hub.list_clusters()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [10] * 8


class Closing:
    """A cluster that acknowledges, then stops, as often as it is looked at."""

    def __init__(self, fake_hub: FakeHub, steps: int) -> None:
        self.steps = steps
        self.asked: list[Any] = []
        fake_hub.answers["POST", "/clusters/1/desired-state"] = self.ask
        fake_hub.answers["GET", "/clusters/1"] = self.look

    def ask(self, request: fake.Request) -> fake.Answer:
        self.asked.append(json.loads(request.body))
        return 202, self.record()

    def look(self, request: fake.Request) -> fake.Answer:
        self.steps -= 1
        return 200, self.record()

    def record(self) -> dict[str, Any]:
        desired = {
            "state": "stopped",
            "requested_us": 1,
            "acknowledged_us": 2 if self.steps <= 1 else None,
            "observed_us": 3 if self.steps <= 0 else None,
        }
        return fake.cluster(status="stopped" if self.steps <= 0 else "running", desired_state=desired)


def test_close_waits_until_it_is_seen(hub: Hub, fake_hub: FakeHub) -> None:
    closing = Closing(fake_hub, 3)
    cluster = hub.close(1)
    assert cluster.status == "stopped"
    assert closing.asked == [{"state": "stopped"}]
    assert cluster.desired_state is not None
    assert cluster.desired_state.observed is not None


def test_close_without_waiting(hub: Hub, fake_hub: FakeHub) -> None:
    Closing(fake_hub, 3)
    assert hub.close(1, wait=False).status == "running"


def test_close_gives_up(hub: Hub, fake_hub: FakeHub) -> None:
    Closing(fake_hub, 1000)
    with pytest.raises(
        TimeoutError, match=r"cluster 1 has not stopped within 0.2 s; it has not heard of it yet"
    ):
        hub.close(1, timeout="200ms")


def test_close_of_an_ended_cluster(hub: Hub, fake_hub: FakeHub) -> None:
    stopped = fake.cluster(status="stopped", message="cluster 1 has already stopped")
    fake_hub.answers["POST", "/clusters/1/desired-state"] = (200, stopped)
    assert hub.close(1).status == "stopped"


def test_module_functions_follow_the_configuration(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.paged("/clusters", [fake.cluster()])
    fake_hub.paged("/exceptions", [fake.exception()])
    fake_hub.paged("/computations", [fake.computation()])
    fake_hub.paged("/clusters/1/events", [fake.event()])
    fake_hub.paged("/clusters/1/workers", [])
    fake_hub.paged("/computations/1/spans", [])
    Closing(fake_hub, 0)
    with dask.config.set({"pilothouse.address": fake_hub.address, "pilothouse.token": "ph_a"}):
        assert len(pilothouse.list_clusters()) == 1
        assert len(pilothouse.list_exceptions()) == 1
        assert len(pilothouse.list_computations(1)) == 1
        assert len(pilothouse.list_events(1)) == 1
        assert pilothouse.list_workers(1) == []
        assert pilothouse.list_spans(1) == []
        assert pilothouse.close(1).status == "stopped"
    with dask.config.set({"pilothouse.address": fake_hub.address, "pilothouse.token": "ph_b"}):
        pilothouse.list_clusters()
    tokens = [request.headers["Authorization"] for request in fake_hub.requests]
    assert tokens == ["Bearer ph_a"] * 7 + ["Bearer ph_b"]

    state = tmp_path / "state" / "pilothouse"
    state.mkdir(parents=True)
    local = {"address": fake_hub.address, "token": "ph_local", "workspace": "default"}
    (state / "client.json").write_text(json.dumps(local))
    (state / "client.json").chmod(0o600)
    pilothouse.list_clusters()
    assert fake_hub.requests[-1].headers["Authorization"] == "Bearer ph_local"
