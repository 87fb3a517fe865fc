"""Exceptions that differ only in numbers, counted once for each cluster."""

from __future__ import annotations

from typing import Any

from hub_process import HubProcess
from tape import T0, Recorder, exception_record

TRACE = '  File "job.py", line 7, in load\n    x\n'


def erred(number: int, **fields: Any) -> dict[str, Any]:
    record = {"computation": None, "message": f"row {number} at 0x7f{number:04x}", "time_us": T0 + number}
    return exception_record(**{"id": number, "traceback": TRACE, **record, **fields})


def test_what_differs_in_numbers_is_one_group(workspace: HubProcess, recorder: Recorder) -> None:
    first = recorder.json("exceptions", *[erred(i) for i in range(10, 110)])
    second = recorder.json("exceptions", erred(5), erred(500, message="no such column"))
    for _ in range(2):
        workspace.accept(recorder.session, first, second)
    other, same = workspace.items("/exceptions/groups")
    assert (other["count"], other["message"]) == (1, "no such column")
    assert (same["count"], same["first_us"], same["last_us"]) == (101, T0 + 5, T0 + 109)
    assert (same["type"], same["message"], same["traceback"]) == ("ValueError", "row 10 at 0x7f000a", TRACE)
    assert same["scheduler_id"] == "Scheduler-1"
    members = workspace.all_items("/exceptions", group_id=same["id"], limit=50)
    assert len(members) == 101
    assert {member["group_id"] for member in members} == {same["id"]}


def test_the_same_in_two_clusters_has_one_fingerprint(workspace: HubProcess, recorder: Recorder) -> None:
    second = Recorder()
    workspace.accept(second.session, second.open(scheduler_id="Scheduler-2", user="bob"))
    for one in (recorder, second):
        workspace.accept(one.session, one.json("exceptions", erred(1), erred(2)))
    groups = workspace.items("/exceptions/groups")
    assert [group["count"] for group in groups] == [2, 2]
    assert len({group["fingerprint"] for group in groups}) == 1
    assert len({group["cluster_id"] for group in groups}) == 2
    for parameters in (
        {"user": "bob"},
        {"scheduler_id": "Scheduler-2"},
        {"cluster_id": groups[0]["cluster_id"]},
    ):
        assert workspace.items("/exceptions/groups", **parameters) == groups[:1]


def test_homes_environments_and_kernels_do_not_tell_them_apart(workspace: HubProcess) -> None:
    files = {
        "ada": ("/home/ada/env/lib/python3.11/site-packages/tides/load.py", "/tmp/ipykernel_17/2897.py"),
        "bob": ("/opt/conda/lib/python3.12/site-packages/tides/load.py", "/tmp/ipykernel_4242/2897.py"),
    }
    for user, (module, cell) in files.items():
        one = Recorder()
        workspace.accept(one.session, one.open(user=user))
        frames = (f'File "{module}", line 7, in load\n', f'File "{cell}", line 1, in peak\n')
        workspace.accept(
            one.session,
            one.json("exceptions", *[erred(i, traceback=frame) for i, frame in enumerate(frames, 1)]),
        )
    found = workspace.items("/exceptions/fingerprints")
    assert [(each["count"], each["users"]) for each in found] == [(2, ["ada", "bob"])] * 2
    tracebacks = {each["traceback"].split(", in ")[1] for each in found}
    assert tracebacks == {"load\n", "peak\n"}


def test_a_corrected_exception_changes_its_group(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.json("exceptions", erred(1), erred(2)))
    workspace.accept(recorder.session, recorder.json("exceptions", erred(1), erred(2, type="KeyError")))
    assert {group["type"]: group["count"] for group in workspace.items("/exceptions/groups")} == {
        "ValueError": 1,
        "KeyError": 1,
    }
    workspace.accept(recorder.session, recorder.json("exceptions", erred(1, type="KeyError")))
    [group] = workspace.items("/exceptions/groups")
    assert (group["type"], group["count"]) == ("KeyError", 2)


def test_groups_are_filtered_and_paged(workspace: HubProcess, recorder: Recorder) -> None:
    records = [
        erred(i, type=f"Error{i % 20}", message=f"m{'abcdefghijklmnopqrst'[i % 20]}") for i in range(60)
    ]
    workspace.accept(recorder.session, recorder.json("exceptions", *records))
    groups = workspace.all_items("/exceptions/groups", limit=3)
    assert [group["type"] for group in groups] == [f"Error{i}" for i in range(19, -1, -1)]
    [only] = workspace.items("/exceptions/groups", type="Error7")
    assert only["count"] == 3
    assert workspace.items("/exceptions/groups", text="MH") == [only]
    assert len(workspace.items("/exceptions/groups", since="2026-02-01T00:00:00.000050Z")) == 10
    assert workspace.items("/exceptions/groups", until="2026-02-01") == []
    assert workspace.items("/exceptions/groups", status="stopped") == []


def test_too_many_groups_are_refused(workspace: HubProcess, recorder: Recorder) -> None:
    letters = str.maketrans("0123456789", "ghijklmnop")
    records = [erred(i, message=str(i).translate(letters), traceback="") for i in range(10_003)]
    cluster = workspace.accept(recorder.session, recorder.json("exceptions", *records, compress=True))[
        "cluster"
    ]
    found = workspace.get(f"/clusters/{cluster}").body
    assert (found["exceptions"], found["refused"]) == (10_003, {"exception_groups": 3})
    assert workspace.items("/exceptions", limit=1)[0]["group_id"] is None
    assert len(workspace.all_items("/exceptions/groups", limit=1000)) == 10_000


def test_fingerprints_across_clusters(workspace: HubProcess, recorder: Recorder) -> None:
    second = Recorder()
    workspace.accept(second.session, second.open(name="calm-heron", user="bob", python="3.12.1"))
    records = [erred(1, computation="c-1"), erred(2, computation="c-2"), erred(900, message="no such column")]
    workspace.accept(recorder.session, recorder.json("exceptions", *records))
    records = [erred(7, computation="c-1"), erred(800, computation="c-1")]
    exceptions = second.json("exceptions", *records)
    blames = second.json("blames", {"exception": 7, "blamed": 2}, {"exception": 800, "blamed": 40})
    workspace.accept(second.session, exceptions, blames)

    other, same = workspace.items("/exceptions/fingerprints")
    assert (other["message"], other["clusters"], other["computations"]) == ("no such column", 1, 0)
    assert (same["count"], same["blamed"], same["clusters"], same["computations"]) == (4, 42, 2, 3)
    assert (same["first_us"], same["last_us"]) == (T0 + 1, T0 + 800)
    assert (same["users"], same["pythons"]) == (["ada", "bob"], ["3.11.2", "3.12.1"])
    assert workspace.all_items("/exceptions/fingerprints", limit=1) == [other, same]
    [bobs] = workspace.items("/exceptions/fingerprints", user="bob")
    assert (bobs["count"], bobs["users"]) == (2, ["bob"])

    groups = workspace.items("/exceptions/groups", fingerprint=same["fingerprint"])
    assert [(g["cluster_name"], g["user"], g["blamed"]) for g in groups] == [
        ("calm-heron", "bob", 42),
        ("wild-otter", "ada", 0),
    ]
    assert groups[0]["versions"]["python"] == "3.12.1"
    members = workspace.all_items("/exceptions", fingerprint=same["fingerprint"], limit=3)
    assert [member["time_us"] - T0 for member in members] == [800, 7, 2, 1]
    one = {"fingerprint": same["fingerprint"], "cluster_id": groups[0]["cluster_id"]}
    assert len(workspace.items("/exceptions", **one)) == 2
    for path in ("/exceptions", "/exceptions/groups"):
        assert workspace.items(path, fingerprint="1-0") == []
