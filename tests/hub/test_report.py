"""`pilothouse report`: one file with a computation inside, within a bound."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from client_command import FAILED, NOT_FOUND, UNAUTHORIZED, UNREACHABLE, USAGE, ClientCommand
from hub_process import HubProcess
from report_file import ReportFile
from tape import T0, Recorder, Span, computation_record, worker_record
from test_timeline import SECOND, computation, random_spans


@pytest.fixture
def report(workspace: HubProcess, tmp_path: Path) -> ClientCommand:
    return ClientCommand("report", workspace, tmp_path)


def accept(hub: HubProcess, recorder: Recorder, spans: list[Span], per_block: int = 2_000) -> None:
    for first in range(0, len(spans), per_block):
        hub.accept(recorder.session, recorder.spans(*spans[first : first + per_block]))


def key_starts(piece: dict[str, Any]) -> list[tuple[str, int]]:
    """Of each run: its key and when it begins."""
    runs = piece["runs"]
    found = []
    at = 0
    for key, count in zip(runs["key"], runs["actions"]):
        found.append((key, piece["from_us"] + min(runs["start"][at : at + count])))
        at += count
    return found


def runs_inside(file: ReportFile) -> list[str]:
    """The keys of all runs that pieces have one by one, each counted where it begins."""
    keys = []
    for number, (_, start, stop, bucket, _, _) in enumerate(file.index["pieces"]):
        if bucket == 0:
            keys += [key for key, begin in key_starts(file.piece(number)) if start <= begin < stop]
    return keys


def test_a_small_computation_is_inside_as_it_is(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand
) -> None:
    nasty = ["</script><script>alert(1)</script>", "<!--<script>", "snow ☃ and 🚢", "'\"\\\u2028", "]]>"]
    spans = [
        Span(key, group=key, worker="tcp://<b>:1", actions=[("compute", T0 + i, T0 + i + 5)])
        for i, key in enumerate(nasty)
    ]
    workspace.accept(
        recorder.session,
        recorder.json("workers", worker_record(address="tcp://<b>:1", name="</script>")),
        recorder.json(
            "computations", computation_record(code=[{"text": "</script>", "filename": None, "line": None}])
        ),
        recorder.spans(*spans),
    )
    number = computation(workspace)
    said = report(number)
    assert report.aside == ""
    name = f"computation-{number}.html"
    assert said.startswith(f"{name} shows computation {number}, ")
    assert f"{len(nasty)} of {len(nasty)} runs are in it one by one.\n" in said
    file = ReportFile(report.place / name)
    file.check()
    for key in nasty:
        assert key not in file.html.replace(file.programs[0], "")
    assert sorted(runs_inside(file)) == sorted(nasty)
    [piece] = file.pieces()
    assert piece["lanes"][0]["name"] == "</script>"
    assert file.answer(f"/computations/{number}") == workspace.get(f"/computations/{number}").body
    cluster = workspace.get(f"/computations/{number}").body["cluster_id"]
    assert file.answer(f"/clusters/{cluster}")["id"] == cluster
    index = file.index
    assert (index["runs_inside"], index["runs_total"], index["detail_us"]) == (len(nasty), len(nasty), 0)
    assert index["hub"] == workspace.address
    assert abs(index["made_us"] / 1e6 - time.time()) < 300


def test_a_large_one_is_inside_run_by_run(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand
) -> None:
    spans = random_spans(7, 60_000, 600, SECOND // 2)
    accept(workspace, recorder, spans, 10_000)
    number = computation(workspace)
    assert "60000 of 60000 runs are in it one by one.\n" in report(number, "-o", "all.html")
    file = ReportFile(report.place / "all.html")
    file.check()
    assert sorted(runs_inside(file)) == sorted(span.key for span in spans)
    whole, *parts = file.pieces()
    assert whole["cells"] is not None
    assert sum(sum(lane["spans"]) for lane in whole["cells"]) == 60_000
    assert {entry[0] for entry in file.index["pieces"][1:]} >= {0}
    for entry, part in zip(file.index["pieces"][1:], parts):
        parent = file.index["pieces"][entry[0]]
        assert parent[1] <= entry[1] < entry[2] <= parent[2]
        assert (entry[3] == 0) == (part["runs"] is not None)
        assert part["lanes"] == whole["lanes"]


@pytest.mark.parametrize("most", [300_000, 700_000])
def test_it_is_never_larger_than_allowed(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand, most: int
) -> None:
    accept(workspace, recorder, random_spans(8, 60_000, 600, SECOND // 2), 10_000)
    said = report(computation(workspace), "-o", "bounded.html", "--max-size", most)
    file = ReportFile(report.place / "bounded.html")
    file.check()
    assert file.size <= most
    inside = len(runs_inside(file))
    assert file.index["runs_inside"] == inside < 60_000
    assert f"{inside} of 60000 runs are in it one by one, the others in sums of " in said
    assert 0 < file.index["detail_us"] <= file.index["pieces"][0][3]


def test_many_threads_are_inside_page_by_page(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand
) -> None:
    spans = [
        Span(
            f"k{i}",
            worker=f"tcp://10.0.{i % 90}.1:1",
            thread=i % 4,
            actions=[("compute", T0 + i * 3_000, T0 + i * 3_000 + 200_000)],
        )
        for i in range(20_000)
    ]
    accept(workspace, recorder, spans, 10_000)
    total = len({(span.worker, span.thread) for span in spans})
    number = computation(workspace)
    report(number)
    file = ReportFile(report.place / f"computation-{number}.html")
    wholes = [entry for entry in file.index["pieces"] if entry[0] == -1]
    assert [entry[4] for entry in wholes] == list(range(0, total, 128))
    assert (file.index["lanes_inside"], file.index["lanes_total"]) == (total, total)
    assert sorted(runs_inside(file)) == sorted(span.key for span in spans)


def test_what_cannot_be_done_leaves_nothing(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand
) -> None:
    workspace.accept(recorder.session, recorder.spans(Span("a")))
    number = computation(workspace)
    assert "there is no computation 999999" in report(999_999, code=NOT_FOUND)
    for wrong in ("0", "-3", "x"):
        report(wrong, code=USAGE)
    assert "no directory" in report(number, "-o", "no/where.html", code=NOT_FOUND)
    for most in ("10kB", "0"):
        assert "--max-size" in report(number, "--max-size", most, code=FAILED)
    report(number, "--max-size", "much", code=USAGE)
    (report.place / "there.html").write_text("mine")
    assert "--force" in report(number, "-o", "there.html", code=FAILED)
    assert (report.place / "there.html").read_text() == "mine"
    assert [path.name for path in report.place.iterdir()] == ["there.html"]
    report(number, "-o", "there.html", "--force")
    ReportFile(report.place / "there.html").check()
    assert [path.name for path in report.place.iterdir()] == ["there.html"]
    report.environment["DASK_PILOTHOUSE__TOKEN"] = workspace.make_workspace(f"none-{recorder.session}")
    assert "there is no computation" in report(number, "-o", "other.html", code=NOT_FOUND)
    report.environment["DASK_PILOTHOUSE__TOKEN"] = "wrong"
    report(number, "-o", "other.html", code=UNAUTHORIZED)
    report.environment["DASK_PILOTHOUSE__ADDRESS"] = "http://127.0.0.1:9"
    report(number, "-o", "other.html", code=UNREACHABLE)
    assert [path.name for path in report.place.iterdir()] == ["there.html"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_is_read_only(
    workspace: HubProcess, recorder: Recorder, report: ClientCommand
) -> None:
    workspace.accept(recorder.session, recorder.spans(Span("a")))
    report.place.chmod(0o500)
    try:
        report(computation(workspace), code=FAILED)
    finally:
        report.place.chmod(0o700)
