"""The stream of changes: who hears of what, and when it ends."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit

import pytest
from certificates import Authority
from hub_process import HubProcess, eventually
from tape import T0, Recorder, event_record

StartHub = Callable[..., HubProcess]
Event = tuple[str, Any]


class Stream:
    """What one client of /api/v1/changes hears."""

    def __init__(self, hub: HubProcess, query: str = "", token: str = "", timeout: float = 20) -> None:
        self.connection = hub.connect(timeout)
        self.connection.request(
            "GET", f"/api/v1/changes{query}", headers={"Authorization": f"Bearer {token or hub.token}"}
        )
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def lines(self) -> Iterator[str]:
        while line := self.response.readline():
            yield line.decode().rstrip("\n")

    def next(self) -> Event | None:
        """None at the end of the answer."""
        name = ""
        for line in self.lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
        return None

    def hears_of(self, cluster: int) -> None:
        event = self.next()
        while event != ("changes", {"clusters": [cluster]}):
            assert event is not None
            event = self.next()

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture
def follow() -> Iterator[Callable[..., Stream]]:
    """Streams that have heard the hub's hello."""
    streams: list[Stream] = []

    def begin(*arguments: Any, **options: Any) -> Stream:
        stream = Stream(*arguments, **options)
        streams.append(stream)
        assert stream.status == 200
        event = stream.next()
        assert event is not None
        assert event[0] == "hello"
        return stream

    yield begin
    for stream in streams:
        stream.close()


Follow = Callable[..., Stream]


def new_cluster(hub: HubProcess, token: str = "") -> tuple[Recorder, int]:
    recorder = Recorder()
    return recorder, hub.accept(recorder.session, recorder.open(), token=token)["cluster"]


def test_it_begins_with_a_hello(hub: HubProcess) -> None:
    streams = [Stream(hub) for _ in range(2)]
    hellos = [stream.next() for stream in streams]
    assert hellos[0] == hellos[1]
    assert hellos[0] is not None
    assert hellos[0][0] == "hello"
    assert hellos[0][1].keys() == {"hub", "version"}
    headers = streams[0].response.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    for stream in streams:
        stream.close()


def test_whatever_is_stored_is_heard_of(workspace: HubProcess, follow: Follow) -> None:
    stream = follow(workspace)
    recorder, cluster = new_cluster(workspace)
    assert stream.next() == ("changes", {"clusters": [cluster]})
    workspace.accept(recorder.session, recorder.json("events", event_record()))
    assert stream.next() == ("changes", {"clusters": [cluster]})
    workspace.accept(recorder.session)  # a heartbeat
    assert stream.next() == ("changes", {"clusters": [cluster]})
    workspace.ask_to_stop(cluster)
    assert stream.next() == ("changes", {"clusters": [cluster]})


def test_at_most_two_messages_a_second(workspace: HubProcess, follow: Follow) -> None:
    stream = follow(workspace)
    recorders = [new_cluster(workspace)[0] for _ in range(3)]
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for recorder in recorders:
            workspace.accept(recorder.session)
        time.sleep(0.02)
    heard: list[float] = []
    began = time.monotonic()
    _, last = new_cluster(workspace)
    while True:
        event = stream.next()
        assert event is not None
        heard.append(time.monotonic())
        if last in event[1]["clusters"]:
            break
    assert 3 <= len(heard) <= 9
    assert heard[-1] - began < 2


def test_many_clusters_are_not_named(workspace: HubProcess, follow: Follow) -> None:
    stream = follow(workspace)
    new_cluster(workspace)
    first = stream.next()
    uploads = [Recorder() for _ in range(250)]
    named = 0
    connection = workspace.connect()
    for recorder in uploads:
        connection.request(
            "POST",
            f"/api/v1/sessions/{recorder.session}/chunks",
            body=recorder.open(),
            headers={"Authorization": f"Bearer {workspace.token}"},
        )
        assert connection.getresponse().read()
    connection.close()
    assert first is not None
    _, last = new_cluster(workspace)
    while True:
        event = stream.next()
        assert event is not None
        if event[1] == {"all": True}:
            break  # the last one may be among them
        assert len(event[1]["clusters"]) <= 200
        named += len(event[1]["clusters"])
        if last in event[1]["clusters"]:
            break
    assert named <= 251


def test_other_workspaces_are_not_heard(workspace: HubProcess, follow: Follow) -> None:
    other = workspace.make_workspace(f"other{time.monotonic_ns()}")
    stream = follow(workspace)
    there = follow(workspace, token=other)
    new_cluster(workspace, token=other)
    _, own = new_cluster(workspace)
    assert stream.next() == ("changes", {"clusters": [own]})
    event = there.next()
    assert event is not None
    assert own not in event[1]["clusters"]


def test_one_cluster_alone(workspace: HubProcess, follow: Follow) -> None:
    recorder, cluster = new_cluster(workspace)
    stream = follow(workspace, f"?cluster_id={cluster}")
    new_cluster(workspace)
    time.sleep(0.6)
    workspace.accept(recorder.session)
    assert stream.next() == ("changes", {"clusters": [cluster]})
    for query in ("?cluster_id=0", "?cluster_id=x", "?cluster=1"):
        assert workspace.request("GET", f"/api/v1/changes{query}").error == (400, "invalid_parameter")


def test_removals_are_heard_of(start_hub: StartHub, follow: Follow) -> None:
    hub = start_hub("--retention-interval", "100ms", "--lost-after", "1s")
    recorder, cluster = new_cluster(hub)
    hub.accept(recorder.session, recorder.json("events", *[event_record() for _ in range(50)]))
    hub.accept(recorder.session, recorder.json("end", {"stop_us": T0 + 9, "reason": "closed"}))
    stream = follow(hub)
    hub.local("workspace", "set", "default", "--max-size", "1KiB")
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert hub.get(f"/clusters/{cluster}").status == 404


def test_silence_is_heard_of(start_hub: StartHub, follow: Follow) -> None:
    hub = start_hub("--lost-after", "2s")
    stream = follow(hub)
    recorder, cluster = new_cluster(hub)
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert hub.get(f"/clusters/{cluster}").body["status"] == "lost"

    hub.accept(recorder.session)
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert hub.get(f"/clusters/{cluster}").body["status"] == "running"
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert hub.get(f"/clusters/{cluster}").body["status"] == "lost"


def test_a_hub_that_starts_again_hears_of_silence(start_hub: StartHub, follow: Follow) -> None:
    hub = start_hub("--lost-after", "4s")
    _, cluster = new_cluster(hub)
    hub.stop()
    hub = start_hub("--lost-after", "4s")
    stream = follow(hub)
    assert hub.get(f"/clusters/{cluster}").body["status"] == "running"
    assert stream.next() == ("changes", {"clusters": [cluster]})
    assert hub.get(f"/clusters/{cluster}").body["status"] == "lost"


def make_token(hub: HubProcess, *flags: str) -> tuple[int, str]:
    return hub.make_token(hub.get("/workspace").body["user"], *flags)


def test_a_revoked_token_hears_no_more(hub: HubProcess, follow: Follow) -> None:
    number, token = make_token(hub, "--scopes", "read")
    stream, other = follow(hub, token=token), follow(hub)
    assert hub.request("POST", f"/api/v1/tokens/{number}/revoke", body=b"{}").status == 200
    assert stream.next() == ("bye", {"reason": "token"})
    assert stream.next() is None
    _, cluster = new_cluster(hub)
    other.hears_of(cluster)


def test_a_token_that_expires_hears_no_more(hub: HubProcess, follow: Follow) -> None:
    stream = follow(hub, token=make_token(hub, "--scopes", "read", "--expires", "3s")[1])
    began = time.monotonic()
    assert stream.next() == ("bye", {"reason": "token"})
    assert time.monotonic() - began < 5


def test_a_token_revoked_behind_the_hubs_back(hub: HubProcess, follow: Follow) -> None:
    """By the command line, on the hub's machine; and until then there are pings."""
    number, token = make_token(hub, "--scopes", "read")
    stream = follow(hub, token=token, timeout=60)
    hub.local("token", "revoke", str(number))
    lines = list(stream.lines())
    assert lines[1] == ": ping"
    assert lines[-3:] == ["event: bye", 'data: {"reason":"token"}', ""]


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_hub_that_stops_says_bye(start_hub: StartHub, follow: Follow, tmp_path: Path, tls: bool) -> None:
    authority = Authority(tmp_path / "certificates")
    certificate, key = authority.issue()
    flags = ("--tls-cert", str(certificate), "--tls-key", str(key)) if tls else ()
    hub = start_hub(*flags, trust=authority.file if tls else None)
    streams = [follow(hub) for _ in range(5)]
    _, cluster = new_cluster(hub)
    for stream in streams:
        assert stream.next() == ("changes", {"clusters": [cluster]})
    began = time.monotonic()
    hub.stop()
    assert time.monotonic() - began < 3
    for stream in streams:
        assert stream.next() == ("bye", {"reason": "stopping"})
        assert stream.next() is None


def test_another_process_is_another_hub(start_hub: StartHub) -> None:
    hub = start_hub()
    first = Stream(hub)
    hello = first.next()
    hub.stop()
    hub.start()
    second = Stream(hub)
    again = second.next()
    assert hello is not None
    assert again is not None
    assert hello[1]["hub"] != again[1]["hub"]
    second.close()


def test_a_token_follows_so_many(hub: HubProcess, follow: Follow) -> None:
    token = hub.make_workspace("followers")
    streams = [follow(hub, token=token) for _ in range(64)]
    answer = hub.request("GET", "/api/v1/changes", token=token)
    assert answer.error == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0
    assert hub.request("GET", "/api/v1/changes").status == 200
    streams[0].close()  # it is noticed
    eventually(lambda: hub.request("GET", "/api/v1/changes", token=token).status == 200)


def test_all_together_follow_so_many(start_hub: StartHub, follow: Follow) -> None:
    hub = start_hub("--max-connections", "16")
    streams = [follow(hub) for _ in range(4)]
    assert hub.request("GET", "/api/v1/changes").error == (503, "unavailable")
    # Idle strangers take no place from them.
    parts = urlsplit(hub.address)
    strangers = [socket.create_connection((parts.hostname, parts.port)) for _ in range(40)]
    _, cluster = new_cluster(hub)
    for stream in streams:
        stream.hears_of(cluster)
    for stranger in strangers:
        stranger.close()


def test_who_reads_nothing_holds_nobody_up(start_hub: StartHub) -> None:
    hub = start_hub("--rate-limit", "0")
    parts = urlsplit(hub.address)
    readers = []
    for _ in range(20):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        reader.connect((parts.hostname, parts.port))
        reader.sendall(
            f"GET /api/v1/changes HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {hub.token}\r\n\r\n".encode()
        )
        readers.append(reader)
    recorders = [new_cluster(hub)[0] for _ in range(150)]
    for _ in range(3):
        for recorder in recorders:
            hub.accept(recorder.session)
    before = time.monotonic()
    assert hub.get("/clusters", limit=1).status == 200
    assert time.monotonic() - before < 1
    began = time.monotonic()
    hub.stop()
    assert time.monotonic() - began < 4
    for reader in readers:
        reader.close()


def test_http_1_0_and_what_a_client_says_meanwhile(hub: HubProcess) -> None:
    parts = urlsplit(hub.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as client:
        client.sendall(f"GET /api/v1/changes HTTP/1.0\r\nAuthorization: Bearer {hub.token}\r\n\r\n".encode())
        text = b""
        while b"event: hello\n" not in text:
            text += client.recv(4096)
        assert b"Transfer-Encoding" not in text
        client.sendall(b"anything")
        _, cluster = new_cluster(hub)
        while str(cluster).encode() not in text:
            piece = client.recv(4096)
            assert piece
            text += piece
        client.sendall(100_000 * b"x")
        while client.recv(4096):
            pass


def test_the_stream_is_in_the_log_of_requests(start_hub: StartHub, follow: Follow) -> None:
    hub = start_hub("--log-requests")
    follow(hub)
    assert "GET /api/v1/changes 200 " in hub.stop()
