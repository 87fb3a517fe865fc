"""The four listings: order, pages, filters."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hub_process import HubProcess
from tape import (
    T0,
    Recorder,
    Span,
    client_record,
    computation_record,
    event_record,
    exception_record,
    group_record,
)

SECOND = 1_000_000


def open_cluster(hub: HubProcess, **fields: Any) -> tuple[Recorder, int]:
    recorder = Recorder()
    return recorder, hub.accept(recorder.session, recorder.open(**fields))["cluster"]


def fill(hub: HubProcess, recorder: Recorder, numbers: range) -> None:
    """Computations, events and exceptions, some at the same time as others."""
    times = {i: T0 + i // 3 * SECOND for i in numbers}
    hub.accept(
        recorder.session,
        recorder.json("computations", *[computation_record(id=f"c-{i}", start_us=times[i]) for i in numbers]),
        recorder.json("events", *[event_record(topic=f"t{i}", time_us=times[i]) for i in numbers]),
        recorder.json(
            "exceptions", *[exception_record(id=i, computation=None, time_us=times[i]) for i in numbers]
        ),
    )


@pytest.mark.parametrize("listing", ["computations", "events", "exceptions", "clusters"])
def test_pages_stay_where_they_were(workspace: HubProcess, listing: str) -> None:
    recorder, cluster = open_cluster(workspace)
    path = f"/clusters/{cluster}/events" if listing == "events" else f"/{listing}"
    time_of = {"clusters": "start_us", "computations": "start_us"}.get(listing, "time_us")
    fill(workspace, recorder, range(100, 130))
    for i in range(30):
        open_cluster(workspace, start_us=T0 + i // 3 * SECOND)
    before = workspace.all_items(path)
    ranks = [(item[time_of], item["id"]) for item in before]
    assert ranks == sorted(ranks, reverse=True)
    assert len(before) == (31 if listing == "clusters" else 30)

    # While it is paged through, much is put before, behind and between.
    seen: list[Any] = []
    parameters: dict[str, Any] = {"limit": 7}
    numbers = iter(range(0, 10_000, 50))
    while True:
        answer = workspace.get(path, **parameters)
        assert answer.status == 200
        assert len(answer.body["items"]) <= 7
        seen += answer.body["items"]
        if answer.body["next"] is None:
            break
        parameters["cursor"] = answer.body["next"]
        fill(workspace, recorder, range(start := next(numbers), start + 10))
        open_cluster(workspace, start_us=T0 + 100 * SECOND)
        open_cluster(workspace, start_us=T0 - 100 * SECOND)
    ids = [item["id"] for item in seen]
    assert len(ids) == len(set(ids))
    known = {item["id"] for item in before}
    assert [item for item in ids if item in known] == [item["id"] for item in before]


def test_the_last_page_says_so(workspace: HubProcess) -> None:
    for _ in range(4):
        open_cluster(workspace)
    answer = workspace.get("/clusters", limit=4)
    assert (len(answer.body["items"]), answer.body["next"]) == (4, None)
    answer = workspace.get("/clusters", limit=3)
    answer = workspace.get("/clusters", limit=3, cursor=answer.body["next"])
    assert (len(answer.body["items"]), answer.body["next"]) == (1, None)


def test_the_default_page_has_100(workspace: HubProcess) -> None:
    recorder, _ = open_cluster(workspace)
    fill(workspace, recorder, range(101))
    answer = workspace.get("/computations")
    assert (len(answer.body["items"]), answer.body["next"] is None) == (100, False)
    assert len(workspace.items("/computations", limit=1000)) == 101


@pytest.fixture
def varied(workspace: HubProcess) -> HubProcess:
    """Two clusters of two users, one of which has stopped."""
    now = int(datetime.now(timezone.utc).timestamp() * SECOND)
    for user, age, name in (("ada", 1, "Alpha"), ("bob", 48, "Beta-Größe")):
        start = now - age * 3600 * SECOND
        recorder, _ = open_cluster(
            workspace, user=user, name=name, start_us=start, scheduler_id=f"S-{name}", host=f"host-{user}"
        )
        states = ("done", "erred") if user == "bob" else ("running", "cancelled")
        workspace.accept(
            recorder.session,
            recorder.json(
                "computations",
                *[
                    computation_record(
                        id=f"{user}-{state}",
                        state=state,
                        start_us=start + i,
                        code=[{"text": f"{state}_code(Äpfel)", "filename": "hidden.py", "line": 1}],
                    )
                    for i, state in enumerate(states)
                ],
            ),
            recorder.json("groups", group_record(computation=f"{user}-{states[0]}", name=f"{user}-group")),
            recorder.json(
                "events", event_record(topic=f"topic-{user}", time_us=start, payload={"k": f"load {user}"})
            ),
            recorder.json(
                "exceptions",
                exception_record(
                    type=f"{user}Error",
                    message=f"message {user}",
                    key=f"key-{user}",
                    traceback=f"trace {user}",
                    time_us=start,
                    computation=None,
                ),
            ),
        )
        if user == "bob":
            workspace.accept(recorder.session, recorder.json("end", {"stop_us": now, "reason": "closed"}))
    return workspace


def names(items: list[Any], field: str) -> set[str]:
    return {item[field] for item in items}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"Alpha", "Beta-Größe"}),
        ({"user": "ada"}, {"Alpha"}),
        ({"user": "Ada"}, set()),
        ({"status": "running"}, {"Alpha"}),
        ({"status": "stopped"}, {"Beta-Größe"}),
        ({"status": "lost"}, set()),
        ({"since": "2 hours"}, {"Alpha"}),
        ({"since": "7 days"}, {"Alpha", "Beta-Größe"}),
        ({"since": "30"}, set()),
        ({"until": "2h"}, {"Beta-Größe"}),
        ({"since": "3 days", "until": "1 day"}, {"Beta-Größe"}),
        ({"since": "2026-02-01"}, {"Alpha", "Beta-Größe"}),
        ({"until": "1970-01-02T00:00:00+02:00"}, set()),
        ({"text": "ALPHA"}, {"Alpha"}),
        ({"text": "größe"}, {"Beta-Größe"}),
        ({"text": "GRÖSSE"}, set()),
        ({"text": "s-b"}, {"Beta-Größe"}),
        ({"text": "HOST-A"}, {"Alpha"}),
        ({"text": "10.0.0.9:8786"}, {"Alpha", "Beta-Größe"}),
        ({"text": "%"}, set()),
        ({"text": ""}, {"Alpha", "Beta-Größe"}),
        ({"user": "bob", "status": "stopped", "text": "beta", "since": "7 days"}, {"Beta-Größe"}),
    ],
)
def test_filters_of_clusters(varied: HubProcess, parameters: dict[str, str], expected: set[str]) -> None:
    assert names(varied.items("/clusters", **parameters), "name") == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"user": "ada"}, {"ada-running", "ada-cancelled"}),
        ({"status": "running"}, {"ada-running"}),
        ({"status": "done"}, {"bob-done"}),
        ({"status": "erred"}, {"bob-erred"}),
        ({"status": "cancelled"}, {"ada-cancelled"}),
        ({"status": "lost"}, set()),
        ({"scheduler_id": "S-Alpha"}, {"ada-running", "ada-cancelled"}),
        ({"since": "1 day"}, {"ada-running", "ada-cancelled"}),
        ({"until": "1 day"}, {"bob-done", "bob-erred"}),
        ({"text": "DONE_CODE(äpfel"}, {"bob-done"}),
        ({"text": "ADA-GROUP"}, {"ada-running"}),
        ({"text": "hidden.py"}, set()),
    ],
)
def test_filters_of_computations(varied: HubProcess, parameters: dict[str, str], expected: set[str]) -> None:
    assert names(varied.items("/computations", **parameters), "dask_id") == expected


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, True),
        ({"user": "ada"}, True),
        ({"user": "bob"}, False),
        ({"status": "running"}, True),
        ({"status": "stopped"}, False),
        ({"topic": "topic-ada"}, True),
        ({"topic": "topic"}, False),
        ({"text": "TOPIC-A"}, True),
        ({"text": "LOAD ada"}, True),
        ({"text": "load bob"}, False),
        ({"since": "2h"}, True),
        ({"until": "2h"}, False),
    ],
)
def test_filters_of_events(varied: HubProcess, parameters: dict[str, str], found: bool) -> None:
    [cluster] = varied.items("/clusters", user="ada")
    events = varied.items(f"/clusters/{cluster['id']}/events", **parameters)
    assert len(events) == int(found)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"adaError", "bobError"}),
        ({"user": "ada"}, {"adaError"}),
        ({"status": "stopped"}, {"bobError"}),
        ({"type": "bobError"}, {"bobError"}),
        ({"type": "bob"}, set()),
        ({"scheduler_id": "S-Alpha"}, {"adaError"}),
        ({"text": "BOBERROR"}, {"bobError"}),
        ({"text": "message A"}, {"adaError"}),
        ({"text": "Key-Bob"}, {"bobError"}),
        ({"text": "TRACE a"}, {"adaError"}),
        ({"since": "1 day"}, {"adaError"}),
        ({"until": "1 day"}, {"bobError"}),
    ],
)
def test_filters_of_exceptions(varied: HubProcess, parameters: dict[str, str], expected: set[str]) -> None:
    assert names(varied.items("/exceptions", **parameters), "type") == expected


def test_times_between_two_moments(workspace: HubProcess) -> None:
    recorder, cluster = open_cluster(workspace)
    fill(workspace, recorder, range(9))

    def at(second: int) -> str:
        return (datetime(2026, 2, 1, tzinfo=timezone.utc) + timedelta(seconds=second)).isoformat()

    events = workspace.items(f"/clusters/{cluster}/events", since=at(1), until=at(2))
    assert [event["topic"] for event in events] == ["t5", "t4", "t3"]


def test_both_ways_to_the_computations_of_a_cluster(workspace: HubProcess) -> None:
    recorder, cluster = open_cluster(workspace)
    other, _ = open_cluster(workspace, scheduler_id="Scheduler-2")
    fill(workspace, recorder, range(3))
    fill(workspace, other, range(3))
    one = workspace.get(f"/clusters/{cluster}/computations").body
    assert one == workspace.get("/computations", cluster_id=cluster).body
    assert one == workspace.get("/computations", scheduler_id="Scheduler-1").body
    assert len(one["items"]) == 3
    assert workspace.get(f"/computations/{one['items'][0]['id']}").body == one["items"][0]
    assert len(workspace.items("/computations")) == 6
    assert workspace.items("/computations", workspace=workspace.get("/workspace").body["name"])


def test_clients_and_spans_of_one_cluster_only(workspace: HubProcess) -> None:
    for name in ("one", "two"):
        recorder, cluster = open_cluster(workspace)
        workspace.accept(
            recorder.session,
            recorder.json(
                "clients", client_record(client=name), client_record(client="both", left_us=T0 + 9)
            ),
            recorder.spans(Span(name)),
        )
        body = workspace.get(f"/clusters/{cluster}").body
        assert [client["client"] for client in body["client_list"]] == ["both", name]
        [computation] = workspace.items("/computations", cluster_id=cluster)
        [span] = workspace.items(f"/computations/{computation['id']}/spans")
        assert span["key"] == name
