"""Python and the command line, with a real hub that has something to tell."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hub_process
import pytest
import tape
from hub_process import HubProcess
from run_command import Command

import pilothouse
from pilothouse import BadRequest, Hub, NotFound, Unauthorized

DAY_US = 86_400_000_000


@dataclass
class Recorded:
    """A hub with a cluster that runs and one that ended a month ago."""

    process: HubProcess
    hub: Hub
    start_us: int
    running: int
    ended: int
    recorder: tape.Recorder


@pytest.fixture(scope="module")
def process(pilothouse_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub_process.BINARY = str(pilothouse_bin)
    hub = HubProcess(tmp_path_factory.mktemp("recorded") / "pilothouse")
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def recorded(process: HubProcess) -> Recorded:
    now = time.time_ns() // 1000 - 60_000_000
    old = now - 30 * DAY_US
    ended = tape.Recorder()
    process.accept(
        ended.session,
        ended.open(scheduler_id="Scheduler-old", name="old", user="grace", start_us=old),
        ended.json("end", {"stop_us": old + 60_000_000, "reason": "closed"}),
    )
    running = tape.Recorder()
    group_tasks = tape.tasks(total=4, memory=3, erred=1)
    process.accept(
        running.session,
        running.open(scheduler_id="Scheduler-new", name="natt-über", start_us=now),
        running.json("workers", tape.worker_record(joined_us=now + 1)),
        running.json("clients", tape.client_record(joined_us=now + 2)),
        running.spans(
            *(
                tape.Span(f"inc-{i}", group="inc-1a2b", actions=[("compute", now + i, now + i + 1000)])
                for i in range(3)
            ),
            tape.Span("inc-7", group="inc-1a2b", erred=True, type=None, nbytes=-1),
        ),
        running.json(
            "computations",
            tape.computation_record(
                start_us=now + 10, stop_us=now + 1_500_010, state="erred", tasks=group_tasks
            ),
        ),
        running.json(
            "groups", tape.group_record(tasks=group_tasks, first_start_us=now + 20, last_stop_us=now + 30)
        ),
        running.json("exceptions", tape.exception_record(time_us=now + 40, message="no such thing\nas this")),
        running.json("blames", {"exception": 1, "blamed": 3}),
        *(
            running.json("events", tape.event_record(time_us=now + i, topic="all" if i % 2 else "mine"))
            for i in range(150)
        ),
    )
    hub = Hub(process.address, process.token)
    newest, oldest = hub.list_clusters(since=None)
    return Recorded(process, hub, now, newest.id, oldest.id, running)


@pytest.fixture
def cli(command: Command, recorded: Recorded) -> Command:
    command.environment["XDG_STATE_HOME"] = str(recorded.process.state_dir.parent)
    return command


class TestPython:
    def test_clusters(self, recorded: Recorded) -> None:
        (cluster,) = recorded.hub.list_clusters()
        assert cluster.id == recorded.running
        assert cluster.status == "running"
        assert cluster.name == "natt-über"
        assert cluster.start == pytest.approx(recorded.start_us / 1e6, abs=1e-6)
        assert cluster.tasks["total"] == 4
        assert cluster.versions["dask"] == "2026.1.0"
        (old,) = recorded.hub.list_clusters(since=None, user="grace")
        assert (old.id, old.status, old.stop_reason) == (recorded.ended, "stopped", "closed")
        assert old.stop is not None
        assert old.stop - old.start == pytest.approx(60)
        assert len(recorded.hub.list_clusters(since="60 days")) == 2
        assert recorded.hub.list_clusters(since=None, text="NATT")[0].id == recorded.running
        assert recorded.hub.list_clusters(since=None, until="7 days")[0].id == recorded.ended

    def test_every_documented_field_is_there(self, recorded: Recorded) -> None:
        hub = recorded.hub
        computation = hub.list_computations(recorded.running)[0]
        records = [
            hub.get_cluster(recorded.running),
            computation,
            computation.groups[0],
            hub.list_workers(recorded.running)[0],
            hub.list_events(recorded.running)[0],
            hub.list_exceptions()[0],
            hub.list_spans(computation.id)[0],
            hub.get_cluster(recorded.running)["client_list"][0],
        ]
        for record in records:
            documented = {
                name for kind in type(record).__mro__ for name in vars(kind).get("__annotations__", {})
            }
            missing = {name for name in documented if not hasattr(record, name)}
            assert not missing, type(record)
            assert not [name for name in record if name.endswith("_us")]

    def test_computations(self, recorded: Recorded) -> None:
        by_id = recorded.hub.list_computations(recorded.running)
        assert by_id == recorded.hub.list_computations(scheduler_id="Scheduler-new")
        assert by_id == recorded.hub.list_computations()
        (computation,) = by_id
        assert computation.duration == 1.5
        assert computation.state == "erred"
        assert computation.groups[0].durations == {"compute": 0.006}
        alone = recorded.hub.get_computation(computation.id)
        assert alone.groups[0].slowest[0].duration == 0.001
        assert [name for name in alone.groups[0] if name not in computation.groups[0]] == ["slowest"]
        assert {**alone, "groups": None} == {**computation, "groups": None}

    def test_events(self, recorded: Recorded) -> None:
        events = recorded.hub.list_events(recorded.running)
        assert len(events) == 150
        assert [event.time for event in events] == sorted((event.time for event in events), reverse=True)
        assert len(recorded.hub.list_events(recorded.running, topic="mine", limit=50)) == 50
        assert recorded.hub.list_events(recorded.ended) == []

    def test_exceptions(self, recorded: Recorded) -> None:
        (exception,) = recorded.hub.list_exceptions(cluster_id=recorded.running, type="ValueError")
        assert exception.blamed == 3
        assert exception.message == "no such thing\nas this"
        assert recorded.hub.list_exceptions(scheduler_id="Scheduler-new") == [exception]
        assert recorded.hub.list_exceptions(text="nowhere") == []
        assert recorded.hub.find_spans("inc-7", cluster_id=recorded.ended) == []
        (group,) = recorded.hub.list_exception_groups(cluster_id=recorded.running)
        assert (group.id, group.count, group.last) == (exception.group_id, 1, exception.time)

    def test_spans_and_workers(self, recorded: Recorded) -> None:
        computation = recorded.hub.list_computations(recorded.running)[0]
        spans = recorded.hub.list_spans(computation.id)
        assert [span.key for span in spans] == ["inc-0", "inc-1", "inc-2", "inc-7"]
        assert spans[0].actions[0].action == "compute"
        assert [span.key for span in recorded.hub.list_spans(computation.id, status="erred")] == ["inc-7"]
        key = "('inc-1a2b', 0)"
        late = recorded.recorder.spans(tape.Span(key, group="inc-1a2b", computation="c-2"))
        recorded.process.accept(recorded.recorder.session, late)
        (found,) = recorded.hub.find_spans(key)
        assert (found.key, found.cluster_id, found.status) == (key, recorded.running, "memory")
        assert found.actions[0].action == "compute"
        (worker,) = recorded.hub.list_workers(recorded.running)
        assert worker.left is None

    def test_shown(self, recorded: Recorded) -> None:
        for records in (
            recorded.hub.list_clusters(since=None),
            recorded.hub.list_computations(),
            recorded.hub.list_events(recorded.running),
            recorded.hub.list_exceptions(),
        ):
            assert str(records)
            assert "<table>" in records._repr_html_()
            assert len(records.to_pandas()) == len(records)

    def test_refusals(self, recorded: Recorded) -> None:
        with pytest.raises(NotFound, match="99999"):
            recorded.hub.list_events(99999)
        with pytest.raises(NotFound):
            recorded.hub.list_clusters(workspace="elsewhere")
        with pytest.raises(BadRequest, match="status"):
            recorded.hub.list_clusters(status="sunk")
        with pytest.raises(Unauthorized, match="a valid token is required"):
            Hub(recorded.process.address, "ph_wrong").list_clusters()

    def test_module_functions_find_the_local_hub(
        self, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(recorded.process.state_dir.parent))
        assert pilothouse.list_clusters()[0].id == recorded.running


class TestCommandLine:
    def test_clusters(self, cli: Command, recorded: Recorded) -> None:
        said = cli("clusters")
        assert (said.code, said.err) == (0, "")
        lines = said.out.splitlines()
        assert len(lines) == 2
        assert lines[1].split()[:3] == [str(recorded.running), "natt-über", "running"]
        assert len(cli("clusters", "--since", "all").out.splitlines()) == 3

    def test_json_is_what_the_hub_says(self, cli: Command, recorded: Recorded) -> None:
        told = json.loads(cli("exceptions", "--json").out)
        assert told == recorded.process.items("/exceptions")
        told = json.loads(cli("events", str(recorded.running), "--json", "--all").out)
        assert told == recorded.process.items(f"/clusters/{recorded.running}/events", limit=1000)

    @pytest.mark.parametrize("verb", ["clusters", "computations", "events", "exceptions", "workers", "spans"])
    def test_csv_columns_are_known_to_the_hub(self, cli: Command, recorded: Recorded, verb: str) -> None:
        computation = str(recorded.hub.list_computations()[0].id)
        place = {
            "events": [str(recorded.running)],
            "workers": [str(recorded.running)],
            "spans": [computation],
        }
        said = cli(verb, *place.get(verb, []), "--csv")
        assert said.code == 0
        (row, *_) = csv.DictReader(io.StringIO(said.out, newline=""))
        empty = {name for name, value in row.items() if value == ""}
        assert empty <= {
            "left", "expected", "reason", "used", "cpu", "spilled", "executing", "ready", "stop", "stop_reason",
            "plugins",
        }  # fmt: skip

    def test_more_than_shown(self, cli: Command, recorded: Recorded) -> None:
        said = cli("events", "Scheduler-new")
        assert len(said.out.splitlines()) == 101
        assert said.err == "100 shown, there are more events: --limit N or --all\n"

    def test_details(self, cli: Command, recorded: Recorded) -> None:
        computation = recorded.hub.list_computations()[0].id
        said = cli("computations", "--id", str(computation), "--groups", "--code")
        assert "inc-1a2b" in said.out
        assert "job.py:7\nx.sum().compute()\n" in said.out
        assert 'File "job.py", line 7' in cli("exceptions", "--traceback").out

    def test_unknown_things(self, cli: Command) -> None:
        for arguments in (
            ["computations", "99999"],
            ["events", "99999"],
            ["workers", "99999"],
            ["spans", "99999"],
            ["close", "99999"],
            ["computations", "--id", "99999"],
            ["events", "Scheduler-none"],
            ["clusters", "--workspace", "elsewhere"],
        ):
            said = cli(*arguments)
            assert said.code == 5, arguments
            assert said.out == ""
            assert len(said.err.splitlines()) == 2

    def test_refusals(self, cli: Command, recorded: Recorded) -> None:
        assert cli("clusters", "--token", "ph_wrong").code == 4
        for arguments in (["--status", "sunk"], ["--since", "yesterday"], ["--until", "-1"]):
            said = cli("clusters", *arguments)
            assert said.code == 2, said.err
            assert arguments[0][2:] in said.err

    def test_a_wrong_token_in_the_environment(self, cli: Command) -> None:
        said = cli("clusters", DASK_PILOTHOUSE__TOKEN="ph_wrong")
        assert said.code == 4
        assert "DASK_PILOTHOUSE__TOKEN" in said.err.splitlines()[1]

    def test_close_of_an_ended_cluster(self, cli: Command, recorded: Recorded) -> None:
        said = cli("close", str(recorded.ended))
        assert said.code == 0
        assert said.err == f"cluster {recorded.ended} has already stopped\n"

    def test_workspaces(self, cli: Command, recorded: Recorded) -> None:
        state_dir = str(recorded.process.state_dir)
        made = cli("workspace", "create", "research", "--state-dir", state_dir)
        assert made.code == 0
        token = made.out.split()[-1]
        assert token.startswith("ph_")
        assert Hub(recorded.process.address, token).list_clusters(since=None) == []
        assert cli("workspace", "create", "research", "--state-dir", state_dir).code == 1
        assert cli("workspace", "create", "no spaces", "--state-dir", state_dir).code == 2
        names = [item["name"] for item in json.loads(cli("workspace", "list", "--json").out)]
        assert names == ["default", "research"]

    def test_no_workspaces_yet(self, command: Command, tmp_path: Path) -> None:
        said = command("workspace", "list", "--state-dir", str(tmp_path / "none"))
        assert said.code == 5
        assert said.err.splitlines()[1] == "Start a hub on it with: pilothouse serve"

    def test_serve_refuses_other_machines(self, command: Command, tmp_path: Path) -> None:
        said = command("serve", "--host", "0.0.0.0", "--port", "0", "--state-dir", str(tmp_path / "open"))
        assert said.code == 1
        assert said.err


class Scheduler:
    """Stands in for a recorder: beats until it is told to stop, then says so and ends."""

    def __init__(self, process: HubProcess) -> None:
        self.process = process
        self.recorder = tape.Recorder()
        start = time.time_ns() // 1000
        opening = self.recorder.open(scheduler_id=f"Scheduler-{self.recorder.session}", start_us=start)
        self.cluster: int = process.accept(self.recorder.session, opening)["cluster"]
        self.thread = threading.Thread(target=self.beat)

    def beat(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            answer: dict[str, Any] = self.process.accept(self.recorder.session)
            if answer["desired_state"] == "stopped":
                break
            time.sleep(0.05)
        now = time.time_ns() // 1000
        heard = self.recorder.json("control", {"state": "stopped", "acknowledged_us": now})
        self.process.accept(self.recorder.session, heard)
        time.sleep(0.3)
        last = self.recorder.json("end", {"stop_us": now + 300_000, "reason": "closed"})
        self.process.accept(self.recorder.session, last)


@pytest.fixture
def scheduler(process: HubProcess) -> Iterator[Scheduler]:
    scheduler = Scheduler(process)
    scheduler.thread.start()
    yield scheduler
    scheduler.thread.join()


def test_close_from_python(recorded: Recorded, scheduler: Scheduler) -> None:
    cluster = recorded.hub.close(scheduler.cluster)
    assert cluster.status == "stopped"
    desired = cluster.desired_state
    assert desired is not None
    assert desired.acknowledged is not None
    assert desired.observed is not None
    assert recorded.hub.close(scheduler.cluster).status == "stopped"


def test_close_from_the_command_line(cli: Command, scheduler: Scheduler) -> None:
    said = cli("close", str(scheduler.cluster))
    assert said.code == 0
    assert said.err.splitlines()[0] == f"cluster {scheduler.cluster} is asked to stop"
    assert said.err.splitlines()[-1] == f"cluster {scheduler.cluster} has stopped"


def test_a_reader_that_goes_away(cli: Command, recorded: Recorded) -> None:
    script = f"set -o pipefail; '{cli.binary}' events {recorded.running} --all | head -n 1 > {os.devnull}"
    assert subprocess.run(["bash", "-c", script], env=cli.environment, check=False).returncode == 0
