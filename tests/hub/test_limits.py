"""Thousands of connections that do nothing, little or harm: a client with a token hardly notices, and the hub's memory
stays within bounds."""

from __future__ import annotations

import resource
import socket
import ssl
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

import hub_process
import pytest
from certificates import Authority, tls_flags
from hub_process import HubProcess, eventually
from tape import Recorder, event_record

StartHub = Callable[..., HubProcess]

MIB = 1 << 20
# Docs: docs/operations.md. The bounds hold on a loaded machine with two cores.
WORST_SECONDS = 2.0
MEDIAN_SECONDS = 0.25
MEMORY_GROWTH = 150 * MIB


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if wanted < 6000:
        pytest.skip(f"this needs 6000 open files, and only {wanted} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def where(hub: HubProcess) -> tuple[str, int]:
    parts = urlsplit(hub.address)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def connect(hub: HubProcess) -> socket.socket:
    connection = socket.create_connection(where(hub), timeout=20)
    if hub.trust is None:
        return connection
    return ssl.create_default_context(cafile=str(hub.trust)).wrap_socket(
        connection, server_hostname="127.0.0.1"
    )


def memory(hub: HubProcess) -> int:
    status = Path(f"/proc/{hub.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def sockets_of(hub: HubProcess) -> int:
    found = 0
    for path in Path(f"/proc/{hub.process.pid}/fd").iterdir():
        try:
            found += str(path.readlink()).startswith("socket:")
        except OSError:
            continue
    return found


def has_ended(connection: socket.socket) -> bool:
    """Whether the hub has closed it; what it said before does not matter."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
        return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def expect(connection: socket.socket, begin: bytes) -> None:
    answer = connection.recv(4096)
    assert answer[: len(begin)] == begin


def ask_once(connection: socket.socket) -> None:
    """Leaves a connection that is idle behind a request."""
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
    expect(connection, b"HTTP/1.1 200 ")


class Visitors:
    """Threads that go on until they are told to stop."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def send(self, work: Callable[[], None]) -> None:
        def run() -> None:
            while not self.stop.is_set():
                try:
                    work()
                except (OSError, EOFError):  # the hub may hang up on any of them
                    time.sleep(0.01)
                except BaseException as failure:
                    self.failures.append(failure)
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)

    def go(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(30)
        assert self.failures == []


def drip(connections: list[socket.socket], text: bytes) -> Callable[[], None]:
    """One byte a second on each connection."""
    sent = 0

    def work() -> None:
        nonlocal sent
        for connection in connections:
            try:
                connection.send(text[sent % len(text)].to_bytes(1, "little"))
            except OSError:
                continue
        sent += 1
        time.sleep(1)

    return work


def upload_head(session: str, token: str, length: int) -> bytes:
    return (
        f"POST /api/v1/sessions/{session}/chunks HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def measure(hub: HubProcess, seconds: float, recorder: Recorder) -> list[float]:
    """How long each real request takes, on a connection of its own and on a kept one, in turns."""
    took = []
    kept = hub.connect()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert hub.get("/clusters").status == 200
        took.append(time.monotonic() - began)
        began = time.monotonic()
        hub.accept(recorder.session, recorder.json("events", event_record()))
        took.append(time.monotonic() - began)
        began = time.monotonic()
        kept.request("GET", "/api/v1/workspace", headers={"Authorization": f"Bearer {hub.token}"})
        assert kept.getresponse().read()
        took.append(time.monotonic() - began)
        time.sleep(0.01)
    kept.close()
    return took


def crowd(hub: HubProcess, idle: int, drips: int, bodies: int, seconds: float) -> None:
    recorder = Recorder()
    hub.accept(recorder.session, recorder.open())
    before, sockets_before = memory(hub), sockets_of(hub)

    waiting = [connect(hub) for _ in range(idle)]
    for connection in waiting[: idle // 2]:
        ask_once(connection)
    headers = [connect(hub) for _ in range(drips)]
    slow = [connect(hub) for _ in range(bodies)]
    for connection in slow:
        connection.sendall(upload_head(32 * "d", hub.token, 8 * MIB) + 100 * b"x")

    def flood() -> None:
        with connect(hub) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")
            while connection.recv(4096):
                pass

    def vanish() -> None:
        connect(hub).close()

    def oversized_header() -> None:
        with connect(hub) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX-Filler: " + 1_000_000 * b"x")
            expect(connection, b"HTTP/1.1 431 ")

    def oversized_body() -> None:
        with connect(hub) as connection:
            connection.sendall(upload_head(32 * "e", hub.token, 17 * MIB))
            expect(connection, b"HTTP/1.1 413 ")
        time.sleep(0.01)  # a token may ask a thousand times a second, and others ask with it

    def slow_reader() -> None:
        with connect(hub) as connection:
            for _ in range(20):
                connection.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n")
            time.sleep(2)

    visitors = Visitors()
    visitors.send(drip(headers, b"GET /healthz HTTP/1.1\r\n"))
    visitors.send(drip(slow, b"x"))
    for work in (flood, vanish, oversized_header, oversized_body, slow_reader):
        visitors.send(work)
    peak = 0
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        took += measure(hub, 1, recorder)
        peak = max(peak, memory(hub))
    # Who did not finish a header in ten seconds is gone, and who was silent from the beginning; not who is idle.
    assert all(has_ended(connection) for connection in headers)
    assert all(has_ended(connection) for connection in waiting[idle // 2 :])
    assert not any(has_ended(connection) for connection in waiting[: idle // 2])
    assert not any(has_ended(connection) for connection in slow)
    visitors.go()

    growth = peak - before
    print(
        f"{len(took)} requests, median {statistics.median(took) * 1000:.1f} ms, worst {max(took) * 1000:.0f} ms, "
        f"memory +{growth / MIB:.0f} MiB"
    )
    assert statistics.median(took) < MEDIAN_SECONDS
    assert max(took) < WORST_SECONDS
    assert growth < MEMORY_GROWTH
    for connection in waiting + headers + slow:
        connection.close()
    eventually(lambda: sockets_of(hub) <= sockets_before + 1)
    assert hub.accept(recorder.session)["mark"] == recorder.sequence
    assert hub.get("/clusters").status == 200


def test_a_crowd_of_plain_connections(start_hub: StartHub) -> None:
    crowd(start_hub(), idle=2000, drips=200, bodies=200, seconds=12)


def test_a_crowd_of_tls_connections(start_hub: StartHub, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    hub = start_hub(*tls_flags(*authority.issue()), trust=authority.file)
    crowd(hub, idle=300, drips=50, bodies=50, seconds=12)


def answers_soon(hub: HubProcess) -> None:
    began = time.monotonic()
    assert hub.get("/clusters").status == 200
    assert time.monotonic() - began < WORST_SECONDS


def test_the_one_idle_for_the_longest_makes_room(start_hub: StartHub) -> None:
    hub = start_hub("--max-connections", "20")
    idle = [connect(hub) for _ in range(20)]
    for connection in idle:
        ask_once(connection)
    ask_once(idle[0])  # now the second is idle for the longest
    sockets = sockets_of(hub)
    answers_soon(hub)
    assert eventually(lambda: has_ended(idle[1]))
    assert [has_ended(connection) for connection in idle].count(True) == 1
    for _ in range(3):
        assert eventually(lambda: sockets_of(hub) < sockets)  # the one that asked has gone
        answers_soon(hub)
    assert [has_ended(connection) for connection in idle].count(True) == 1


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /api/v1/clus",
        (
            b"POST /api/v1/clusters/1/desired-state HTTP/1.1\r\nAuthorization: Bearer ph_wrong\r\n"
            b"Content-Length: 1000\r\n\r\nxx"
        ),
        b"POST /healthz HTTP/1.1\r\nContent-Length: 1000\r\n\r\nxx",
        20 * b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n",
    ],
    ids=["silence", "half a header", "a body without a token", "a body for nothing", "reading nothing"],
)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_strangers_lock_nobody_out(start_hub: StartHub, tmp_path: Path, beginning: bytes, tls: bool) -> None:
    authority = Authority(tmp_path / "certificates")
    flags = tls_flags(*authority.issue()) if tls else ()
    hub = start_hub("--max-connections", "30", *flags, trust=authority.file if tls else None)
    strangers = []
    for _ in range(3):
        for _ in range(30):
            strangers.append(connect(hub))
            strangers[-1].sendall(beginning)
        answers_soon(hub)
    assert sockets_of(hub) < 60
    for connection in strangers:
        connection.close()


def test_a_request_with_a_token_is_not_given_up_for_others(start_hub: StartHub) -> None:
    hub = start_hub("--max-connections", "20")
    recorder = Recorder()
    body = recorder.open()
    with connect(hub) as upload:
        upload.sendall(upload_head(recorder.session, hub.token, len(body)) + body[:50])
        time.sleep(0.2)
        idle = [connect(hub) for _ in range(60)]
        answers_soon(hub)
        upload.sendall(body[50:])
        assert upload.recv(4096).startswith(b"HTTP/1.1 200 ")
    for connection in idle:
        connection.close()


def test_when_all_work_others_wait(start_hub: StartHub) -> None:
    hub = start_hub("--max-connections", "16")
    recorders = [Recorder() for _ in range(16)]
    bodies = [recorder.open() for recorder in recorders]
    uploads = [connect(hub) for _ in recorders]
    for connection, recorder, body in zip(uploads, recorders, bodies):
        connection.sendall(upload_head(recorder.session, hub.token, len(body)) + body[:50])
    time.sleep(2)  # until the hub knows all of their tokens
    answered: list[int] = []
    waiting = threading.Thread(target=lambda: answered.append(hub.get("/clusters").status))
    waiting.start()
    time.sleep(1)
    assert answered == []
    uploads[0].sendall(bodies[0][50:])
    waiting.join(20)
    assert answered == [200]
    for connection, body in zip(uploads[1:], bodies[1:]):
        connection.sendall(body[50:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_system_that_allows_few_open_files(
    start_hub: StartHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = tmp_path / "limited"
    limited.write_text(f'#!/bin/sh\nulimit -n 100\nexec "{hub_process.BINARY}" "$@"\n')
    limited.chmod(0o755)
    monkeypatch.setattr(hub_process, "BINARY", str(limited))
    hub = start_hub()
    idle = [connect(hub) for _ in range(200)]
    answers_soon(hub)
    for connection in idle:
        connection.close()
    assert "only 36 connections: the system allows no more open files" in hub.stop()


def test_answers_that_nobody_takes_are_bounded(start_hub: StartHub) -> None:
    """Strangers who ask for something large and read nothing get less of it, and nobody else notices."""
    hub = start_hub()
    before = memory(hub)
    readers = []
    for _ in range(1000):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(where(hub))
        connection.sendall(40 * b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n")
        readers.append(connection)
    time.sleep(1)
    # 16 MiB of answers that are sent, some that are ready, a buffer for each connection, and what lies between them.
    assert memory(hub) - before < 64 * MIB
    assert hub.request("GET", "/api/v1/openapi.json", token=None).status in (200, 503)
    answers_soon(hub)
    for connection in readers:
        connection.close()
    eventually(lambda: hub.request("GET", "/api/v1/openapi.json", token=None).status == 200)
