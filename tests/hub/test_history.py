"""How a cluster went, in bounded answers."""

from __future__ import annotations

from typing import Any

from hub_process import HubProcess
from tape import T0, Recorder, sample_record

SECOND = 1_000_000


def sampled(hub: HubProcess, seconds: int) -> int:
    """A cluster of two workers, the second of which is there for half of the time."""
    recorder = Recorder()
    records: list[dict[str, Any]] = []
    for i in range(seconds):
        at = {
            "time_us": T0 + i * SECOND,
            "cpu": 100,
            "memory": 1000,
            "managed": 600,
            "spilled": 4,
            "ready": 1,
        }
        records.append(sample_record(address="a", executing=2, unmanaged=400, **at))
        if i >= seconds // 2:
            records.append(sample_record(address="b", executing=4, unmanaged=-400, **at))
    stop = {"stop_us": T0 + seconds * SECOND, "reason": "closed"}
    chunks = [recorder.open(), recorder.json("samples", *records), recorder.json("end", stop)]
    number: int = hub.accept(recorder.session, *chunks)["cluster"]
    return number


def test_history(workspace: HubProcess) -> None:
    cluster = sampled(workspace, 100)
    whole = workspace.get(f"/clusters/{cluster}/history").body
    assert whole["bucket_us"] == SECOND
    assert whole["times_us"] == [T0 + i * SECOND for i in range(100)]
    assert whole["executing"] == [2] * 50 + [6] * 50
    assert whole["workers"] == [1] * 50 + [2] * 50
    one = workspace.get(f"/clusters/{cluster}/history", width=1).body
    assert {name: one[name] for name in one if not name.endswith("_us")} == {
        "workers": [1.5],
        "cpu": [150],
        "memory": [1500],
        "managed": [900],
        "unmanaged": [200],
        "spilled": [6],
        "executing": [4],
        "ready": [1.5],
    }
    part = {"from": T0 + 60 * SECOND, "to": T0 + 70 * SECOND, "width": 11}
    assert workspace.get(f"/clusters/{cluster}/history", **part).body["times_us"] == [
        T0 + i * SECOND for i in range(60, 70)
    ]
    before = {"from": T0 - 100 * SECOND, "to": T0 - SECOND}
    assert workspace.get(f"/clusters/{cluster}/history", **before).body["times_us"] == []


def test_what_is_refused(workspace: HubProcess) -> None:
    cluster = sampled(workspace, 1)
    for parameters in (
        {"width": 2001},
        {"width": 0},
        {"from": 5, "to": 5},
        {"from": "yesterday"},
        {"to": -1},
    ):
        answer = workspace.get(f"/clusters/{cluster}/history", **parameters)
        assert answer.error == (400, "invalid_parameter"), parameters
    assert workspace.get(f"/clusters/{cluster + 1}/history").error == (404, "not_found")
    for activity in (0, 65, "x"):
        assert workspace.get("/clusters", activity=activity).error == (400, "invalid_parameter")


def test_activity_of_clusters(workspace: HubProcess) -> None:
    sampled(workspace, 100)
    idle = Recorder()
    workspace.accept(idle.session, idle.open())
    assert all("activity" not in item for item in workspace.items("/clusters"))
    for most in (1, 20, 64):
        found = {item["status"]: item["activity"] for item in workspace.items("/clusters", activity=most)}
        busy = found["stopped"]
        assert most / 4 <= len(busy["executing"]) <= most
        assert busy["from_us"] <= T0
        assert next(n for n in busy["executing"] if n is not None) == (4 if most == 1 else 2)
        assert set(found["running"]["executing"]) == {None}
