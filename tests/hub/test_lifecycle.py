"""Clusters that stop, are lost, come back and are asked to stop; hubs that end and start again."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
import threading
import time
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit

import pytest
from hub_process import HubProcess, eventually, run_command
from tape import T0, Recorder, Span, computation_record, event_record

StartHub = Callable[..., HubProcess]


def status_of(hub: HubProcess, cluster: int) -> str:
    status: str = hub.get(f"/clusters/{cluster}").body["status"]
    return status


def test_a_silent_cluster_is_lost_until_it_is_heard_again(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s")
    recorder = Recorder()
    cluster = hub.accept(
        recorder.session, recorder.open(), recorder.json("computations", computation_record())
    )["cluster"]
    assert status_of(hub, cluster) == "running"
    eventually(lambda: status_of(hub, cluster) == "lost")
    [computation] = hub.items("/computations")
    assert computation["state"] == "lost"
    assert len(hub.items("/computations", status="lost")) == 1
    assert hub.items("/computations", status="running") == []
    assert [item["id"] for item in hub.items("/clusters", status="lost")] == [cluster]
    assert hub.items("/clusters", status="running") == []

    hub.accept(recorder.session)
    assert status_of(hub, cluster) == "running"
    assert hub.items("/computations")[0]["state"] == "running"


def test_a_close_is_requested_acknowledged_and_observed(workspace: HubProcess) -> None:
    recorder = Recorder()
    cluster = workspace.accept(recorder.session, recorder.open())["cluster"]
    asked = workspace.ask_to_stop(cluster)
    assert asked.status == 202
    desired = asked.body["desired_state"]
    assert (desired["state"], desired["acknowledged_us"], desired["observed_us"]) == ("stopped", None, None)

    again = workspace.ask_to_stop(cluster)
    assert (again.status, again.body["desired_state"]) == (202, desired)

    assert workspace.accept(recorder.session)["desired_state"] == "stopped"
    control = recorder.json("control", {"state": "stopped", "acknowledged_us": T0 + 5})
    workspace.accept(recorder.session, control)
    desired = workspace.get(f"/clusters/{cluster}").body["desired_state"]
    assert (desired["acknowledged_us"], desired["observed_us"]) == (T0 + 5, None)

    workspace.accept(
        recorder.session, recorder.json("end", {"stop_us": T0 + 9, "reason": "closed by Pilothouse"})
    )
    body = workspace.get(f"/clusters/{cluster}").body
    assert (body["status"], body["stop_us"], body["stop_reason"]) == (
        "stopped",
        T0 + 9,
        "closed by Pilothouse",
    )
    assert body["desired_state"]["observed_us"] >= body["desired_state"]["requested_us"]

    late = workspace.ask_to_stop(cluster)
    assert late.status == 200
    assert "already stopped" in late.body["message"]
    assert late.body["desired_state"] == body["desired_state"]


def test_a_stopped_cluster_is_not_asked(workspace: HubProcess) -> None:
    recorder = Recorder()
    end = {"stop_us": T0 + 9, "reason": "closed"}
    cluster = workspace.accept(recorder.session, recorder.open(), recorder.json("end", end))["cluster"]
    answer = workspace.ask_to_stop(cluster)
    assert (answer.status, answer.body["desired_state"]) == (200, None)


def test_chunks_after_the_end_are_kept(workspace: HubProcess) -> None:
    recorder = Recorder()
    end = {"stop_us": T0 + 9, "reason": "closed"}
    cluster = workspace.accept(recorder.session, recorder.open(), recorder.json("end", end))["cluster"]
    workspace.accept(recorder.session, recorder.json("events", event_record()))
    body = workspace.get(f"/clusters/{cluster}").body
    assert (body["status"], body["events"]) == ("stopped", 1)


def test_a_lost_cluster_is_asked_in_case_it_comes_back(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s")
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    eventually(lambda: status_of(hub, cluster) == "lost")
    answer = hub.ask_to_stop(cluster)
    assert answer.status == 200
    assert "lost" in answer.body["message"]
    assert answer.body["desired_state"]["observed_us"] is not None
    assert hub.accept(recorder.session)["desired_state"] == "stopped"
    assert hub.get(f"/clusters/{cluster}").body["desired_state"]["observed_us"] is None


def test_a_cluster_that_is_lost_while_closing_is_observed(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s")
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    assert hub.ask_to_stop(cluster).status == 202
    eventually(lambda: hub.get(f"/clusters/{cluster}").body["desired_state"]["observed_us"])
    body = hub.get(f"/clusters/{cluster}").body
    assert body["desired_state"]["observed_us"] == body["last_seen_us"] + 1_000_000


def test_the_clock_may_be_set_back(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s")
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    hub.stop()
    tomorrow = int((time.time() + 86_400) * 1_000_000)
    with sqlite3.connect(hub.state_dir / "hub.db") as database:
        database.execute("UPDATE clusters SET last_seen_us = ?", (tomorrow,))
    database.close()
    hub.start()
    body = hub.get(f"/clusters/{cluster}").body
    assert body["status"] == "running"
    assert body["last_seen_us"] <= time.time() * 1_000_000
    hub.accept(recorder.session)
    eventually(lambda: status_of(hub, cluster) == "lost")


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_what_was_acknowledged_is_there_after_the_hub(start_hub: StartHub, end: str) -> None:
    hub = start_hub()
    recorders = [Recorder() for _ in range(4)]
    acknowledged = {recorder.session: 0 for recorder in recorders}
    for recorder in recorders:
        hub.accept(recorder.session, recorder.open())

    def write(recorder: Recorder) -> None:
        try:
            while True:
                chunks = [
                    recorder.json("events", event_record()),
                    recorder.spans(Span(f"k-{recorder.sequence}")),
                ]
                acknowledged[recorder.session] = hub.accept(recorder.session, *chunks)["mark"]
        except (OSError, AssertionError, json.JSONDecodeError):
            pass

    threads = [threading.Thread(target=write, args=(recorder,)) for recorder in recorders]
    for thread in threads:
        thread.start()
    eventually(lambda: all(mark > 20 for mark in acknowledged.values()))
    hub.stop() if end == "SIGTERM" else hub.kill()
    for thread in threads:
        thread.join()

    hub.start()
    for recorder in recorders:
        receipt = hub.accept(recorder.session)
        assert receipt["mark"] >= acknowledged[recorder.session]
        cluster = hub.get(f"/clusters/{receipt['cluster']}").body
        # Of each request both chunks or none.
        assert cluster["events"] == cluster["spans"] == (receipt["mark"] - 1) / 2


def test_a_request_that_runs_is_finished(start_hub: StartHub) -> None:
    hub = start_hub()
    recorder = Recorder()
    body = recorder.open()
    parts = urlsplit(hub.address)
    idle = hub.connect()
    idle.request("GET", "/healthz")
    idle.getresponse().read()
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(
            f"POST /api/v1/sessions/{recorder.session}/chunks HTTP/1.1\r\nHost: hub\r\n"
            f"Authorization: Bearer {hub.token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body[:100]
        )
        time.sleep(0.3)
        hub.process.terminate()
        time.sleep(0.3)
        assert hub.process.poll() is None
        connection.sendall(body[100:])
        answer = b""
        while data := connection.recv(4096):
            answer += data
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer
    assert hub.process.wait(10) == 0
    hub.process.communicate()
    hub.start()
    assert hub.accept(recorder.session)["mark"] == 1


def test_first_and_later_starts(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    assert hub.first_line == f"Pilothouse hub listening on {hub.address}"
    assert hub.client_file == {"address": hub.address, "token": hub.token, "workspace": "default"}
    assert hub.token.startswith("ph_")
    assert len(hub.token) == 46
    assert hub.get("/workspace").body["name"] == "default"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in hub.state_dir.iterdir()}
    assert modes.keys() >= {"hub.db", "hub.db-wal", "client.json"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(hub.state_dir.stat().st_mode) == 0o700

    token, address = hub.token, hub.address
    hub.process.terminate()
    stdout, stderr = hub.process.communicate(timeout=30)
    assert token in stdout.decode()
    assert stderr == b""
    hub.start()
    assert hub.token == token
    assert hub.address != address
    hub.process.terminate()
    stdout, _ = hub.process.communicate(timeout=30)
    assert stdout == b""
    assert not (hub.state_dir / "hub.db-wal").exists()


def run_hub(*flags: str) -> tuple[int, str]:
    done = run_command("serve", *flags)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_one_hub_for_a_state_directory(start_hub: StartHub) -> None:
    hub = start_hub()
    code, message = run_hub("--port", "0", "--state-dir", str(hub.state_dir))
    assert code == 1
    assert "another hub serves" in message
    assert hub.get("/workspace").status == 200


def test_a_port_in_use_is_told(hub: HubProcess, tmp_path: Path) -> None:
    port = hub.address.rsplit(":")[-1]
    code, message = run_hub("--port", port, "--state-dir", str(tmp_path))
    assert code == 1
    assert port in message
    assert "--port" in message
    assert not (tmp_path / "client.json").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_kept_out(tmp_path: Path, host: str) -> None:
    code, message = run_hub("--host", host, "--port", "0", "--state-dir", str(tmp_path))
    assert code == 1
    assert "TLS" in message
    assert "--insecure" in message
    assert list(tmp_path.iterdir()) == []


def test_insecure_is_for_those_who_say_so(start_hub: StartHub) -> None:
    hub = start_hub("--host", "0.0.0.0", "--insecure")
    assert hub.first_line.startswith("Pilothouse hub listening on http://0.0.0.0:")
    assert hub.client_file["address"].startswith("http://127.0.0.1:")


def test_a_database_of_a_newer_hub_is_left_alone(start_hub: StartHub) -> None:
    hub = start_hub()
    hub.stop()
    with sqlite3.connect(hub.state_dir / "hub.db") as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    code, message = run_hub("--port", "0", "--state-dir", str(hub.state_dir))
    assert code == 1
    assert "newer Pilothouse" in message


def test_workspaces_may_be_made_while_a_hub_runs(hub: HubProcess) -> None:
    token = hub.make_workspace("research")
    assert hub.get("/workspace", token=token).body["name"] == "research"
    with pytest.raises(AssertionError, match="there is a workspace"):
        hub.make_workspace("research")
    with pytest.raises(AssertionError, match="name has 1 to 64 letters"):
        hub.make_workspace("not/a name")


def test_many_writers_at_once(workspace: HubProcess) -> None:
    recorders = [Recorder() for _ in range(16)]
    failures: list[Any] = []

    def write(recorder: Recorder) -> None:
        try:
            workspace.accept(recorder.session, recorder.open())
            for _ in range(20):
                workspace.accept(recorder.session, recorder.json("events", event_record()))
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(recorder,)) for recorder in recorders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [cluster["events"] for cluster in workspace.items("/clusters")] == 16 * [20]
