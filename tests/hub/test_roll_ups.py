"""What the hub adds up itself from the spans it is sent."""

from __future__ import annotations

import random
from typing import Any

from hub_process import HubProcess
from tape import (
    T0,
    Recorder,
    Span,
    computation_record,
    group_record,
    progress_record,
    tasks,
    worker_record,
)


def run(key: str, start: int = 0, compute: int = 1_000, **fields: Any) -> Span:
    """`start` counts from T0; a transfer of 10 us comes before it."""
    begin = T0 + start
    return Span(key, actions=[("transfer", begin - 10, begin), ("compute", begin, begin + compute)], **fields)


def computation(hub: HubProcess) -> dict[str, Any]:
    [item] = hub.items("/computations")
    body: dict[str, Any] = hub.get(f"/computations/{item['id']}").body
    assert item == {
        **body,
        "groups": [{k: v for k, v in g.items() if k != "slowest"} for g in body["groups"]],
    }
    return body


def cluster(hub: HubProcess, recorder: Recorder) -> dict[str, Any]:
    body: dict[str, Any] = hub.get(f"/clusters/{hub.accept(recorder.session)['cluster']}").body
    return body


def test_spans_alone_make_a_roll_up(workspace: HubProcess, recorder: Recorder) -> None:
    """As after a recorder that was killed before it could describe anything."""
    spans = [run("a", 0), run("b", 50, 4_000, nbytes=100), run("c", 100, erred=True, nbytes=-1, type=None)]
    chunk = recorder.spans(*spans, run("d", 7, group="load", type="str"))
    for _ in range(2):
        workspace.accept(recorder.session, chunk)
    found = computation(workspace)
    assert (found["state"], found["stop_us"], found["last_stop_us"]) == ("running", None, T0 + 4_050)
    assert (found["tasks"], found["spans"]) == (tasks(total=4, memory=3, erred=1), 4)
    assert cluster(workspace, recorder)["tasks"] == tasks(total=4, memory=3, erred=1)
    inc, load = found["groups"]
    assert {name: inc[name] for name in group_record() if name not in ("computation", "tasks")} == {
        "name": "inc",
        "prefix": "inc",
        "runs": 3,
        "durations_us": {"transfer": 30, "compute": 6_000},
        "nbytes": 128,
        "types": {"int": 2},
        "first_start_us": T0 - 10,
        "last_stop_us": T0 + 4_050,
        "dependencies": [],
    }
    assert inc["tasks"] == tasks(total=3, memory=2, erred=1)
    assert (load["name"], load["types"], load["runs"]) == ("load", {"str": 1}, 1)
    assert inc["max_us"] == 4_000
    assert inc["slowest"][0] == {
        "key": "b",
        "worker": "tcp://10.0.0.1:1",
        "thread": 140_000_000_000_001,
        "start_us": T0 + 40,
        "duration_us": 4_000,
    }


def test_a_recorders_roll_up_replaces_what_was_added(workspace: HubProcess, recorder: Recorder) -> None:
    spans = recorder.spans(*[run(f"k{i}", i, group="inc-1a2b") for i in range(6)])
    absolute = [
        recorder.json("computations", computation_record()),
        recorder.json("groups", group_record()),
    ]
    later = recorder.spans(run("late", 9_000, 2_000, group="inc-1a2b", nbytes=5))
    # However they are put into requests, and however often they are sent.
    workspace.accept(recorder.session, spans)
    workspace.accept(recorder.session, spans, *absolute)
    found = computation(workspace)
    assert (found["tasks"], found["groups"][0]["tasks"]) == (
        computation_record()["tasks"],
        group_record()["tasks"],
    )
    for name in ("runs", "nbytes", "durations_us", "types", "first_start_us", "last_stop_us"):
        assert found["groups"][0][name] == group_record()[name], name
    assert cluster(workspace, recorder)["tasks"] == computation_record()["tasks"]

    for _ in range(2):
        workspace.accept(recorder.session, spans, *absolute, later)
    found = computation(workspace)
    assert found["tasks"] == tasks(total=10, memory=7, processing=4)
    group = found["groups"][0]
    assert (group["prefix"], group["dependencies"]) == ("inc", ["load-77"])
    assert (group["runs"], group["nbytes"], group["types"]) == (7, 173, {"int": 7})
    assert group["durations_us"] == {"compute": 8_000, "transfer": 10}
    assert (group["first_start_us"], group["last_stop_us"]) == (T0 + 20, T0 + 11_000)
    assert cluster(workspace, recorder)["tasks"] == tasks(total=10, memory=7, processing=4)
    # Progress is absolute too, and says nothing of groups.
    workspace.accept(
        recorder.session, recorder.json("progress", progress_record(tasks=tasks(total=10, memory=9)))
    )
    found = computation(workspace)
    assert (found["tasks"], found["groups"][0]["runs"]) == (tasks(total=10, memory=9), 7)
    assert cluster(workspace, recorder)["tasks"] == tasks(total=10, memory=9)


def test_one_request_or_many_come_to_the_same(hub: HubProcess) -> None:
    answers = []
    for split in (False, True):
        token, hub.token = hub.token, hub.make_workspace(f"split-{split}")
        recorder = Recorder()
        chunks = [recorder.open(), recorder.spans(*[run(f"a{i}", i * 7, 10 + i) for i in range(40)])]
        chunks += [recorder.json("groups", group_record(name="inc")), recorder.spans(run("b", 1, 5_000))]
        chunks += [recorder.json("progress", progress_record()), recorder.spans(run("c", 2, erred=True))]
        for part in [[chunk] for chunk in chunks] if split else [chunks]:
            hub.accept(recorder.session, *part)
        found = computation(hub)
        answers.append({**found, "id": 0, "cluster_id": 0})
        hub.token = token
    assert answers[0] == answers[1]
    assert answers[0]["tasks"] == tasks(total=10, memory=6, processing=4, erred=1)


def test_a_total_is_raised_to_what_has_ended(workspace: HubProcess, recorder: Recorder) -> None:
    progress = recorder.json("progress", progress_record(tasks=tasks(total=3, memory=1, blamed=1)))
    workspace.accept(recorder.session, progress, recorder.spans(*[run(f"k{i}") for i in range(5)]))
    assert computation(workspace)["tasks"] == tasks(total=7, memory=6, blamed=1)
    assert cluster(workspace, recorder)["tasks"]["total"] == 7


def test_quantiles_of_many_durations(workspace: HubProcess, recorder: Recorder) -> None:
    generator = random.Random(3)
    durations = [int(generator.lognormvariate(9, 2)) + 1 for _ in range(5_000)]
    for first in range(0, 5_000, 700):
        spans = [run(f"k{i}", i, durations[i]) for i in range(first, min(first + 700, 5_000))]
        workspace.accept(recorder.session, recorder.spans(*spans))
    # Without a compute action there is nothing to measure.
    workspace.accept(recorder.session, recorder.spans(Span("none", actions=[("transfer", T0, T0 + 10**9)])))
    [group] = computation(workspace)["groups"]
    ordered = sorted(durations)
    for name, rank in (("p50_us", 0.5), ("p90_us", 0.9), ("p95_us", 0.95), ("p99_us", 0.99)):
        truth = ordered[int(rank * 4_999)]
        assert abs(group[name] - truth) <= 0.01 * truth, name
    assert group["max_us"] == ordered[-1]
    assert [s["duration_us"] for s in group["slowest"]] == ordered[:-11:-1]
    assert [durations[int(s["key"][1:])] for s in group["slowest"]] == ordered[:-11:-1]


def test_a_lost_recording_is_lost_for_good(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(
        recorder.session,
        recorder.json("computations", computation_record()),
        recorder.spans(run("a", 500)),
        recorder.json("end", {"stop_us": T0 + 5_000, "reason": "lost"}),
    )
    found = cluster(workspace, recorder)
    assert (found["status"], found["stop_us"], found["stop_reason"]) == ("lost", T0 + 5_000, "lost")
    assert workspace.items("/clusters", status="lost")[0]["id"] == found["id"]
    assert workspace.items("/clusters", status="stopped") == []
    lost = computation(workspace)
    assert (lost["state"], lost["stop_us"], lost["last_stop_us"]) == ("lost", None, T0 + 1_500)
    answer = workspace.ask_to_stop(found["id"])
    assert (answer.status, answer.body["desired_state"]) == (200, None)
    assert "without a word" in answer.body["message"]


def test_impossible_times_count_for_nothing(workspace: HubProcess, recorder: Recorder) -> None:
    good = run("good")
    backward = Span("backward", actions=[("compute", T0 + 10, T0)])
    endless = Span("endless", actions=[("compute", T0, 2**62)])
    workspace.accept(recorder.session, recorder.spans(good, backward, endless))
    [group] = computation(workspace)["groups"]
    assert (group["runs"], group["durations_us"]) == (3, {"transfer": 10, "compute": 1_000})
    assert (group["max_us"], group["last_stop_us"]) == (1_000, T0 + 1_000)
    assert cluster(workspace, recorder)["refused"] == {"impossible_times": 2}
    before = Span("before", actions=[("compute", -1, T0)])
    assert workspace.upload(recorder.session, recorder.spans(before)).status == 422


def test_too_many_groups_are_put_together(workspace: HubProcess, recorder: Recorder) -> None:
    most = 100_000
    absolute = [group_record(name=f"g{i}", dependencies=[], types={}) for i in range(most - 1)]
    for first in range(0, most, 10_000):
        workspace.accept(
            recorder.session, recorder.json("groups", *absolute[first : first + 10_000], compress=True)
        )
    assert cluster(workspace, recorder)["refused"] == {}
    spans = [run(f"k{i}", group=name) for i, name in enumerate(["g0", "last", "over", "over", "x" * 1025])]
    workspace.accept(recorder.session, recorder.spans(*spans))
    workspace.accept(recorder.session, recorder.json("groups", group_record(name="over as well")))
    found = cluster(workspace, recorder)
    assert found["refused"] == {"groups": 3}
    assert found["tasks"] == tasks(total=5, memory=5)
    [listed] = workspace.items("/computations")
    groups = {group["name"]: group for group in listed["groups"]}
    assert listed["groups_left_out"] == most + 1 - len(groups) > 0
    assert groups["(other groups)"]["runs"] == 3
    assert groups["g0"]["runs"] == group_record()["runs"] + 1


def test_a_page_of_computations_is_bounded(workspace: HubProcess, recorder: Recorder) -> None:
    long = [f"d{'x' * 1000}{i}" for i in range(1_000)]
    records = [group_record(computation=f"c{i}", dependencies=long) for i in range(40)]
    for record in records:
        workspace.accept(recorder.session, recorder.json("groups", record, compress=True))
    answer = workspace.get("/computations", limit=100)
    assert 10 < len(answer.body["items"]) < 30
    assert answer.body["next"] is not None
    everything = workspace.all_items("/computations")
    assert len({item["dask_id"] for item in everything}) == len(everything) == 40
    assert all(len(item["groups"]) == 1 and item["groups_left_out"] == 0 for item in everything)


def test_too_many_workers_are_refused(workspace: HubProcess, recorder: Recorder) -> None:
    most = 100_000
    for first in range(0, most, 20_000):
        records = [worker_record(address=f"w{i}", name="", host="") for i in range(first, first + 20_000)]
        workspace.accept(recorder.session, recorder.json("workers", *records, compress=True))
    surplus = [worker_record(address="one more"), worker_record(address="w0", left_us=T0 + 9)]
    workspace.accept(recorder.session, recorder.json("workers", *surplus))
    found = cluster(workspace, recorder)
    assert found["workers"] == {"now": most - 1, "total": most, "lost": 0}
    assert found["refused"] == {"workers": 1}
