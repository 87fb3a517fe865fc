"""What workspaces keep, how the rest goes while the hub takes in more, and the room it leaves."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

import pytest
from hub_process import HubProcess, eventually, run_and_kill, run_command
from tape import (
    T0,
    Recorder,
    Span,
    computation_record,
    event_record,
    exception_record,
    group_record,
    sample_record,
)

StartHub = Callable[..., HubProcess]
QUICK = ("--lost-after", "1s", "--retention-interval", "100ms")
DAY = 86_400_000_000


def keep(hub: HubProcess, *flags: str) -> None:
    hub.local("workspace", "set", "default", *flags)


def settings(hub: HubProcess) -> dict[str, Any]:
    [workspace] = json.loads(hub.local("workspace", "list", "--json"))
    assert isinstance(workspace, dict)
    return workspace


def vacuum(state_dir: Path, *flags: str) -> str:
    done = run_command("vacuum", "--state-dir", str(state_dir), *flags)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def change(hub: HubProcess, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(hub.state_dir / "hub.db", timeout=30)) as database, database:
        database.execute(sql, values)


def record(hub: HubProcess) -> int:
    """A cluster with something of everything; its spans are of last winter."""
    recorder = Recorder()
    cluster: int = hub.accept(
        recorder.session,
        recorder.open(),
        recorder.json("computations", computation_record()),
        recorder.json("groups", group_record()),
        recorder.json("events", event_record()),
        recorder.json("exceptions", exception_record()),
        recorder.json("samples", sample_record()),
        recorder.spans(Span("a"), Span("b")),
        recorder.spans(Span("c")),
    )["cluster"]
    return cluster


def add_old_blocks(hub: HubProcess, cluster: int, count: int, size: int) -> None:
    """Span blocks of last winter that nobody will read."""
    with closing(sqlite3.connect(hub.state_dir / "hub.db", timeout=30)) as database, database:
        for sequence in range(count):
            database.execute(
                "INSERT INTO span_blocks (cluster, sequence, spans, first_us, last_us, compressed, "
                "raw_length, payload) VALUES (?, ?, 1, ?, ?, 0, ?, randomblob(?))",
                (cluster, 1_000_000 + sequence, T0, T0, size, size),
            )


def test_settings(start_hub: StartHub) -> None:
    hub = start_hub()
    assert settings(hub) == {
        "name": "default",
        "created_us": settings(hub)["created_us"],
        "keep_spans_us": None,
        "keep_records_us": None,
        "max_bytes": None,
        "span_bytes": 0,
        "record_bytes": 0,
    }
    keep(hub, "--keep-spans", "30d", "--max-size", "20GiB")
    keep(hub, "--keep-records", "400 days", "--max-size", "unlimited")
    now = settings(hub)
    assert (now["keep_spans_us"], now["keep_records_us"], now["max_bytes"]) == (30 * DAY, 400 * DAY, None)
    table = hub.local("workspace", "list").splitlines()
    assert "keep spans" in table[0]
    assert "30 d 0 h" in table[1]
    assert "unlimited" in table[1]
    keep(hub, "--keep-spans", "forever", "--keep-records", "forever")
    assert settings(hub)["keep_spans_us"] is None
    record(hub)
    assert settings(hub)["span_bytes"] > 0
    assert settings(hub)["record_bytes"] > 0

    unknown = run_command("workspace", "set", "no", "--keep-spans", "1d", "--state-dir", str(hub.state_dir))
    assert unknown.returncode == 5
    assert "workspace list" in unknown.stderr


def test_spans_that_went_are_counted(start_hub: StartHub) -> None:
    hub = start_hub(*QUICK)
    cluster = record(hub)
    assert hub.get(f"/clusters/{cluster}").body["spans_expired"] == 0
    keep(hub, "--keep-spans", "30d")
    eventually(lambda: hub.get(f"/clusters/{cluster}").body["spans_expired"] == 3)
    [computation] = hub.items("/computations")
    assert (computation["spans"], computation["spans_expired"]) == (3, 3)
    assert hub.items(f"/computations/{computation['id']}/spans") == []
    assert {group["name"]: group["runs"] for group in computation["groups"]} == {"inc": 3, "inc-1a2b": 6}
    # What was summed up is still seen from afar.
    timeline = hub.get(f"/computations/{computation['id']}/timeline", width=1, to=T0 + 10**8).body
    assert sum(sum(lane["spans"]) for lane in timeline["cells"]) == 3
    assert len(hub.items("/exceptions")) == len(hub.items(f"/clusters/{cluster}/events")) == 1
    assert "removed what is no longer kept: 3 spans in 2 blocks" in hub.stop()


def test_clusters_go_whole_and_only_once_they_are_over(start_hub: StartHub) -> None:
    hub = start_hub(*QUICK)
    old, running = record(hub), Recorder()
    young = hub.accept(running.session, running.open())["cluster"]
    # The hub has heard nothing of the first for a year.
    change(hub, "UPDATE clusters SET last_seen_us = last_seen_us - ? WHERE id = ?", 365 * DAY, old)
    keep(hub, "--keep-records", "100d")

    def gone() -> bool:
        hub.accept(running.session)
        return [item["id"] for item in hub.items("/clusters")] == [young]

    eventually(gone)
    assert hub.get(f"/clusters/{old}").status == 404
    assert hub.items("/computations") == hub.items("/exceptions") == []
    eventually(lambda: settings(hub)["record_bytes"] == 1000)
    assert settings(hub)["span_bytes"] == 0


def test_nothing_goes_before_it_is_known_who_runs(start_hub: StartHub) -> None:
    hub = start_hub("--retention-interval", "100ms", "--lost-after", "3s")
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    hub.stop()
    change(hub, "UPDATE clusters SET last_seen_us = last_seen_us - ?", 365 * DAY)
    keep(hub, "--keep-records", "100d")
    hub.start()
    time.sleep(0.5)
    assert hub.accept(recorder.session)["cluster"] == cluster
    time.sleep(0.5)
    assert hub.get(f"/clusters/{cluster}").status == 200


def acknowledgements(hub: HubProcess, until: Callable[[float], bool]) -> list[float]:
    """How long each of many uploads took, in order of length; `until` is asked with the seconds passed."""
    taken: list[float] = []
    failures: list[Exception] = []
    begin = time.monotonic()

    def send() -> None:
        recorder = Recorder()
        connection = hub.connect()
        headers = {"Authorization": f"Bearer {hub.token}"}
        chunk = recorder.open()
        try:
            while not until(time.monotonic() - begin):
                sent = time.monotonic()
                path = f"/api/v1/sessions/{recorder.session}/chunks"
                connection.request("POST", path, body=chunk, headers=headers)
                response = connection.getresponse()
                response.read()
                taken.append(time.monotonic() - sent)
                assert response.status == 200
                chunk = recorder.json("events", event_record()) + recorder.spans(Span("k"))
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return sorted(taken)


def test_uploads_do_not_wait_for_a_large_removal(start_hub: StartHub) -> None:
    hub = start_hub("--retention-interval", "100ms", "--lost-after", "1s", "--rate-limit", "0")
    cluster = record(hub)
    add_old_blocks(hub, cluster, 1500, 100_000)

    def expired() -> int:
        count: int = hub.get(f"/clusters/{cluster}").body["spans_expired"]
        return count

    def p99(taken: list[float]) -> float:
        return taken[len(taken) * 99 // 100]

    without = acknowledgements(hub, lambda passed: passed > 3)
    assert expired() == 0
    keep(hub, "--keep-spans", "30d")
    ended: list[float] = []

    def over(passed: float) -> bool:
        if not ended and int(passed * 10) % 3 == 0 and expired() >= 1503:
            ended.append(passed)
        return bool(ended) or passed > 60

    during = acknowledgements(hub, over)
    assert ended, "the removal did not end"
    assert len(during) > 50, "the removal was over before anything could be measured"
    # A slice and its commit, and the noise of a busy machine.
    assert p99(during) < 2 * p99(without) + 0.1


def test_room_is_given_back(start_hub: StartHub) -> None:
    hub = start_hub(*QUICK)
    add_old_blocks(hub, record(hub), 300, 100_000)
    database = hub.state_dir / "hub.db"
    change(hub, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert database.stat().st_size > 30_000_000
    keep(hub, "--keep-spans", "30d")

    def small() -> bool:
        change(hub, "PRAGMA wal_checkpoint(PASSIVE)")
        return database.stat().st_size < 3_000_000

    eventually(small)
    assert settings(hub)["span_bytes"] == 0


def test_vacuum_beside_a_hub_and_without_one(start_hub: StartHub) -> None:
    hub = start_hub()
    cluster = record(hub)
    add_old_blocks(hub, cluster, 100, 100_000)
    keep(hub, "--keep-spans", "30d")
    plan = vacuum(hub.state_dir, "--dry-run")
    assert plan.startswith("Would remove: 103 spans in 102 blocks, 0 clusters, about 9.6 MiB")
    assert hub.get(f"/clusters/{cluster}").body["spans_expired"] == 0
    said = vacuum(hub.state_dir)
    assert said.startswith("Removed: 103 spans in 102 blocks, 0 clusters, about 9.6 MiB\n")
    before, after = (int(line.split()[1]) for line in said.splitlines()[1:])
    assert before > 10_000_000
    assert after < 1_000_000
    assert hub.get(f"/clusters/{cluster}").body["spans_expired"] == 103
    hub.stop()
    assert vacuum(hub.state_dir).startswith("Removed: 0 spans in 0 blocks, 0 clusters")
    assert vacuum(hub.state_dir, "--dry-run").startswith("Would remove: 0 spans")
    missing = run_command("vacuum", "--state-dir", str(hub.state_dir / "nothing"))
    assert missing.returncode == 5


def test_an_older_database_is_written_anew_without_a_hub(start_hub: StartHub) -> None:
    hub = start_hub()
    cluster = record(hub)
    add_old_blocks(hub, cluster, 100, 100_000)
    hub.stop()
    with closing(sqlite3.connect(hub.state_dir / "hub.db", isolation_level=None)) as database:
        database.execute("PRAGMA auto_vacuum = NONE")
        database.execute("VACUUM")
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (0,)
    hub.start()
    keep(hub, "--keep-spans", "30d")
    refused = run_command("vacuum", "--state-dir", str(hub.state_dir))
    assert refused.returncode == 1
    assert "a hub serves" in refused.stderr
    assert "Stop it" in refused.stderr
    assert hub.get(f"/clusters/{cluster}").body["spans_expired"] == 103
    hub.stop()
    vacuum(hub.state_dir)
    assert (hub.state_dir / "hub.db").stat().st_size < 1_000_000
    with closing(sqlite3.connect(hub.state_dir / "hub.db")) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    hub.start()
    assert hub.get(f"/clusters/{cluster}").body["spans"] == 3


@pytest.mark.parametrize("moment", [0.02, 0.1, 0.3])
def test_a_vacuum_that_is_killed_leaves_a_whole_database(start_hub: StartHub, moment: float) -> None:
    hub = start_hub()
    cluster = record(hub)
    add_old_blocks(hub, cluster, 300, 100_000)
    keep(hub, "--keep-spans", "30d")
    hub.stop()
    run_and_kill(moment, "vacuum", "--state-dir", str(hub.state_dir))
    with closing(sqlite3.connect(hub.state_dir / "hub.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        blocks, spans = database.execute("SELECT count(*), sum(spans) FROM span_blocks").fetchone()
        assert database.execute("SELECT spans_expired FROM clusters").fetchone() == (303 - (spans or 0),)
        [(counted,)] = database.execute("SELECT count(*) FROM block_ages").fetchall()
        assert counted == blocks
    vacuum(hub.state_dir)
    hub.start()
    assert hub.get(f"/clusters/{cluster}").body["spans_expired"] == 303
