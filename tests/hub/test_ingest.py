"""What a hub takes in, and what it refuses whole."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest
from hub_process import Answer, HubProcess
from tape import (
    EXAMPLES,
    T0,
    Recorder,
    Span,
    chunk,
    client_record,
    computation_record,
    event_record,
    exception_record,
    group_record,
    json_chunk,
    progress_record,
    sample_record,
    session_record,
    span_block,
    tasks,
    worker_record,
)


@pytest.fixture
def recorder(workspace: HubProcess) -> Recorder:
    """Of a session that the hub knows."""
    recorder = Recorder()
    recorder.cluster = workspace.accept(recorder.session, recorder.open())["cluster"]  # type: ignore[attr-defined]
    return recorder


def cluster_of(hub: HubProcess, recorder: Recorder) -> dict[str, Any]:
    body: dict[str, Any] = hub.get(f"/clusters/{hub.accept(recorder.session)['cluster']}").body
    return body


def refused(answer: Answer, sequence: int | None, *words: str) -> bool:
    assert answer.error == (422, "invalid_chunk"), answer.body
    assert answer.body["error"]["sequence"] == sequence
    for word in words:
        assert word in answer.message
    return True


def test_everything_comes_back_as_it_went(workspace: HubProcess, recorder: Recorder) -> None:
    kinds = [kind for kind in EXAMPLES if kind not in ("session", "end", "control")]
    spans = [Span("a"), Span("b", erred=True, worker=None, type=None, nbytes=-1, actions=[])]
    receipt = workspace.accept(
        recorder.session, *[recorder.json(kind, EXAMPLES[kind]) for kind in kinds], recorder.spans(*spans)
    )
    assert receipt == {
        "mark": recorder.sequence,
        "previous_mark": 1,  # the session's record
        "cluster": receipt["cluster"],
        "desired_state": None,
    }
    cluster = cluster_of(workspace, recorder)
    # The spans come behind the roll-ups, which therefore do not count them.
    ended = tasks(total=10, memory=7, processing=4, erred=1)
    assert cluster["tasks"] == ended
    assert cluster["workers"] == {"now": 1, "total": 1, "lost": 0}
    assert (cluster["threads"], cluster["memory_limit"]) == (4, 8 << 30)
    assert cluster["client_list"] == [client_record()]
    assert (cluster["dropped"], cluster["dropped_spans"]) == ({"spans": 5}, 5)
    for name in ("exceptions", "events", "computations", "clients"):
        assert cluster[name] == 1
    assert cluster["spans"] == 2

    [computation] = workspace.items("/computations", cluster_id=cluster["id"])
    sent = computation_record()
    for name in ("start_us", "stop_us", "state", "client", "code", "annotations", "tags"):
        assert computation[name] == sent[name]
    assert (computation["dask_id"], computation["spans"], computation["exceptions"]) == ("c-1", 2, 1)
    assert computation["tasks"] == ended
    sent_group = group_record(p50_us=None, p90_us=None, p95_us=None, p99_us=None, max_us=None)
    del sent_group["computation"]
    assert computation["groups"][1] == sent_group

    first, second = workspace.items(f"/computations/{computation['id']}/spans")
    assert first == {
        "key": "a",
        "group": "inc",
        "worker": "tcp://10.0.0.1:1",
        "thread": 140_000_000_000_001,
        "status": "memory",
        "nbytes": 28,
        "type": "int",
        "start_us": T0,
        "stop_us": T0 + 1_000,
        "actions": [{"action": "compute", "start_us": T0, "stop_us": T0 + 1_000}],
    }
    assert (second["worker"], second["type"], second["nbytes"], second["start_us"]) == (None, None, -1, None)

    [worker] = workspace.items(f"/clusters/{cluster['id']}/workers")
    assert {name: worker[name] for name in worker_record()} == worker_record()
    sample = sample_record()
    del sample["address"]
    assert worker["last"] == sample
    [event] = workspace.items(f"/clusters/{cluster['id']}/events")
    assert {name: event[name] for name in event_record()} == event_record()
    [exception] = workspace.items("/exceptions", cluster_id=cluster["id"])
    assert exception["computation_id"] == computation["id"]
    assert exception["blamed"] == 3


def test_a_repeated_request_changes_nothing(workspace: HubProcess, recorder: Recorder) -> None:
    body = [recorder.json("events", event_record()), recorder.json("exceptions", exception_record())]
    body += [recorder.json("computations", computation_record()), recorder.spans(Span("a"))]
    receipt = workspace.accept(recorder.session, *body)
    assert receipt["previous_mark"] == 1
    receipt["previous_mark"] = receipt["mark"]
    first = cluster_of(workspace, recorder)
    for _ in range(3):
        assert workspace.accept(recorder.session, *body) == receipt
    again = cluster_of(workspace, recorder)
    assert {**again, "last_seen_us": 0} == {**first, "last_seen_us": 0}
    assert len(workspace.items("/exceptions")) == 1


def test_a_body_that_is_said_to_be_stored_is_not_looked_at(workspace: HubProcess, recorder: Recorder) -> None:
    receipt = workspace.accept(recorder.session, recorder.spans(Span("a")))
    receipt["previous_mark"] = receipt["mark"]
    again = workspace.upload(recorder.session, b"not even chunks", last=recorder.sequence)
    assert (again.status, again.body) == (200, receipt)
    long = workspace.upload(recorder.session, bytes(1 << 20), last=1)
    assert (long.status, long.body) == (200, receipt)
    assert cluster_of(workspace, recorder)["spans"] == 1


def test_a_body_that_is_said_to_hold_news_is_read(workspace: HubProcess, recorder: Recorder) -> None:
    answer = workspace.upload(recorder.session, b"not even chunks", last=recorder.sequence + 1)
    assert answer.error == (422, "invalid_chunk")
    chunk = recorder.spans(Span("a"))
    assert workspace.upload(recorder.session, chunk, last=recorder.sequence).status == 200
    assert cluster_of(workspace, recorder)["spans"] == 1


def test_what_is_said_to_be_stored_must_be_stored_here(
    hub: HubProcess, workspace: HubProcess, recorder: Recorder
) -> None:
    token = hub.make_workspace(f"other-{recorder.session[:8]}")
    answer = hub.upload(recorder.session, token=token, last=recorder.sequence)
    assert answer.error == (403, "forbidden")
    unknown = Recorder()
    assert workspace.upload(unknown.session, last=1).error == (409, "unknown_session")


@pytest.mark.parametrize("last", ["", "-1", "1x", "9223372036854775808"])
def test_the_last_sequence_is_a_number(workspace: HubProcess, recorder: Recorder, last: str) -> None:
    assert workspace.upload(recorder.session, last=last).error == (400, "invalid_parameter")


def test_only_the_new_part_of_an_overlap_is_stored(workspace: HubProcess, recorder: Recorder) -> None:
    events = [recorder.json("events", event_record(topic=f"t{i}")) for i in range(4)]
    workspace.accept(recorder.session, *events[:2])
    assert workspace.accept(recorder.session, *events[1:])["mark"] == recorder.sequence
    cluster = cluster_of(workspace, recorder)
    topics = [event["topic"] for event in workspace.items(f"/clusters/{cluster['id']}/events")]
    assert topics == ["t3", "t2", "t1", "t0"]


def test_gaps_are_allowed(workspace: HubProcess, recorder: Recorder) -> None:
    recorder.sequence += 100
    assert workspace.accept(recorder.session, recorder.json("events", event_record()))["mark"] == 102


def test_absolute_records_replace_earlier_ones(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(
        recorder.session,
        recorder.json("computations", computation_record(), computation_record(id="c-2")),
        recorder.json("groups", group_record(), group_record(computation="c-2")),
    )
    workspace.accept(
        recorder.session,
        recorder.json(
            "computations",
            computation_record(state="done", stop_us=T0 + 99, tasks=tasks(total=12, memory=12)),
        ),
        recorder.json("groups", group_record(runs=12)),
    )
    cluster = cluster_of(workspace, recorder)
    assert cluster["tasks"] == tasks(total=22, memory=18, processing=4)
    assert cluster["computations"] == 2
    second, first = workspace.items("/computations")
    assert (first["state"], first["duration_us"], first["groups"][0]["runs"]) == ("done", 89, 12)
    assert (second["state"], second["groups"][0]["runs"]) == ("running", 6)


def test_progress_replaces_what_changes_of_a_computation(workspace: HubProcess, recorder: Recorder) -> None:
    other = computation_record(id="c-2", tasks=tasks(total=3, memory=3))
    done = progress_record(state="done", stop_us=T0 + 99, tasks=tasks(total=12, memory=11, erred=1))
    workspace.accept(recorder.session, recorder.json("computations", computation_record(), other))
    for _ in range(2):
        workspace.accept(recorder.session, recorder.json("progress", done))
    [first] = [item for item in workspace.items("/computations") if item["dask_id"] == "c-1"]
    sent = {**computation_record(), **done}
    for name in ("start_us", "stop_us", "state", "client", "code", "annotations", "tags", "tasks"):
        assert first[name] == sent[name]
    assert cluster_of(workspace, recorder)["tasks"] == tasks(total=15, memory=14, erred=1)


def test_a_computation_may_come_after_its_progress(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.json("progress", progress_record()))
    [stub] = workspace.items("/computations")
    assert (stub["dask_id"], stub["tasks"]) == ("c-1", progress_record()["tasks"])
    workspace.accept(recorder.session, recorder.json("computations", computation_record()))
    [known] = workspace.items("/computations")
    assert (known["id"], known["code"]) == (stub["id"], computation_record()["code"])
    assert cluster_of(workspace, recorder)["tasks"] == progress_record()["tasks"]


def test_a_computation_may_come_after_what_belongs_to_it(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(
        recorder.session,
        recorder.spans(Span("a", computation="c-9")),
        recorder.json("groups", group_record(computation="c-9")),
    )
    [stub] = workspace.items("/computations")
    assert (stub["dask_id"], stub["state"], stub["spans"], stub["start_us"]) == ("c-9", "running", 1, T0)
    workspace.accept(recorder.session, recorder.json("computations", computation_record(id="c-9")))
    [known] = workspace.items("/computations")
    assert (known["id"], known["client"], known["spans"]) == (stub["id"], "Client-1", 1)
    assert [group["name"] for group in known["groups"]] == ["inc", "inc-1a2b"]


def test_spans_without_a_computation_are_counted(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.spans(Span("a", computation=None), Span("b")))
    assert cluster_of(workspace, recorder)["spans"] == 2
    assert [item["spans"] for item in workspace.items("/computations")] == [1]


def test_workers_come_go_and_are_lost(workspace: HubProcess, recorder: Recorder) -> None:
    first = worker_record()
    second = worker_record(address="tcp://10.0.0.2:1", nthreads=2, memory_limit=100)
    workspace.accept(recorder.session, recorder.json("workers", first, second))
    assert cluster_of(workspace, recorder)["threads"] == 6
    gone = {**first, "left_us": T0 + 100, "expected": False, "reason": "killed", "processing": 2}
    gone["processing_keys"] = ["a", "b"]
    workspace.accept(recorder.session, recorder.json("workers", gone))
    # The same address, back again: another worker.
    workspace.accept(recorder.session, recorder.json("workers", gone, {**first, "joined_us": T0 + 200}))
    cluster = cluster_of(workspace, recorder)
    assert cluster["workers"] == {"now": 2, "total": 3, "lost": 1}
    assert cluster["threads"] == 6
    newest, *_, oldest = workspace.items(f"/clusters/{cluster['id']}/workers")
    assert newest["joined_us"] == T0 + 200
    assert (oldest["left_us"], oldest["expected"], oldest["processing_keys"]) == (T0 + 100, False, ["a", "b"])
    # What has ended shows what it had at its best.
    workspace.accept(recorder.session, recorder.json("end", EXAMPLES["end"]))
    cluster = cluster_of(workspace, recorder)
    assert (cluster["workers"]["now"], cluster["threads"], cluster["memory_limit"]) == (0, 6, (8 << 30) + 100)


def test_samples_belong_to_the_worker_that_was_there(workspace: HubProcess, recorder: Recorder) -> None:
    old = worker_record(left_us=T0 + 100, expected=True, reason="closed")
    new = worker_record(joined_us=T0 + 200)
    samples = [sample_record(time_us=T0 + at) for at in (50, 60, 250)]
    workspace.accept(recorder.session, recorder.json("workers", old, new), recorder.json("samples", *samples))
    cluster = cluster_of(workspace, recorder)["id"]
    last = [worker["last"]["time_us"] for worker in workspace.items(f"/clusters/{cluster}/workers")]
    assert last == [T0 + 250, T0 + 60]
    times = [sample["time_us"] for sample in workspace.all_items(f"/clusters/{cluster}/samples", limit=2)]
    assert times == [T0 + 50, T0 + 60, T0 + 250]


def test_an_unknown_session_is_told_to_begin(workspace: HubProcess) -> None:
    recorder = Recorder()
    assert workspace.upload(recorder.session).error == (409, "unknown_session")
    events = recorder.json("events", event_record())
    assert workspace.upload(recorder.session, events).error == (409, "unknown_session")
    workspace.accept(recorder.session, recorder.open(), recorder.json("events", event_record()))


def test_a_session_may_describe_itself_again(workspace: HubProcess, recorder: Recorder) -> None:
    workspace.accept(recorder.session, recorder.json("workers", worker_record()))
    before = cluster_of(workspace, recorder)
    workspace.accept(
        recorder.session, recorder.open(dashboard="http://x"), recorder.json("workers", worker_record())
    )
    after = cluster_of(workspace, recorder)
    assert after["id"] == before["id"]
    assert after["workers"] == before["workers"]
    assert after["dashboard"] == "http://x"
    assert len(workspace.items("/clusters")) == 1


def test_a_session_belongs_to_one_workspace(
    hub: HubProcess, workspace: HubProcess, recorder: Recorder
) -> None:
    other = hub.make_workspace("other-than-" + recorder.session[:8])
    heartbeat = workspace.upload(recorder.session, token=other)
    chunks = workspace.upload(recorder.session, recorder.json("events", event_record()), token=other)
    assert heartbeat.error == chunks.error == (403, "forbidden")
    cluster = cluster_of(workspace, recorder)
    assert cluster["events"] == 0
    assert workspace.get(f"/clusters/{cluster['id']}", token=other).error == (404, "not_found")
    assert workspace.get("/clusters", token=other).body["items"] == []
    assert workspace.ask_to_stop(cluster["id"], token=other).error == (404, "not_found")


@pytest.mark.parametrize("session", ["0", 31 * "0", 33 * "0", 32 * "G", 32 * "A"])
def test_a_session_is_32_digits(hub: HubProcess, session: str) -> None:
    assert hub.upload(session).error == (404, "not_found")


BREAKS: dict[str, Callable[[Recorder], bytes]] = {
    "magic": lambda r: r.json("events", event_record(), magic=b"XXXXXXXX"),
    "version": lambda r: r.json("events", event_record(), version=3),
    "kind": lambda r: chunk(99, r.session, r.next(), 0, b"[]"),
    "flags": lambda r: r.json("events", event_record(), flags=2),
    "reserved": lambda r: r.json("events", event_record(), reserved=1),
    "checksum": lambda r: r.json("events", event_record(), checksum=1),
    "raw length": lambda r: r.json("events", event_record(), raw=5),
    "compressed raw length": lambda r: r.json("events", event_record(), compress=True, raw=5),
    "not zstd": lambda r: r.json("events", event_record(), flags=1),
    "truncated header": lambda r: r.json("events", event_record())[:63],
    "truncated payload": lambda r: r.json("events", event_record())[:-1],
    "junk behind": lambda r: r.json("events", event_record()) + b"junk",
    "sequence zero": lambda r: json_chunk("events", r.session, 0, event_record()),
    "sequence too high": lambda r: json_chunk("events", r.session, 1 << 63, event_record()),
    "other session": lambda r: json_chunk("events", 32 * "0", r.next(), event_record()),
    "same sequence twice": lambda r: 2 * r.json("events", event_record()),
    "record count": lambda r: chunk("events", r.session, r.next(), 2, json.dumps([event_record()]).encode()),
    "not JSON": lambda r: chunk("events", r.session, r.next(), 1, b"[{]"),
    "not UTF-8": lambda r: chunk("events", r.session, r.next(), 1, b'["\xff"]'),
    "not an array": lambda r: chunk("events", r.session, r.next(), 1, b"{}"),
    "two values": lambda r: chunk("events", r.session, r.next(), 0, b"[] []"),
    "too deep": lambda r: r.json("events", event_record(payload=json.loads(100 * "[" + 100 * "]"))),
    "name twice": lambda r: chunk("drops", r.session, r.next(), 1, b'[{"kind":"spans","kind":"spans","count":1,"bytes":1}]'),
    "two sessions": lambda r: r.json("session", session_record(), session_record()),
    "no end": lambda r: r.json("end"),
    "negative time": lambda r: r.json("events", event_record(time_us=-1)),
    "time after 9999": lambda r: r.json("events", event_record(time_us=10**18)),
    "infinite number": lambda r: chunk(
        "samples", r.session, r.next(), 1, json.dumps([sample_record(cpu=-1)]).replace("-1", "1e999").encode()
    ),
    "state": lambda r: r.json("computations", computation_record(state="asleep")),
    "kind of drop": lambda r: r.json("drops", {"kind": "biscuits", "count": 1, "bytes": 1}),
    "attempt": lambda r: r.json("exceptions", exception_record(attempt=0)),
    "processing keys": lambda r: r.json("workers", worker_record(processing_keys=21 * ["k"])),
    "negative count": lambda r: r.json("computations", computation_record(tasks=tasks(total=-1))),
    "empty identity": lambda r: r.json("clients", client_record(client="")),
    "span block length": lambda r: chunk("spans", r.session, r.next(), 1, span_block([Span("a")]) + b"x"),
    "span count": lambda r: chunk("spans", r.session, r.next(), 2, span_block([Span("a")])),
    "span time": lambda r: r.spans(Span("a", actions=[("compute", -5, 5)])),
    "span text": lambda r: chunk("spans", r.session, r.next(), 1, span_block([Span("abc")]).replace(b"abc", b"\xff\xfe\xfd")),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_bad_chunk_refuses_the_request_whole(workspace: HubProcess, recorder: Recorder, name: str) -> None:
    before = workspace.accept(recorder.session)
    good = recorder.json("events", event_record())
    answer = workspace.upload(recorder.session, good, BREAKS[name](recorder))
    assert answer.error == (422, "invalid_chunk"), answer.body
    assert answer.message
    assert workspace.accept(recorder.session) == before
    assert cluster_of(workspace, recorder)["events"] == 0


def test_the_bad_chunk_and_the_place_in_it_are_named(workspace: HubProcess, recorder: Recorder) -> None:
    good = recorder.json("events", event_record())
    bad = recorder.json("groups", group_record(), group_record(tasks={**tasks(), "total": "ten"}))
    assert refused(
        workspace.upload(recorder.session, good, bad), recorder.sequence, "groups", "$[1].tasks.total"
    )
    bad = recorder.json("computations", computation_record(code=[{"text": "x", "filename": 1, "line": None}]))
    assert refused(workspace.upload(recorder.session, bad), recorder.sequence, "$[0].code[0].filename")


def variations() -> list[tuple[str, str, Any]]:
    """Every field of every kind: missing, of another type; and a field too many."""
    cases: list[tuple[str, str, Any]] = []
    for kind, example in EXAMPLES.items():
        for field in example:
            rest = {name: value for name, value in example.items() if name != field}
            cases.append((kind, field, rest))
            if (kind, field) != ("events", "payload"):
                wrong = {**rest, field: [[1]] if not isinstance(example[field], list) else "text"}
                cases.append((kind, field, wrong))
                if isinstance(example[field], (str, int)) and not isinstance(example[field], bool):
                    cases.append((kind, field, {**rest, field: True}))
                if isinstance(example[field], int) and not isinstance(example[field], bool):
                    cases.append((kind, field, {**rest, field: 1 << 63}))
        cases.append((kind, "surplus", {**example, "surplus": 1}))
    return cases


def test_every_field_is_checked(workspace: HubProcess, recorder: Recorder) -> None:
    cases = variations()
    assert len(cases) > 200
    for kind, field, record in cases:
        answer = workspace.upload(recorder.session, recorder.json(kind, record))
        assert refused(answer, recorder.sequence, kind, f"$[0].{field}"), (kind, field, record)
    for kind, example in EXAMPLES.items():
        assert workspace.upload(recorder.session, recorder.json(kind, example)).status == 200, kind


def test_what_may_be_null(workspace: HubProcess, recorder: Recorder) -> None:
    nulls = {
        "session": {"dashboard"},
        "workers": {"left_us", "expected", "reason"},
        "clients": {"left_us"},
        "computations": {"stop_us", "client"},
        "progress": {"stop_us"},
        "groups": {"first_start_us", "last_stop_us"},
        "events": {"payload"},
        "exceptions": {"computation"},
        "plugins": {"version", "kind", "sha256", "code", "reason"},
    }
    for kind, example in EXAMPLES.items():
        for field in example:
            answer = workspace.upload(recorder.session, recorder.json(kind, {**example, field: None}))
            assert answer.status == (200 if field in nulls.get(kind, ()) else 422), (kind, field)


def test_a_bomb_is_refused(workspace: HubProcess, recorder: Recorder) -> None:
    # 300 chunks of 2 KB that would come to 2 GB.
    filler = b"[" + (8 * 1024 * 1024 - 2) * b" " + b"]"
    packed = chunk("events", recorder.session, 2, 0, filler, compress=True)
    assert len(packed) < 4096
    body = [chunk("events", recorder.session, 2 + i, 0, filler, compress=True) for i in range(33)]
    assert refused(workspace.upload(recorder.session, *body), 34, "256 MiB")
    # One that states more than a chunk may hold, and one that holds more than it states.
    filler = 9 * 1024 * 1024 * b" "
    over = chunk("events", recorder.session, 2, 0, filler, compress=True)
    assert refused(workspace.upload(recorder.session, over), 2, "8 MiB")
    liar = chunk("events", recorder.session, 2, 0, filler, compress=True, raw=100)
    assert refused(workspace.upload(recorder.session, liar), 2)


def test_texts_of_all_scripts_survive(workspace: HubProcess, recorder: Recorder) -> None:
    text = 'Größe "müßig" \\ \n\t\x01 日本語 🚀 \u2028'
    workspace.accept(
        recorder.session,
        recorder.json(
            "events", event_record(topic=text, payload={text: [text, 1.5, -(2**53), 2**64 - 1, None]})
        ),
        recorder.spans(Span(text)),
    )
    cluster = cluster_of(workspace, recorder)["id"]
    [event] = workspace.items(f"/clusters/{cluster}/events")
    assert event["topic"] == text
    assert event["payload"] == {text: [text, 1.5, -(2**53), 2**64 - 1, None]}
    [computation] = workspace.items("/computations")
    assert workspace.items(f"/computations/{computation['id']}/spans")[0]["key"] == text


def test_a_large_block_is_stored_and_read_in_pages(workspace: HubProcess, recorder: Recorder) -> None:
    count = 65_536
    spans = [Span(f"inc-{i}", computation=f"c-{i % 2}", erred=i % 1000 == 0) for i in range(count)]
    workspace.accept(recorder.session, recorder.spans(*spans), recorder.spans(*spans[:10]))
    ids = {item["dask_id"]: item["id"] for item in workspace.items("/computations")}
    keys = [span["key"] for span in workspace.all_items(f"/computations/{ids['c-0']}/spans", limit=1000)]
    assert keys == [f"inc-{i}" for i in range(0, count, 2)] + [f"inc-{i}" for i in range(0, 10, 2)]
    erred = workspace.all_items(f"/computations/{ids['c-0']}/spans", status="erred", limit=7)
    assert [span["key"] for span in erred] == [f"inc-{i}" for i in range(0, count, 1000)] + ["inc-0"]
    assert workspace.items(f"/computations/{ids['c-1']}/spans", status="erred") == []
    found = workspace.all_items(f"/computations/{ids['c-1']}/spans", text="NC-65535")
    assert [span["key"] for span in found] == ["inc-65535"]
