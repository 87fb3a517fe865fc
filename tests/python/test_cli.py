from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
from pathlib import Path
from typing import Any

import fake_hub as fake
import pytest
from fake_hub import FakeHub
from run_command import Command

OK, FAILED, USAGE, UNREACHABLE, UNAUTHORIZED, NOT_FOUND = range(6)


@pytest.fixture
def cli(command: Command, fake_hub: FakeHub) -> Command:
    """The command line, with a hub of the test's own."""
    command.environment["DASK_PILOTHOUSE__ADDRESS"] = fake_hub.address
    command.environment["DASK_PILOTHOUSE__TOKEN"] = "ph_token"
    return command


def on_a_terminal(command: Command, *arguments: str, columns: int = 120, **environment: str) -> str:
    """What the command writes when its standard output is a terminal of that width."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [str(command.binary), *arguments],
        env={"TERM": "xterm", **command.environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=child,
        stderr=subprocess.DEVNULL,
    )
    os.close(child)
    chunks = []
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # how a terminal says that nobody writes any more
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(parent)
    assert process.wait(timeout=60) == OK
    return b"".join(chunks).decode().replace("\r\n", "\n")


class TestListings:
    def test_clusters(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged(
            "/clusters", [fake.cluster(12, name="nightly"), fake.cluster(3, status="lost", user="gr")]
        )
        said = cli("clusters")
        assert said.code == OK
        assert said.err == ""
        lines = said.out.splitlines()
        assert lines[0].split()[:5] == ["id", "name", "status", "start", "duration"]
        assert lines[1].startswith("12  nightly    running  2026-02-01T13:45:10Z  1 min 30 s")
        assert lines[2].startswith(" 3  cluster 3  lost     2026-02-01T13:45:10Z")
        assert "Scheduler-0012" in lines[1]
        assert "\t" not in said.out
        assert "\x1b" not in said.out
        assert fake_hub.requests[0].query == {"since": "7 days", "limit": "100"}
        assert fake_hub.requests[0].headers["Authorization"] == "Bearer ph_token"

    def test_filters_are_sent(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters", [])
        words = ["--since", "all", "--until", "1h", "--user", "ada", "--status", "lost", "--text", "ä & b"]
        said = cli("--workspace", "research", "clusters", *words, "--limit", "7")
        assert said.code == OK
        assert said.out == ""
        assert said.err == "no clusters\n"
        assert fake_hub.requests[0].query == {
            "until": "1h",
            "user": "ada",
            "status": "lost",
            "text": "ä & b",
            "workspace": "research",
            "limit": "7",
        }

    def test_nothing_says_how_to_see_more(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/exceptions", [])
        said = cli("exceptions")
        assert said.err == "no exceptions (--since 7 days; --since all looks at everything)\n"

    def test_json(self, cli: Command, fake_hub: FakeHub) -> None:
        records = [fake.cluster(1), fake.cluster(2)]
        fake_hub.paged("/clusters", records)
        assert json.loads(cli("clusters", "--json").out) == records
        fake_hub.paged("/clusters", [])
        assert json.loads(cli("clusters", "--json").out) == []

    def test_csv(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/exceptions", [fake.exception(message='a "b",\nc')])
        said = cli("exceptions", "--csv")
        assert said.out.startswith("time,cluster,type,")
        rows = list(csv.DictReader(io.StringIO(said.out, newline="")))
        assert len(rows) == 1
        assert rows[0]["full_message"] == 'a "b",\nc'
        assert rows[0]["time"] == "2026-02-01T13:45:10.123456Z"
        assert rows[0]["workers"] == '["tcp://127.0.0.1:9000"]'

    def test_csv_keeps_its_header_when_empty(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters", [])
        assert cli("clusters", "--csv").out.startswith("id,name,status,")

    def test_limit_and_all(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters/1/events", [fake.event(number) for number in range(2500)])
        said = cli("events", "1", "--json")
        assert len(json.loads(said.out)) == 100
        assert said.err == "100 shown, there are more events: --limit N or --all\n"
        said = cli("events", "1", "--json", "--limit", "1500")
        assert len(json.loads(said.out)) == 1500
        said = cli("events", "1", "--json", "--all")
        assert [record["id"] for record in json.loads(said.out)] == list(range(2500))
        assert said.err == ""

    def test_computations(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters/1/computations", [fake.computation(5)])
        line = cli("computations", "1").out.splitlines()[1]
        assert line.split() == [
            "5",
            "1",
            "done",
            "2026-02-01T13:45:10Z",
            "2.5",
            "s",
            "4/4",
            "0",
            "total",
            "=",
            "x.sum()",
        ]
        said = cli("computations", "1", "--groups", "--code")
        assert "sum-1a2b" in said.out
        assert "ones-3c4d" in said.out
        assert "1.5 s" in said.out
        assert "/home/ada/work.py:7\n\n  total = x.sum()\n  print(total)\n" in said.out

    def test_all_computations(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/computations", [fake.computation(5)])
        assert cli("computations").out.splitlines()[1].startswith(" 5")

    def test_one_computation(self, cli: Command, fake_hub: FakeHub) -> None:
        record = fake.computation(5)
        fake_hub.answers["GET", "/computations/5"] = (200, record)
        assert "sum-1a2b" in cli("computations", "--id", "5").out
        assert json.loads(cli("computations", "--id", "5", "--json").out) == [record]
        assert cli("computations", "--id", "5", "--csv").out.count("\r\n") == 2

    def test_exceptions(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/exceptions", [fake.exception(message="first\nsecond")])
        line = cli("exceptions", "--cluster", "4", "--type", "ZeroDivisionError").out.splitlines()[1]
        assert "ZeroDivisionError  first    ('div-1', 0)       3" in line
        assert fake_hub.requests[0].query["cluster_id"] == "4"
        assert fake_hub.requests[0].query["type"] == "ZeroDivisionError"
        said = cli("exceptions", "--traceback")
        assert said.out.startswith("ZeroDivisionError: first second\ncluster 1, 2026-02-01T13:45:10Z, key ")
        assert "    return 1 / x\n" in said.out

    def test_exceptions_in_groups(self, cli: Command, fake_hub: FakeHub) -> None:
        group = {"id": 9, "cluster_id": 4, "type": "KeyError", "message": "row 1", "count": 1200}
        fake_hub.paged("/exceptions/groups", [{**group, "first_us": 5, "last_us": fake.START_US}])
        title, line = cli("exceptions", "--group", "--user", "ada").out.splitlines()
        assert title.split()[:5] == ["last", "cluster", "count", "type", "message"]
        assert line.split()[1:6] == ["4", "1200", "KeyError", "row", "1"]
        assert fake_hub.requests[0].query["user"] == "ada"
        assert cli("exceptions", "--group", "--traceback").code == USAGE

    def test_find(self, cli: Command, fake_hub: FakeHub) -> None:
        span = {
            "key": "inc-1",
            "status": "erred",
            "start_us": 0,
            "stop_us": 1500,
            "nbytes": -1,
            "actions": [],
        }
        fake_hub.paged("/spans", [{"cluster_id": 4, "computation_id": 12, **span}])
        line = cli("find", "inc-1", "--cluster", "4", "--computation", "12").out.splitlines()[1]
        assert line.split()[:4] == ["4", "12", "inc-1", "erred"]
        query = fake_hub.requests[0].query
        assert (query["key"], query["cluster_id"], query["computation_id"]) == ("inc-1", "4", "12")
        assert cli("find").code == USAGE

    def test_workers_and_spans(self, cli: Command, fake_hub: FakeHub) -> None:
        worker: dict[str, Any] = {
            "id": 1,
            "address": "tcp://w:1",
            "name": "w",
            "host": "h",
            "nthreads": 2,
            "memory_limit": 1 << 30,
            "joined_us": fake.START_US,
            "left_us": None,
            "last": None,
        }
        span = {"key": "k", "status": "memory", "start_us": 0, "stop_us": 1500, "nbytes": -1, "actions": []}
        fake_hub.paged("/clusters/1/workers", [worker])
        fake_hub.paged("/computations/2/spans", [span])
        workers = cli("workers", "1").out.splitlines()[1]
        assert workers.startswith("w     tcp://w:1        2  1.0 GiB  2026-02-01T13:45:10Z  -")
        spans = cli("spans", "2", "--status", "memory").out.splitlines()[1]
        assert spans.split()[:5] == ["k", "memory", "1970-01-01T00:00:00Z", "2", "ms"]

    def test_a_cluster_by_its_scheduler_id(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters", [fake.cluster(7, name="Scheduler-0003"), fake.cluster(3)])
        fake_hub.paged("/clusters/3/events", [fake.event()])
        assert cli("events", "Scheduler-0003").code == OK
        assert fake_hub.requests[0].query["text"] == "Scheduler-0003"
        said = cli("events", "Scheduler-9999")
        assert said.code == NOT_FOUND
        assert said.err == (
            'pilothouse: the hub has no cluster with the scheduler id "Scheduler-9999"\n'
            "See what there is with: pilothouse clusters --since all\n"
        )


class TestTerminal:
    def test_relative_times_and_colors(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters", [fake.cluster()])
        text = on_a_terminal(cli, "clusters")
        assert text.startswith("\x1b[1mid\x1b[0m")
        assert "\x1b[32mrunning\x1b[0m" in text
        assert re.search(r"\d+ days ago", text)

    @pytest.mark.parametrize("quiet", ["NO_COLOR=1", "TERM=dumb"])
    def test_no_color(self, cli: Command, fake_hub: FakeHub, quiet: str) -> None:
        fake_hub.paged("/clusters", [fake.cluster()])
        name, _, value = quiet.partition("=")
        cli.environment[name] = value
        assert "\x1b" not in on_a_terminal(cli, "clusters")

    @pytest.mark.parametrize("columns", [80, 100, 160])
    def test_fitted_to_the_width(self, cli: Command, fake_hub: FakeHub, columns: int) -> None:
        fake_hub.paged("/clusters", [fake.cluster(name="長" * 200)])
        lines = on_a_terminal(cli, "clusters", columns=columns, NO_COLOR="1").splitlines()
        widths = [sum(2 if c == "長" else 1 for c in line) for line in lines]
        assert max(widths) <= columns
        assert "…" in lines[1]

    def test_control_characters_are_not_passed_on(self, cli: Command, fake_hub: FakeHub) -> None:
        nasty = "a\x1b]0;title\x07\u009b2J\u202eb"
        fake_hub.paged("/exceptions", [fake.exception(message=nasty, traceback=nasty, type=nasty)])
        for arguments in (["exceptions"], ["exceptions", "--traceback"]):
            text = on_a_terminal(cli, *arguments, NO_COLOR="1", columns=300)
            assert not any(c in text for c in "\x1b\x07\u009b\u202e")


class TestFailures:
    def test_nobody_there(self, command: Command) -> None:
        said = command("clusters", "--address", "http://127.0.0.1:1")
        assert said.code == UNREACHABLE
        assert said.err.splitlines()[0].startswith("pilothouse: no answer from the hub at http://127.0.0.1:1")
        assert said.err.splitlines()[1:] == ["Is it running? Start one with: pilothouse serve"]

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, USAGE),
            (401, UNAUTHORIZED),
            (403, UNAUTHORIZED),
            (404, NOT_FOUND),
            (429, FAILED),
            (500, FAILED),
            (503, UNREACHABLE),
        ],
    )
    def test_refusals(self, cli: Command, fake_hub: FakeHub, status: int, code: int) -> None:
        fake_hub.answers["GET", "/clusters"] = (status, {"error": {"code": "x", "message": "that is why"}})
        said = cli("clusters")
        assert said.code == code
        assert said.err.startswith("pilothouse: that is why")
        assert said.out == ""

    def test_too_many_requests(self, cli: Command, fake_hub: FakeHub) -> None:
        message = "too many requests with this token; try again in 2 s"
        fake_hub.answers["GET", "/clusters"] = (
            429,
            {"error": {"code": "too_many_requests", "message": message}},
        )
        assert cli("clusters").err.splitlines() == [
            f"pilothouse: {message}",
            "Whoever runs the hub can raise the limit: pilothouse serve --rate-limit",
        ]

    @pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}", b"", b'{"items": 3, "next": null}'])
    def test_something_else_at_the_address(self, cli: Command, fake_hub: FakeHub, content: bytes) -> None:
        fake_hub.answers["GET", "/clusters"] = (200, content)
        said = cli("clusters")
        assert said.code == FAILED
        assert said.err.startswith("pilothouse: ")

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["sail"],
            ["clusters", "--sail"],
            ["events"],
            ["events", ""],
            ["computations", ""],
            ["exceptions", "--cluster", ""],
            ["clusters", "--limit", "0"],
            ["clusters", "--limit", "many"],
            ["clusters", "--json", "--csv"],
            ["clusters", "--all", "--limit", "3"],
            ["spans", "x"],
            ["computations", "1", "--id", "2"],
            ["close", "1", "--timeout", "soon"],
            ["completion", "tcsh"],
            ["serve", "--port", "70000"],
            ["serve", "--lost-after", "soon"],
            ["serve", "--lost-after", "1ms"],
            ["serve", "--retention-interval", "1us"],
            ["workspace"],
            ["workspace", "set", "default"],
            ["workspace", "set", "default", "--keep-spans", "soon"],
            ["workspace", "set", "default", "--keep-records", "5s"],
            ["workspace", "set", "default", "--max-size", "much"],
            ["backup"],
            ["restore"],
            ["clusters", "--address", "hub"],
            ["clusters", "--token", "a b"],
        ],
    )
    def test_wrong_usage(self, command: Command, arguments: list[str]) -> None:
        said = command(*arguments)
        assert said.code == USAGE
        assert said.out == ""
        lines = said.err.splitlines()
        assert lines[0].startswith("pilothouse: ")
        assert lines[1] == "Run with --help for more information."

    def test_a_broken_configuration_file_is_named(self, command: Command, clean_configuration: Path) -> None:
        (clean_configuration / "x.yaml").write_text("pilothouse: [")
        said = command("clusters")
        assert said.code == FAILED
        assert "x.yaml is not valid YAML" in said.err

    def test_a_reader_that_goes_away(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters/1/events", [fake.event(number) for number in range(20_000)])
        script = f'set -o pipefail; "{cli.binary}" events 1 --all --json | head -n 2'
        done = subprocess.run(
            ["bash", "-c", script], env=cli.environment, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == OK
        assert done.stderr == b""
        assert len(done.stdout.splitlines()) == 2
        assert len(fake_hub.requests) < 20

    def test_a_full_disk_is_a_failure(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/clusters", [fake.cluster()])
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [str(cli.binary), "clusters"],
                env=cli.environment,
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert done.returncode == FAILED
        assert b"No space left on device" in done.stderr


class TestClose:
    def answers(self, fake_hub: FakeHub, status: str, observed: bool, acknowledged: bool = True) -> None:
        desired = {
            "state": "stopped",
            "requested_us": 1,
            "acknowledged_us": 2 if acknowledged else None,
            "observed_us": 3 if observed else None,
        }
        fake_hub.answers["POST", "/clusters/1/desired-state"] = (202, fake.cluster(desired_state=None))
        fake_hub.answers["GET", "/clusters/1"] = (200, fake.cluster(status=status, desired_state=desired))

    def test_waits(self, cli: Command, fake_hub: FakeHub) -> None:
        self.answers(fake_hub, "stopped", observed=True)
        said = cli("close", "1")
        assert said.code == OK
        assert said.err == "cluster 1 is asked to stop\ncluster 1 has stopped\n"
        assert json.loads(fake_hub.requests[0].body) == {"state": "stopped"}
        assert fake_hub.requests[0].headers["Content-Type"] == "application/json"

    def test_does_not_wait(self, cli: Command, fake_hub: FakeHub) -> None:
        self.answers(fake_hub, "running", observed=False)
        assert cli("close", "1", "--no-wait").code == OK
        assert len(fake_hub.requests) == 1

    def test_gives_up(self, cli: Command, fake_hub: FakeHub) -> None:
        self.answers(fake_hub, "running", observed=False)
        said = cli("close", "1", "--timeout", "200ms")
        assert said.code == FAILED
        assert "cluster 1 has heard of it and is closing\n" in said.err
        assert "pilothouse: cluster 1 has not stopped within 200ms; it is closing\n" in said.err

    def test_ended_already(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.answers["POST", "/clusters/1/desired-state"] = (200, fake.cluster(status="stopped"))
        said = cli("close", "1")
        assert said.code == OK
        assert said.err == "cluster 1 has already stopped\n"

    def test_unknown(self, cli: Command) -> None:
        assert cli("close", "99").code == NOT_FOUND


class TestHelp:
    def test_every_verb_has_an_example(self, command: Command) -> None:
        text = command("--help").out
        assert "Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 no answer" in text
        verbs = re.findall(r"^  ([a-z]+) {3,}", text.partition("Subcommands:")[2], re.MULTILINE)
        assert {"serve", "workspace", "clusters", "close", "completion"} <= set(verbs)
        for verb in verbs:
            said = command(verb, "--help")
            assert said.code == OK
            assert re.search(r"Examples?:\n +.*pilothouse", said.out), verb

    def test_version(self, command: Command) -> None:
        assert re.fullmatch(r"pilothouse \d+\.\d+\.\d+\n", command("--version").out)


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_syntax(self, command: Command, shell: str, tmp_path: Path) -> None:
        script = tmp_path / f"completion.{shell}"
        script.write_text(command("completion", shell).out)
        assert "desired" not in script.read_text()
        assert "workspace" in script.read_text()
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0

    @pytest.mark.parametrize(
        ("words", "completions"),
        [
            (["clu"], {"clusters"}),
            (["ope"], {"open"}),
            (["open", "3", "--pr"], {"--print"}),
            (
                ["workspace", ""],
                {"create", "set", "list", "--help", "--address", "--ca-file", "--token", "--workspace"},
            ),
            (["--address", "serve", "ev"], {"events"}),
            (["close", "3", "--no"], {"--no-wait"}),
            (["computations", "--c"], {"--code", "--csv", "--ca-file"}),
            (["clusters", "--user", ""], set()),
        ],
    )
    def test_bash(self, command: Command, tmp_path: Path, words: list[str], completions: set[str]) -> None:
        script = tmp_path / "completion.bash"
        script.write_text(command("completion", "bash").out)
        quoted = " ".join(f"'{word}'" for word in ["pilothouse", *words])
        run = f'source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _pilothouse; echo "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", run], capture_output=True, text=True, check=True)
        assert set(done.stdout.split()) == completions
