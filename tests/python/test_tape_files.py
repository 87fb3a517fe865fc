"""`pilothouse tape`, `replay` and `recover`, with tapes that a real recorder wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hub_process
import pytest
import xxhash
from hub_process import HubProcess
from run_command import Command

from pilothouse._recorder import Recorder, Redactor

VERSION_1 = Path(__file__).parent.parent / "hub" / "recordings" / "version-1.tape"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def hub(pilothouse_bin: Path, tmp_path: Path, command: Command) -> Iterator[HubProcess]:
    hub_process.BINARY = str(pilothouse_bin)
    hub = HubProcess(tmp_path / "hub")
    command.environment["DASK_PILOTHOUSE__ADDRESS"] = hub.address
    command.environment["DASK_PILOTHOUSE__TOKEN"] = hub.token
    yield hub
    hub.stop()


class Group:
    name = "inc"


class Task:
    group = Group()
    nbytes = -1


def session(name: str) -> str:
    texts = ("scheduler_id", "name", "address", "host", "user", "os", "python", "dask", "distributed")
    record: dict[str, Any] = dict.fromkeys((*texts, "pilothouse"), name)
    record |= {"dashboard": None, "pid": 1, "start_us": 1_769_904_000_000_000, "flush_interval_us": 1_000_000}
    return json.dumps(record)


def make_recorder(
    directory: Path, tasks: dict[str, Task], name: str = "nightly", max_bytes: int = 1 << 20
) -> Recorder:
    return Recorder(
        tasks=tasks,
        address=NOBODY,
        token="ph_x",
        session=session(name),
        max_bytes=max_bytes,
        directory=str(directory),
        heartbeat=60.0,
        redactor=Redactor(),
        ca_pem="",
    )


def record_in_a_child(directory: Path, spans: int, name: str = "nightly") -> Path:
    """What a process leaves that ends without a word in the middle of its work."""
    child = os.fork()
    if child == 0:
        tasks = {f"inc-{i}": Task() for i in range(spans)}
        recorder = make_recorder(directory, tasks, name)
        recorder.open_computation(
            "c-1", 1_769_904_000_000_000, '{"client":null,"code":[],"annotations":{},"tags":[]}'
        )
        for key in tasks:
            recorder.transition(key, "released", "waiting")
            startstops = [{"action": "compute", "start": 1_769_904_000.0, "stop": 1_769_904_000.5}]
            recorder.transition(
                key, "processing", "memory", worker="tcp://10.0.0.1:1", startstops=startstops, nbytes=28
            )
        os._exit(0)
    os.waitpid(child, 0)
    (file,) = (f for f in directory.glob("*.tape") if name.encode() in f.read_bytes())
    return file


def test_info(command: Command, tmp_path: Path) -> None:
    said = command("tape", "info", str(VERSION_1))
    assert said.code == 0, said.err
    assert "cluster   sample-v1" in said.out
    assert "spans" in said.out and "304" in said.out

    file = record_in_a_child(tmp_path / "spool", 50)
    said = command("tape", "info", str(file))
    assert said.code == 0, said.err
    assert "no end was written" in said.out
    assert f"for {NOBODY}" in said.out
    about = json.loads(command("tape", "info", "--json", str(file)).out)
    assert about["session"]["name"] == "nightly"
    assert about["kinds"]["spans"]["records"] == 50
    assert about["spool"]["pid"] > 0
    assert about["spool"]["journal_bytes"] > 0
    assert about["spool"]["dropped"] == {}


def test_dump(command: Command, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in command("tape", "dump", str(VERSION_1)).out.splitlines()]
    assert lines[0]["kind"] == "session"
    assert lines[-1]["record"]["reason"] == "scheduler closed"
    assert len({line["key"] for line in lines if line["kind"] == "spans"}) == 304

    file = record_in_a_child(tmp_path / "spool", 3)
    said = command("tape", "dump", "--kind", "spans", str(file))
    spans = [json.loads(line) for line in said.out.splitlines()]
    assert [span["key"] for span in spans] == ["inc-0", "inc-1", "inc-2"]
    assert spans[0] == {
        "kind": "spans",
        "sequence": 3,
        "key": "inc-0",
        "group": "inc",
        "computation": "c-1",
        "worker": "tcp://10.0.0.1:1",
        "thread": 0,
        "type": None,
        "nbytes": 28,
        "status": "memory",
        "actions": [
            {"action": "compute", "start_us": 1_769_904_000_000_000, "stop_us": 1_769_904_000_500_000}
        ],
    }
    assert command("tape", "dump", "--kind", "nonsense", str(file)).code == 2


def test_verify(command: Command, tmp_path: Path) -> None:
    assert command("tape", "verify", str(VERSION_1)).out == "sound: 38 chunks, 304 spans\n"
    good = VERSION_1.read_bytes()
    broken = tmp_path / "broken.tape"
    broken.write_bytes(good[:5000] + bytes([good[5000] ^ 1]) + good[5001:])
    said = command("tape", "verify", str(broken))
    assert said.code == 1
    assert "is broken after" in said.err and "a chunk's checksum does not match" in said.err
    broken.write_bytes(good[:-1])
    assert "a chunk ends within its payload" in command("tape", "verify", str(broken)).err

    file = record_in_a_child(tmp_path / "spool", 1000)
    assert command("tape", "verify", str(file)).out == "sound: 3 chunks, 1000 spans\n"


@pytest.mark.parametrize("verb", [["tape", "info"], ["tape", "dump"], ["tape", "verify"], ["replay"]])
def test_what_is_no_tape(command: Command, tmp_path: Path, verb: list[str]) -> None:
    missing = command(*verb, str(tmp_path / "missing"))
    assert missing.code == 5
    assert "No such file" in missing.err
    other = tmp_path / "other"
    other.write_text("hello")
    said = command(*verb, str(other))
    assert said.code == 1
    assert "is not a tape" in said.err
    other.write_bytes(b"PHSPOOL\0" + bytes(1 << 20))
    said = command(*verb, str(other))
    assert said.code == 1
    assert "a spool of version 0, this program reads 1" in said.err


def test_replay(command: Command, hub: HubProcess, tmp_path: Path) -> None:
    for _ in range(2):  # the second time changes nothing
        said = command("replay", str(VERSION_1))
        assert (said.code, said.out) == (
            0,
            "cluster 1: 38 chunks; what the hub had already has not changed\n",
        )
    (cluster,) = hub.items("/clusters")
    assert (cluster["name"], cluster["spans"]) == ("sample-v1", 304)

    file = record_in_a_child(tmp_path / "spool", 200)
    before = file.read_bytes()
    assert command("replay", str(file)).code == 0
    assert file.read_bytes() == before
    assert hub.items("/clusters", text="nightly")[0]["spans"] == 200


def test_recover(command: Command, hub: HubProcess, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    files = [record_in_a_child(spool, 100, "first"), record_in_a_child(spool, 10, "second")]
    junk = spool / "junk.tape"
    junk.write_text("not a tape")
    alive = make_recorder(spool, {}, "alive")
    (used,) = set(spool.glob("*.tape")) - {*files, junk}

    away = command("recover", str(spool), "--address", NOBODY)
    assert away.code == 3
    assert all(file.exists() for file in files)

    said = command("recover", str(spool))
    assert said.code == 1  # of the junk
    lines = sorted(said.out.splitlines())
    assert f"{used.name}: left alone: its recorder runs" in lines
    assert any(line.startswith("junk.tape: kept: ") and "is not a spool" in line for line in lines)
    assert any(line.startswith(files[0].name) and "100 spans in 3 chunks" in line for line in lines)
    assert sorted(spool.glob("*.tape")) == sorted([junk, used])
    clusters = {cluster["name"]: cluster for cluster in hub.items("/clusters")}
    assert (clusters["first"]["spans"], clusters["second"]["spans"]) == (100, 10)
    assert clusters["first"]["status"] != "running"
    assert "alive" not in clusters
    del alive

    assert command("recover", str(tmp_path / "nowhere")).code == 5
    empty = tmp_path / "empty"
    empty.mkdir()
    assert command("recover", str(empty)).out == f"nothing to recover in {empty}\n"


def test_recover_leaves_alone_what_is_of_another_machine(
    command: Command, hub: HubProcess, tmp_path: Path
) -> None:
    file = record_in_a_child(tmp_path / "spool", 10)
    with file.open("r+b") as raw:
        superblock = bytearray(raw.read(688))
        superblock[104:168] = b"elsewhere".ljust(64, b"\0")
        superblock[680:688] = xxhash.xxh3_64_digest(bytes(superblock[:680]))[::-1]
        raw.seek(0)
        raw.write(superblock)
    said = command("recover", str(tmp_path / "spool"))
    assert (said.code, "left alone: it is of elsewhere" in said.out) == (0, True)
    assert file.exists()
    assert "10 spans" in command("recover", "--any-host", str(tmp_path / "spool")).out
    assert not file.exists()


def test_recover_keeps_what_a_hub_refuses(command: Command, hub: HubProcess, tmp_path: Path) -> None:
    file = record_in_a_child(tmp_path / "spool", 10)
    said = command("recover", str(tmp_path / "spool"), DASK_PILOTHOUSE__TOKEN="ph_wrong")
    assert said.code == 4
    assert "a valid token is required" in said.out
    assert file.exists()
    assert command("recover", str(tmp_path / "spool")).code == 0
    assert not file.exists()
