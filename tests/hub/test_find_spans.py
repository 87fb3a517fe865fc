"""One task, found by its key wherever it ran."""

from __future__ import annotations

from typing import Any

import pytest
from hub_process import HubProcess
from tape import T0, Recorder, Span, computation_record, group_record


def open_cluster(hub: HubProcess, name: str) -> tuple[Recorder, int]:
    recorder = Recorder()
    return recorder, hub.accept(recorder.session, recorder.open(scheduler_id=name))["cluster"]


@pytest.fixture
def recorder(workspace: HubProcess) -> Recorder:
    return open_cluster(workspace, "S")[0]


def find(hub: HubProcess, key: str, **parameters: Any) -> list[Any]:
    return hub.all_items("/spans", key=key, **parameters)


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("inc-0a1b2c3d4e5f60718293a4b5c6d7e8f9", "inc"),
        ("read-csv-inc-0a1b2c3d", "read-csv-inc"),
        ("('sum-partial-3fd3', 0, 3)", "sum-partial-3fd3"),
        ("größe", "größe"),
        ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", "data"),
        ("<module.submodule.myclass object at 0xdaf372>", "myclass"),
    ],
)
def test_a_key_is_found_by_its_group(workspace: HubProcess, recorder: Recorder, key: str, group: str) -> None:
    others = [Span(f"{key}{i}", group) for i in range(3)]
    workspace.accept(recorder.session, recorder.spans(*others, Span(key, group, erred=True), *others))
    [found] = find(workspace, key)
    [computation] = workspace.items("/computations")
    assert (found["key"], found["group"], found["status"]) == (key, group, "erred")
    assert found["computation_id"] == computation["id"]
    assert found["cluster_id"] == computation["cluster_id"]
    assert find(workspace, key + "?") == []


def test_all_runs_in_all_computations(workspace: HubProcess) -> None:
    for name in ("one", "two"):
        recorder, cluster = open_cluster(workspace, name)
        for computation in ("c-1", "c-2"):
            spans = [Span("inc-1", computation=computation), Span("inc-2", computation=computation)]
            workspace.accept(recorder.session, recorder.spans(*spans), recorder.spans(*spans[:1]))
    found = find(workspace, "inc-1")
    assert len(found) == 8
    assert [item["key"] for item in found] == ["inc-1"] * 8
    assert find(workspace, "inc-1", limit=3) == found
    assert len(find(workspace, "inc-1", cluster_id=cluster)) == 4
    one = found[-1]["computation_id"]
    assert find(workspace, "inc-1", computation_id=one) == [f for f in found if f["computation_id"] == one]
    assert find(workspace, "inc-1", computation_id=999_999) == []
    assert workspace.get("/spans", key="inc-1", cluster_id=999_999).error == (404, "not_found")
    other = workspace.make_workspace(f"find-{cluster}")
    assert workspace.get("/spans", token=other, key="inc-1").body == {"items": [], "next": None}


def test_many_blocks_are_looked_through_page_by_page(workspace: HubProcess, recorder: Recorder) -> None:
    blocks = [recorder.spans(Span(f"inc-{i}"), Span("inc-x", group="other")) for i in range(150)]
    workspace.accept(recorder.session, *blocks)
    first = workspace.get("/spans", key="inc-140").body
    assert (first["items"], first["next"] is None) == ([], False)
    assert [span["key"] for span in find(workspace, "inc-140")] == ["inc-140"]


def test_blocks_of_another_time_are_not_looked_through(workspace: HubProcess, recorder: Recorder) -> None:
    def at(second: int, **fields: Any) -> Span:
        start = T0 + second * 1_000_000
        return Span(**fields, actions=[("compute", start, start + 10)])

    workspace.accept(
        recorder.session,
        *[recorder.spans(at(i, key=f"inc-{i}", group="inc")) for i in range(100)],
        recorder.spans(at(50, key="sum-1", group="sum")),
    )
    answer = workspace.get("/spans", key="sum-1").body
    assert ([item["key"] for item in answer["items"]], answer["next"]) == (["sum-1"], None)


def test_a_group_without_a_row_of_its_own(workspace: HubProcess, recorder: Recorder) -> None:
    name = "x" * 1025
    workspace.accept(recorder.session, recorder.spans(Span(f"{name}-1", name)))
    assert len(find(workspace, f"{name}-1")) == 1


def test_groups_that_recorders_described(workspace: HubProcess, recorder: Recorder) -> None:
    group = group_record(name="inc", first_start_us=T0, last_stop_us=T0 + 1_000)
    workspace.accept(
        recorder.session,
        recorder.spans(Span("inc-1"), Span("inc-2", actions=[])),
        recorder.json("computations", computation_record()),
        recorder.json("groups", group),
    )
    assert len(find(workspace, "inc-1")) == len(find(workspace, "inc-2")) == 1


def test_the_key_is_needed(workspace: HubProcess) -> None:
    answer = workspace.get("/spans")
    assert answer.error == (400, "invalid_parameter")
    assert '"key"' in answer.message
    assert workspace.items("/spans", key="") == []
