"""Copies of the database that are made while the hub takes in more, and hubs made from them."""

from __future__ import annotations

import resource
import sqlite3
import stat
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

import pytest
from hub_process import HubProcess, eventually, run_and_kill, run_command
from tape import EXAMPLES, Recorder, Span, event_record, json_chunk, session_record

StartHub = Callable[..., HubProcess]


def record(hub: HubProcess) -> Recorder:
    """A cluster with something of everything."""
    recorder = Recorder()
    chunks = [recorder.json(kind, example) for kind, example in EXAMPLES.items() if kind != "end"]
    hub.accept(recorder.session, *chunks, recorder.spans(Span("a"), Span("b")), recorder.spans(Span("c")))
    return recorder


def backup(state_dir: Path, file: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return run_command("backup", str(file), "--state-dir", str(state_dir), *flags)


def restore(file: Path, state_dir: Path, *flags: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return run_command("restore", str(file), "--state-dir", str(state_dir), *flags, **options)


def succeeded(done: subprocess.CompletedProcess[str]) -> bool:
    return (done.returncode, done.stderr) == (0, "")


def everything(hub: HubProcess, token: str) -> dict[str, Any]:
    """All that a hub answers, by path."""

    def listing(path: str) -> list[Any]:
        hub.token = token
        return hub.all_items(path)

    found = {path: listing(path) for path in ("/clusters", "/computations", "/exceptions")}
    for cluster in found["/clusters"]:
        for part in ("workers", "samples", "events"):
            path = f"/clusters/{cluster['id']}/{part}"
            found[path] = listing(path)
    for computation in found["/computations"]:
        path = f"/computations/{computation['id']}/spans"
        found[path] = listing(path)
    return found


def make_large(state_dir: Path, megabytes: int) -> None:
    with closing(sqlite3.connect(state_dir / "hub.db")) as database, database:
        for sequence in range(megabytes):
            database.execute(
                "INSERT INTO span_blocks (cluster, sequence, spans, compressed, raw_length, payload) "
                "VALUES (1, ?, 1, 0, 1000000, randomblob(1000000))",
                (1_000_000 + sequence,),
            )


def counted(file: Path) -> tuple[int, int]:
    """Checks a database; how many events and span blocks it holds."""
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [events] = database.execute("SELECT count(*) FROM events").fetchone()
        [blocks] = database.execute("SELECT count(*) FROM span_blocks").fetchone()
        return events, blocks


def start(state_dir: Path, token: str) -> HubProcess:
    """A hub whose directory has no client.json yet; the tokens are those of the backup."""
    state_dir.mkdir(exist_ok=True)
    (state_dir / "client.json").write_text(f'{{"address": "", "token": "{token}", "workspace": "default"}}')
    return HubProcess(state_dir)


def test_a_backup_holds_everything(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub("--lost-after", "10m")
    for _ in range(3):
        record(hub)
    file = tmp_path / "copy.db"
    done = backup(hub.state_dir, file)
    assert succeeded(done)
    assert "holds the database" in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]
    expected = everything(hub, hub.token)
    hub.stop()

    assert succeeded(restore(file, tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new" / "hub.db").stat().st_mode) == 0o600
    restored = start(tmp_path / "new", hub.token)
    try:
        assert everything(restored, hub.token) == expected
    finally:
        restored.stop()


def test_a_backup_ends_while_the_hub_takes_in_more(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    record(hub)
    hub.stop()
    make_large(hub.state_dir, 60)
    hub.start()
    recorders = [Recorder() for _ in range(3)]
    going = threading.Event()
    going.set()
    acknowledged = {recorder.session: 0 for recorder in recorders}
    failures: list[Exception] = []

    def write(recorder: Recorder) -> None:
        try:
            hub.accept(recorder.session, recorder.open())
            while going.is_set():
                chunks = [recorder.json("events", event_record()), recorder.spans(Span("k"))]
                acknowledged[recorder.session] = hub.accept(recorder.session, *chunks)["mark"]
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(recorder,)) for recorder in recorders]
    for thread in threads:
        thread.start()
    file = tmp_path / "copy.db"
    try:
        eventually(lambda: all(mark > 5 for mark in acknowledged.values()))
        before = dict(acknowledged)
        done = backup(hub.state_dir, file)
        after = dict(acknowledged)
    finally:
        going.clear()
        for thread in threads:
            thread.join()
    assert succeeded(done)
    assert failures == []
    assert all(after[session] > before[session] for session in before), "nothing came in meanwhile"

    hub.stop()
    assert succeeded(restore(file, tmp_path / "new"))
    with closing(sqlite3.connect(tmp_path / "new" / "hub.db")) as database:
        rows = database.execute("SELECT lower(hex(session)), mark, events, spans FROM clusters").fetchall()
    marks = {session: (mark, events, spans) for session, mark, events, spans in rows}
    for session, least in before.items():
        mark, events, spans = marks[session]
        # One moment: what was acknowledged before, of each upload both chunks or none, nothing from after.
        assert least <= mark <= after[session] + 2
        assert events == spans == (mark - 1) / 2


def test_a_file_is_not_overwritten_unless_told(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    file = tmp_path / "copy.db"
    file.write_text("dear")
    refused = backup(hub.state_dir, file)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert file.read_text() == "dear"
    # What a backup that was cut short left behind is in nobody's way.
    (tmp_path / "copy.db.part").write_text("x" * 100_000)
    (tmp_path / "copy.db.part-wal").write_text("x" * 100_000)
    assert succeeded(backup(hub.state_dir, file, "--force"))
    counted(file)
    assert not list(tmp_path.glob("copy.db.part*"))
    own = backup(hub.state_dir, hub.state_dir / "hub.db", "--force")
    assert own.returncode == 2
    assert "own directory" in own.stderr
    assert backup(tmp_path / "nothing", tmp_path / "other.db").returncode == 5
    assert backup(hub.state_dir, tmp_path / "no" / "directory.db").returncode == 1


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))


def test_a_full_disk(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    record(hub)
    hub.stop()
    make_large(hub.state_dir, 10)
    file = tmp_path / "copy.db"
    arguments = ["backup", str(file), "--state-dir", str(hub.state_dir)]
    refused = run_command(*arguments, preexec_fn=limit_files)
    assert refused.returncode == 1
    assert refused.stderr.startswith("pilothouse: ")
    assert not list(tmp_path.glob("copy.db*"))

    assert succeeded(backup(hub.state_dir, file))
    before = (hub.state_dir / "hub.db").read_bytes()
    refused = restore(file, hub.state_dir, "--force", preexec_fn=limit_files)
    assert refused.returncode == 1
    assert "File too large" in refused.stderr
    assert (hub.state_dir / "hub.db").read_bytes() == before
    assert not list(hub.state_dir.glob("hub.db.*"))


def damage(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    if how == "cut":
        content = content[: len(content) // 2]
    elif how == "overwritten":
        content[8192 * 4 : 8192 * 9] = b"\xa5" * (8192 * 5)
    elif how == "text":
        content = bytearray(b"this is certainly not a database" * 1000)
    elif how == "empty":
        content = bytearray()
    file.write_bytes(content)
    if how == "foreign":
        file.unlink()
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("CREATE TABLE t (x)")
    elif how == "newer":
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("PRAGMA user_version = 999")
    elif how == "log":
        file.with_name(file.name + "-wal").write_bytes(b"x" * 100)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("cut", "malformed"),
        ("overwritten", "cannot be restored"),
        ("text", "not a database"),
        ("empty", "not a database"),
        ("foreign", "not a database of a Pilothouse hub"),
        ("newer", "newer Pilothouse"),
        ("log", "write-ahead log"),
    ],
)
def test_what_is_no_good_backup_is_refused(start_hub: StartHub, tmp_path: Path, how: str, why: str) -> None:
    hub = start_hub()
    record(hub)
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    hub.stop()
    damage(file, how)
    before = (hub.state_dir / "hub.db").read_bytes()
    refused = restore(file, hub.state_dir, "--force")
    assert refused.returncode == 1
    assert why in refused.stderr
    assert (hub.state_dir / "hub.db").read_bytes() == before
    assert not list(hub.state_dir.glob("hub.db.*"))


def test_restore_refuses_what_it_would_destroy(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    record(hub)
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    served = restore(file, hub.state_dir, "--force")
    assert served.returncode == 1
    assert "a hub serves" in served.stderr
    record(hub)
    hub.kill()  # its log stays
    assert (hub.state_dir / "hub.db-wal").stat().st_size > 0
    taken = restore(file, hub.state_dir)
    assert taken.returncode == 1
    assert "--force" in taken.stderr
    assert restore(tmp_path / "nothing", hub.state_dir).returncode == 5

    done = restore(file, hub.state_dir, "--force")
    assert succeeded(done)
    [aside] = hub.state_dir.glob("hub.db.replaced-*")
    assert str(aside) in done.stdout
    assert counted(aside)[0] == 2
    assert counted(hub.state_dir / "hub.db")[0] == 1
    hub.start()
    assert len(hub.items("/clusters")) == 1


def test_restore_waits_for_nobody_who_has_the_database_open(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    record(hub)
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    hub.stop()
    with closing(sqlite3.connect(hub.state_dir / "hub.db")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE clusters SET name = 'changed'")
        other.commit()
        refused = restore(file, hub.state_dir, "--force")
        assert refused.returncode == 1
        assert "another process uses" in refused.stderr
        assert not list(hub.state_dir.glob("hub.db.*"))
        assert other.execute("SELECT name FROM clusters").fetchall() == [("changed",)]
    assert succeeded(restore(file, hub.state_dir, "--force"))


def test_a_damaged_database_is_put_aside(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    record(hub)
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    hub.kill()
    for name in ("hub.db", "hub.db-wal"):
        (hub.state_dir / name).write_bytes(b"nothing of use" * 1000)
    assert succeeded(restore(file, hub.state_dir, "--force"))
    [aside] = [path for path in hub.state_dir.glob("hub.db.replaced-*") if not path.name.endswith("-wal")]
    assert aside.read_bytes() == b"nothing of use" * 1000
    assert counted(hub.state_dir / "hub.db")[0] == 1
    hub.start()
    assert len(hub.items("/clusters")) == 1


@pytest.mark.parametrize("moment", [0.01, 0.03, 0.08, 0.2])
def test_who_is_killed_leaves_everything_as_it_was(
    start_hub: StartHub, tmp_path: Path, moment: float
) -> None:
    hub = start_hub()
    record(hub)
    hub.stop()
    make_large(hub.state_dir, 80)
    file = tmp_path / "copy.db"
    run_and_kill(moment, "backup", str(file), "--state-dir", str(hub.state_dir))
    assert not file.exists() or counted(file) == (1, 82)
    assert counted(hub.state_dir / "hub.db") == (1, 82)
    assert succeeded(backup(hub.state_dir, file, "--force"))

    hub.start()
    record(hub)
    hub.stop()
    run_and_kill(moment, "restore", str(file), "--state-dir", str(hub.state_dir), "--force")
    assert counted(hub.state_dir / "hub.db") in [(2, 84), (1, 82)]
    hub.start()
    assert len(hub.items("/clusters")) in [1, 2]
    hub.stop()
    assert succeeded(restore(file, hub.state_dir, "--force"))
    assert counted(hub.state_dir / "hub.db") == (1, 82)


def test_what_was_acknowledged_after_the_backup_is_missed(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    recorder = record(hub)
    known = recorder.sequence
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    for _ in range(5):
        hub.accept(recorder.session, recorder.json("events", event_record()))
    hub.stop()
    assert succeeded(restore(file, hub.state_dir, "--force"))
    hub.start()

    # It is told that the hub does not know enough, so that it describes its cluster again: its record comes
    # under the number before the first chunk that it still has.
    assert hub.upload(recorder.session).error == (409, "unknown_session")
    again = json_chunk("session", recorder.session, recorder.sequence, session_record())
    event = recorder.json("events", event_record())
    assert hub.upload(recorder.session, event).error == (409, "unknown_session")
    receipt = hub.accept(recorder.session, again, event)
    assert receipt["mark"] == recorder.sequence == known + 6
    body = hub.get(f"/clusters/{receipt['cluster']}").body
    assert (body["missing_chunks"], body["events"]) == (5, 2)
    hub.accept(recorder.session, recorder.json("events", event_record()))
    assert hub.get(f"/clusters/{receipt['cluster']}").body["missing_chunks"] == 5


def test_nothing_is_missed_when_nothing_came_after_the_backup(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    recorder = record(hub)
    file = tmp_path / "copy.db"
    assert succeeded(backup(hub.state_dir, file))
    hub.stop()
    assert succeeded(restore(file, hub.state_dir, "--force"))
    hub.start()
    assert hub.upload(recorder.session).error == (409, "unknown_session")
    again = json_chunk("session", recorder.session, recorder.sequence, session_record())
    cluster = hub.accept(recorder.session, again)["cluster"]
    assert hub.accept(recorder.session)["mark"] == recorder.sequence
    assert hub.get(f"/clusters/{cluster}").body["missing_chunks"] == 0
