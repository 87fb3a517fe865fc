"""The timeline of a computation, against one that is made from the same spans one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hub_process import HubProcess
from tape import T0, Recorder, Span, computation_record, worker_record
from timeline_bytes import decode, get_bytes

SECOND = 1_000_000
Cells = dict[tuple[str, int, int], dict[str, int]]


def view(hub: HubProcess, path: str, **parameters: Any) -> dict[str, Any]:
    """The answer, which is the same in both forms."""
    answer: dict[str, Any] = hub.get(path, **parameters).body
    assert decode(get_bytes(hub, path, **parameters)) == answer
    return answer


def cells_of(answer: dict[str, Any]) -> Cells:
    """By worker, thread and bucket, without those of the group."""
    cells: Cells = {}
    assert len(answer["cells"]) == len(answer["lanes"])
    for lane, columns in zip(answer["lanes"], answer["cells"]):
        bucket = 0
        for i, delta in enumerate(columns["bucket"]):
            bucket += delta
            assert i == 0 or delta > 0
            assert 0 <= bucket < answer["buckets"]
            busy = {
                action: column[i]
                for action, column in zip(answer["actions"], columns["busy_us"])
                if column and column[i]
            }
            erred = columns["erred"][i] if columns["erred"] else 0
            cell = {"spans": columns["spans"][i], "erred": erred, **busy}
            if any(cell.values()):
                cells[lane["worker"], lane["thread"], bucket] = cell
    return cells


def expected(spans: list[Span], answer: dict[str, Any]) -> Cells:
    """What the answer's own buckets hold."""
    first, width = answer["from_us"], answer["bucket_us"]
    end = first + answer["buckets"] * width
    cells: Cells = defaultdict(lambda: {"spans": 0, "erred": 0})
    for span in spans:
        start = min(start for _, start, _ in span.actions)
        if first <= start < end:
            cell = cells[span.worker or "", span.thread, (start - first) // width]
            cell["spans"] += 1
            cell["erred"] += span.erred
        for action, start, stop in span.actions:
            name = action if action in answer["actions"] else "other"
            at = max(start, first)
            while at < min(stop, end):
                bucket = (at - first) // width
                until = min(stop, end, first + (bucket + 1) * width)
                cell = cells[span.worker or "", span.thread, bucket]
                cell[name] = cell.get(name, 0) + until - at
                at = until
    return dict(cells)


def random_spans(seed: int, count: int, seconds: int, longest: int) -> list[Span]:
    generator = random.Random(seed)
    spans = []
    for i in range(count):
        start = T0 + generator.randrange(seconds * SECOND)
        middle = start + int(longest * generator.random() ** 6)
        actions = [("compute", middle, middle + int(longest * generator.random() ** 4))]
        if generator.random() < 0.3:
            actions.insert(0, (generator.choice(["transfer", "brew"]), start, middle))
        worker = f"tcp://10.0.0.{generator.randrange(3)}:1"
        spans.append(
            Span(
                f"k{i}",
                f"g{generator.randrange(5)}",
                worker=worker,
                thread=generator.randrange(2),
                erred=generator.random() < 0.05,
                actions=actions,
            )
        )
    return spans


def computation(hub: HubProcess) -> int:
    [item] = hub.items("/computations")
    identity: int = item["id"]
    return identity


@pytest.mark.parametrize(
    ("seconds", "longest"), [(20, SECOND // 50), (100, 5 * SECOND), (50_000, 900 * SECOND)]
)
def test_every_zoom_shows_what_was_recorded(
    workspace: HubProcess, recorder: Recorder, seconds: int, longest: int
) -> None:
    spans = random_spans(seconds, 6_000, seconds, longest)
    spans.sort(key=lambda span: span.actions[-1][2])
    for first in range(0, len(spans), 1_500):
        chunk = recorder.spans(*spans[first : first + 1_500])
        for _ in range(2):
            workspace.accept(recorder.session, chunk)
    assert check_every_zoom(workspace, spans, T0, T0 + seconds * SECOND) > 0


def check_every_zoom(hub: HubProcess, spans: list[Span], first: int, last: int) -> int:
    """In how many answers there were cells."""
    path = f"/computations/{computation(hub)}/timeline"
    summed_up = 0
    for width in (8, 100, 1_000):
        for part in (1, 3, 40):
            start = first + (last - first) // 3 if part > 1 else first - SECOND
            stop = start + max((last - first) * (2 if part == 1 else 1) // part, 1)
            answer = view(hub, path, width=width, **{"from": start, "to": stop})
            assert answer["from_us"] <= start
            assert stop <= answer["from_us"] + answer["buckets"] * answer["bucket_us"] == answer["to_us"]
            assert answer["buckets"] <= width + 1
            assert answer["complete"]
            if answer["runs"] is None:
                summed_up += 1
                assert cells_of(answer) == expected(spans, answer)
            else:
                check_runs(spans, answer)
    return summed_up


@pytest.mark.parametrize("seconds", [30, 3_000, 3_000_000])
def test_every_zoom_is_right_while_tiles_are_folded(
    workspace: HubProcess, recorder: Recorder, seconds: int
) -> None:
    """300 blocks out of order, with runs that are short, long, or as long as time itself."""
    spans = random_spans(seconds, 9_000, seconds, seconds * SECOND // 1_000)
    generator = random.Random(seconds)
    for i, long in enumerate([*random_spans(seconds + 1, 30, seconds, 2 * seconds * SECOND)]):
        spans[generator.randrange(len(spans))] = replace(long, key=f"long{i}")
    spans[777] = Span("endless", actions=[("compute", 5, 253_402_300_799_000_000)])
    spans[4_321] = Span("backward", actions=[("compute", T0 + 10, T0), ("transfer", T0, T0 + SECOND)])
    told = sorted(spans, key=lambda span: span.actions[-1][2])
    blocks = [told[first : first + 30] for first in range(0, len(told), 30)]
    generator.shuffle(blocks)
    stored: list[Span] = []
    for first in range(0, 300, 60):
        part = blocks[first : first + 60]
        workspace.accept(recorder.session, *[recorder.spans(*block) for block in part])
        stored += [span for block in part for span in block]
        possible = [replace(s, actions=[a for a in s.actions if a[1] <= a[2]]) for s in stored]
        assert check_every_zoom(workspace, possible, T0, T0 + seconds * SECOND) > 0


def check_runs(spans: list[Span], answer: dict[str, Any]) -> None:
    runs = answer["runs"]
    by_key = {span.key: span for span in spans}
    shown = []
    at = 0
    for i, key in enumerate(runs["key"]):
        span = by_key[key]
        count = runs["actions"][i]
        actions = [
            (answer["actions"][runs["action"][k]], answer["from_us"] + runs["start"][k], runs["duration"][k])
            for k in range(at, at + count)
        ]
        at += count
        assert actions == [(name, start, stop - start) for name, start, stop in span.actions]
        lane = answer["lanes"][runs["lane"][i]]
        assert (lane["worker"], lane["thread"]) == (span.worker, span.thread)
        assert (answer["groups"][runs["group"][i]], runs["erred"][i]) == (span.group, int(span.erred))
        shown.append(key)
    inside = [
        span.key
        for span in spans
        if min(a[1] for a in span.actions) < answer["to_us"]
        and max(a[2] for a in span.actions) >= answer["from_us"]
    ]
    assert sorted(shown) == sorted(inside)
    assert answer["cells"] is None


def test_a_few_runs_are_shown_one_by_one(workspace: HubProcess, recorder: Recorder) -> None:
    spans = random_spans(1, 40, 36_000, 100 * SECOND)
    workspace.accept(recorder.session, recorder.spans(*spans))
    answer = view(workspace, f"/computations/{computation(workspace)}/timeline", width=10)
    assert len(answer["runs"]["key"]) == 40
    check_runs(spans, answer)


def test_the_group_that_took_the_most_time_is_shown(workspace: HubProcess, recorder: Recorder) -> None:
    spans = [
        Span(f"k{i}", "long" if i % 3 else "short", actions=[("compute", T0 + 100 * i, T0 + 100 * i + 90)])
        for i in range(2_000)
    ]
    workspace.accept(recorder.session, recorder.spans(*spans))
    answer = workspace.get(f"/computations/{computation(workspace)}/timeline", width=1).body
    [lane] = answer["cells"]
    assert [answer["groups"][group] for group in lane["group"]] == ["long"]


def test_lanes_are_bounded(workspace: HubProcess, recorder: Recorder) -> None:
    spans = [Span(f"k{i}", worker=f"w{i % 50}", thread=i % 20) for i in range(2_000)]
    spans.append(Span("nowhere", worker=None))
    workspace.accept(recorder.session, recorder.spans(*spans))
    path = f"/computations/{computation(workspace)}/timeline"
    for width in (1, 100, 8192):
        answer = view(workspace, path, width=width, lanes=7)
        assert (len(answer["lanes"]), answer["lanes_total"]) == (7, 101)
    answer = workspace.get(path, width=1, worker="w3").body
    assert {lane["worker"] for lane in answer["lanes"]} == {"w3"}
    assert len(answer["lanes"]) == answer["lanes_total"] == 2
    assert None in {lane["worker"] for lane in workspace.get(path).body["lanes"]}


def test_lanes_have_one_order(workspace: HubProcess, recorder: Recorder) -> None:
    """By name, then address, then thread; those without a worker last; the same at every zoom."""
    names = {"tcp://1:4": "w-10", "tcp://1:5": "w-2", "tcp://1:6": "w-2", "tcp://1:7": "w-1"}
    workers = [worker_record(address=address, name=name) for address, name in names.items()]
    renamed = worker_record(address="tcp://1:7", name="w-99", joined_us=T0 + 500)
    workspace.accept(recorder.session, recorder.json("workers", *workers, renamed))
    addresses = [*names, "tcp://1:12", "w-3", None]
    spans = [
        Span(
            f"k{i}",
            worker=addresses[i * 5 % 7],
            thread=9 - i // 7 % 2,
            actions=[("compute", T0 + i * 10_000, T0 + i * 10_000 + 5_000)],
        )
        for i in range(1_400)
    ]
    spans.append(Span("alone", worker="late", thread=1, actions=[("compute", T0 + SECOND, T0 + 14 * SECOND)]))
    order = [
        ("late", None),
        ("tcp://1:12", None),
        *[(address, names[address]) for address in ("tcp://1:7", "tcp://1:5", "tcp://1:6")],
        ("w-3", None),
        ("tcp://1:4", "w-10"),
        (None, None),
    ]
    wanted = [(*worker, thread) for worker in order for thread in ((1,) if worker[0] == "late" else (8, 9))]
    for first in range(0, len(spans), 100):
        workspace.accept(recorder.session, recorder.spans(*reversed(spans[first : first + 100])))
    path = f"/computations/{computation(workspace)}/timeline"

    def lanes(answer: dict[str, Any]) -> list[tuple[str | None, str | None, int]]:
        return [(lane["worker"], lane["name"], lane["thread"]) for lane in answer["lanes"]]

    zooms = [{"width": width} for width in (1, 10, 1_000)]
    zooms += [{"from": T0 + 7 * SECOND, "to": T0 + 7 * SECOND + part} for part in (1, 20_000, 3 * SECOND)]
    for zoom in zooms:
        whole = view(workspace, path, **zoom)
        assert lanes(whole) == wanted
        assert (whole["first_lane"], whole["lanes_total"]) == (0, 15)
        for first in (0, 4, 14, 15, 16, 1_000_000):
            page = view(workspace, path, first_lane=first, lanes=4, **zoom)
            assert (page["first_lane"], page["lanes_total"]) == (first, 15)
            assert lanes(page) == lanes(whole)[first : first + 4]
            if whole["cells"] is not None and page["cells"] is not None:
                assert page["cells"] == whole["cells"][first : first + 4]
    of_one = view(workspace, path, worker="tcp://1:6", first_lane=1)
    assert lanes(of_one) == [("tcp://1:6", "w-2", 9)]
    assert of_one["lanes_total"] == 2


MOST = 1_000_000


def full_blocks(recorder: Recorder, lanes: int, buckets: int, group: Any) -> list[bytes]:
    """Every lane does something different in each of so many buckets of the finest width there is."""
    kinds = ["transfer", "deserialize", "compute", "disk-read", "disk-write", "other"]
    chunks = []
    for bucket in range(0, buckets, 8):
        spans = []
        for lane in range(lanes):
            for at in range(bucket, bucket + 8):
                start = T0 // 2**18 * 2**18 + at * 2**18
                actions = [
                    (kind, start + i * 30_000, start + i * 30_000 + 25_000 + lane)
                    for i, kind in enumerate(kinds)
                ]
                spans.append(Span("k", group(lane, at), worker=f"w{lane}", erred=True, actions=actions))
        chunks.append(recorder.spans(*spans))
    return chunks


def test_full_cells_are_bounded(workspace: HubProcess, recorder: Recorder) -> None:
    for chunk in full_blocks(recorder, 128, 1_024, lambda lane, at: f"g{lane}"):
        workspace.accept(recorder.session, chunk)
    path = f"/computations/{computation(workspace)}/timeline"
    sizes = {}
    for width, lanes in ((1_024, 128), (1_024, 16), (300, 128), (1_024, 129), (4_096, 128)):
        data = get_bytes(workspace, path, width=width, lanes=lanes)
        answer = decode(data)
        assert sum(sum(columns["spans"]) for columns in answer["cells"]) == 1_024 * min(lanes, 128)
        sizes[width, lanes] = len(data)
    assert 400_000 < sizes[1_024, 128] <= MOST
    assert max(sizes[1_024, 16], sizes[300, 128]) <= MOST
    assert sizes[1_024, 129] <= 2 * MOST
    assert sizes[4_096, 128] <= 4 * MOST


def test_long_keys_give_way_to_cells(workspace: HubProcess, recorder: Recorder) -> None:
    spans = [
        Span(f"{i}" + "é" * 200, "g", actions=[("compute", T0 + i * 1_000, T0 + i * 1_000 + 900)])
        for i in range(4_000)
    ]
    workspace.accept(recorder.session, recorder.spans(*spans))
    path = f"/computations/{computation(workspace)}/timeline"
    data = get_bytes(workspace, path, width=1_024, lanes=128)
    assert len(data) <= MOST
    assert decode(data)["runs"] is None
    zoomed = view(workspace, path, width=1_024, **{"from": T0, "to": T0 + SECOND})
    assert len(zoomed["runs"]["key"]) in (1_000, 1_001)
    check_runs(spans, zoomed)
    short = [replace(span, key=f"{i}" + "x" * 100, computation="c-2") for i, span in enumerate(spans)]
    workspace.accept(recorder.session, recorder.spans(*short))
    data = get_bytes(workspace, f"/computations/{workspace.items('/computations')[0]['id']}/timeline")
    assert len(decode(data)["runs"]["key"]) == 4_000
    assert len(data) <= MOST


def test_many_long_names_are_bounded(workspace: HubProcess, recorder: Recorder) -> None:
    """Of groups and of workers."""
    spans = [
        Span(
            f"k{i}",
            "often" if i % 3 else f"{i}" + '"' * 400,
            worker=f"w{i % 128}" + "\x01" * 200,
            actions=[("compute", T0 + i * 100_000, T0 + i * 100_000 + 90_000)],
        )
        for i in range(6_000)
    ]
    for first in range(0, len(spans), 1_000):
        workspace.accept(recorder.session, recorder.spans(*spans[first : first + 1_000]))
    path = f"/computations/{computation(workspace)}/timeline"
    shown: list[dict[str, Any]] = []
    while len(shown) < 128:
        for width in (1_024, 8):
            data = get_bytes(workspace, path, width=width, lanes=128, first_lane=len(shown))
            assert len(data) <= MOST
            answer = decode(data)
            assert {"often", "(other groups)"} <= set(answer["groups"])
        shown += answer["lanes"]
    assert len({lane["worker"] for lane in shown}) == 128


def test_a_computation_without_runs(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.json("computations", computation_record()))
    answer = view(workspace, f"/computations/{computation(workspace)}/timeline")
    assert (answer["lanes"], answer["runs"]["key"], answer["complete"]) == ([], [], True)


def test_hostile_spans_cost_little(workspace: HubProcess, recorder: Recorder) -> None:
    """Each as long as time itself, on a lane of its own."""
    end = 253_402_300_799_000_000
    spans = [Span(f"k{i}", thread=i, actions=[("compute", i, end - i)]) for i in range(20_000)]
    workspace.accept(recorder.session, recorder.spans(*spans))
    path = f"/computations/{computation(workspace)}/timeline"
    answer = workspace.get(path, width=8192, lanes=4096).body
    assert (len(answer["lanes"]), answer["lanes_total"]) == (64, 20_000)
    # Zoomed in as well.
    answer = workspace.get(path, width=8192, **{"from": T0, "to": T0 + 8192}).body
    assert answer["bucket_us"] == 1


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"from": "7", "to": "7"}, "to"),
        ({"from": "8", "to": "7"}, "to"),
        ({"from": "-1"}, "from"),
        ({"from": "2026-02-01"}, "from"),
        ({"to": "99999999999999999999"}, "to"),
        ({"width": "0"}, "width"),
        ({"width": "8193"}, "width"),
        ({"lanes": "4097"}, "lanes"),
        ({"first_lane": "-1"}, "first_lane"),
        ({"first_lane": "1000001"}, "first_lane"),
        ({"format": "ndjson"}, "format"),
    ],
)
def test_parameters_are_checked(workspace: HubProcess, parameters: dict[str, str], name: str) -> None:
    answer = workspace.get("/computations/1/timeline", **parameters)
    assert answer.error == (400, "invalid_parameter")
    assert f'"{name}"' in answer.message


def test_only_the_own_workspace_is_shown(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.spans(Span("a")))
    path = f"/computations/{computation(workspace)}/timeline"
    other = workspace.make_workspace(f"other-{recorder.session}")
    assert workspace.get(path, token=other).error == (404, "not_found")
