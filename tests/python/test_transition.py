"""What the transition hook makes of its arguments, whatever their order and their types."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from run_command import Command
from test_tape_files import Group, Task, make_recorder

from pilothouse._recorder import Recorder, key_text

START = 1_769_904_000.25
DETAILS = '{"client":null,"code":[],"annotations":{},"tags":[]}'


class Text(str):
    """A str that is none exactly."""


class Odd:
    def __repr__(self) -> str:
        return "<odd 'one'>"


KEYS = [
    "inc-1",
    "",
    "schlüssel-1",
    "\udcff",
    Text("text-1"),
    ("inc", 1),
    ("inc", 1, -2, 0, 2**63 - 1, -(2**63)),
    ("inc", 2**63),
    ("inc",),
    ("inc", ("deep", 3), ()),
    ("inc", "it's", 1),
    ("inc", 'say "it"', 1),
    ("it's", 1),
    ("back\\slash", 1),
    ("tab\there", 1),
    ("delete\x7f", 1),
    ("schlüssel", 1),
    (Text("text"), 1),
    ("inc", True, None, 1.5),
    ("a-name-of-more-than-eight", "b", "exactly8"),
    (1, 2),
    (Odd(), 1),
    Odd(),
    7,
]


def texts(keys: list[Any]) -> list[str]:
    as_text = [key if isinstance(key, str) else repr(key) for key in keys]
    return [text.encode("utf-8", "backslashreplace").decode() for text in as_text]


def recorded(
    command: Command,
    tmp_path: Path,
    tasks: dict[Any, Task],
    work: Callable[[Recorder], None],
    max_bytes: int = 1 << 20,
) -> Any:
    """The records, by kind, of a process that does this work and ends without a word."""
    child = os.fork()
    if child == 0:
        recorder = make_recorder(tmp_path / "spool", tasks, max_bytes=max_bytes)
        recorder.open_computation("c-1", 1, DETAILS)
        work(recorder)
        recorder.flush()
        os._exit(0)
    os.waitpid(child, 0)
    (file,) = (tmp_path / "spool").glob("*.tape")
    lines = [json.loads(line) for line in command("tape", "dump", str(file)).out.splitlines()]
    return lambda kind: [line for line in lines if line["kind"] == kind]


def finish(recorder: Recorder, key: Any, **kwargs: Any) -> None:
    startstops = [{"action": "compute", "start": START, "stop": START + 0.5}]
    given = {"worker": "tcp://w:1", "nbytes": 28, "typename": "int", "thread": 5, "startstops": startstops}
    recorder.transition(key, "processing", "memory", **{**given, **kwargs})


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_the_text_of_a_key(key: Any) -> None:
    assert [key_text(key)] == texts([key])


def test_the_text_of_a_long_key_is_cut() -> None:
    for key in ["k" * 2000, ("k" * 600, "l" * 600, 1), ("k" * 2000, 1), tuple(range(1000))]:
        full = key if isinstance(key, str) else repr(key)
        mark = f"...[{len(full)} bytes]"
        assert key_text(key) == full[: 1024 - len(mark)] + mark


def test_spans_have_their_keys_and_groups(command: Command, tmp_path: Path) -> None:
    def work(recorder: Recorder) -> None:
        for _ in range(2):  # the first time a group is new
            for key in KEYS:
                finish(recorder, key)

    spans = recorded(command, tmp_path, dict.fromkeys(KEYS, Task()), work)("spans")
    assert [span["key"] for span in spans] == 2 * texts(KEYS)
    by_rule = [type(key) is tuple and type(key[0]) is str and key[0].isascii() for key in KEYS]
    groups = [key[0] if rule else Group.name for key, rule in zip(KEYS, by_rule)]
    assert [span["group"] for span in spans] == 2 * groups


def test_arguments_come_in_any_order_and_may_be_missing(command: Command, tmp_path: Path) -> None:
    startstops = [
        {"stop": START + 2, "action": "transfer", "start": START + 1, "source": "tcp://w:2"},
        {"start": START + 3, "stop": START + 4, "action": "".join(["com", "pute"])},
        {"action": Text("no-action"), "start": 1, "stop": 2},
        {"action": "größe", "start": 1, "stop": 2},
        "nonsense",
    ]
    orders: list[dict[str, Any]] = [
        {"worker": "tcp://w:1", "nbytes": 1, "typename": "int", "thread": 1, "startstops": []},
        {
            "startstops": startstops,
            "thread": 2**64 - 1,
            "x": 1,
            "typename": "str",
            "nbytes": 2,
            "worker": "tcp://w:2",
        },
        {"nbytes": -1},
        {"worker": None, "nbytes": None, "typename": 7, "thread": None, "startstops": None},
        {},
        {
            "x": 0,
            "worker": "tcp://w:1",
            "nbytes": 2**70,
            "typename": "int",
            "thread": -1,
            "startstops": (),
        },
    ]

    def work(recorder: Recorder) -> None:
        for number, kwargs in enumerate(orders):
            recorder.transition(("inc", number), "processing", "memory", **kwargs)

    spans = recorded(command, tmp_path, {}, work)("spans")
    assert [span["worker"] for span in spans] == ["tcp://w:1", "tcp://w:2", None, None, None, "tcp://w:1"]
    assert [span["nbytes"] for span in spans] == [1, 2, None, None, None, None]
    assert [span["type"] for span in spans] == ["int", "str", None, None, None, "int"]
    assert [span["thread"] for span in spans] == [1, 2**64 - 1, 0, 0, 0, 2**64 - 1]
    start = 1_769_904_000_250_000
    assert [span["actions"] for span in spans] == [
        [],
        [
            {"action": "transfer", "start_us": start + 1_000_000, "stop_us": start + 2_000_000},
            {"action": "compute", "start_us": start + 3_000_000, "stop_us": start + 4_000_000},
        ],
        [],
        [],
        [],
        [],
    ]


def test_a_lost_result_is_computed_again_by_the_same_task(command: Command, tmp_path: Path) -> None:
    tasks = {("inc", number): Task() for number in range(3)}

    def work(recorder: Recorder) -> None:
        for key in tasks:
            recorder.transition(key, "released", "waiting")
        for key, task in tasks.items():
            finish(recorder, key)
            task.nbytes = 28
        recorder.transition(("inc", 1), "memory", "released")
        recorder.transition(("inc", 1), "released", "waiting")
        finish(recorder, ("inc", 1))
        tasks[("inc", 3)] = Task()
        recorder.transition(("inc", 3), "released", "waiting")

    (group,) = recorded(command, tmp_path, tasks, work)("groups")
    assert group["record"]["tasks"]["total"] == 4
    assert group["record"]["tasks"]["memory"] == 3
    assert group["record"]["runs"] == 4


@pytest.mark.parametrize("before", range(65_500, 65_560, 7))
def test_a_secret_where_a_traceback_is_cut(command: Command, tmp_path: Path, before: int) -> None:
    """64 KiB of it are kept; half a secret does not look like one."""
    token = "gh" + "p_" + 9 * "FAKE"
    traceback = f"{'x' * before} {token} and so on"

    def work(recorder: Recorder) -> None:
        texts = {
            "exception_text": f"ValueError('{'y' * (before - 49152)} {token}')",
            "traceback_text": traceback,
        }
        recorder.transition("inc-1", "processing", "erred", cause="inc-1", worker="tcp://w:1", **texts)

    (exception,) = recorded(command, tmp_path, {"inc-1": Task()}, work, 8 << 20)("exceptions")
    record = exception["record"]
    assert record["type"] == "ValueError"
    for text, whole in (
        (record["message"], len(traceback) - 49152 - 10),
        (record["traceback"], len(traceback)),
    ):
        assert "gh" + "p_" not in text
        assert "[redacted:github-token]"[: max(0, 65_536 - before - 1)] in text
        assert text.endswith(f"\n...[cut, {whole} bytes]")
    assert record["truncated"] is True
