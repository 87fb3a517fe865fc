"""Whatever is sent to a hub, its memory stays within what docs/configuration.md states."""

from __future__ import annotations

import random
import re
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

import pytest
from hub_process import HubProcess, eventually
from tape import T0, Recorder, Span, chunk, event_record

BOUND = 1 << 30  # docs/configuration.md
MIB = 1 << 20


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path / "state", "--rate-limit", "0")
    yield hub
    peak = peak_memory(hub)
    fresh = Recorder()
    eventually(lambda: hub.upload(fresh.session, Recorder(fresh.session).open()).status == 200, timeout=20)
    assert hub.get("/clusters").status == 200
    hub.stop()
    assert peak < BOUND, f"{peak / MIB:.0f} MiB"
    print(f"peak {peak / MIB:.0f} MiB")


def peak_memory(hub: HubProcess) -> int:
    status = Path(f"/proc/{hub.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def together(count: int, work: Callable[[int], int]) -> Counter[int]:
    """What `count` threads that all do `work` at once answer."""
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda i=i: statuses.append(work(i))) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert len(statuses) == count
    return Counter(statuses)


def head(hub: HubProcess, session: str, length: int, token: str) -> bytes:
    return (
        f"POST /api/v1/sessions/{session}/chunks HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def connect(hub: HubProcess) -> socket.socket:
    parts = urlsplit(hub.address)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def bomb(session: str, records: bytes, count: int, chunks: int) -> bytes:
    return b"".join(
        chunk("events", session, sequence + 1, count, records, compress=True) for sequence in range(chunks)
    )


def test_bombs_that_wait_for_the_writer(hub: HubProcess) -> None:
    """Good chunks, of a session that the hub does not know: refused by the store, and held until then."""
    recorder = Recorder()
    record = b'[{"topic":"' + (8 * MIB - 100) * b"x" + b'","time_us":1,"payload":0,"truncated":false}]'
    body = bomb(recorder.session, record, 1, 15)
    assert len(body) < MIB
    writer = sqlite3.connect(hub.state_dir / "hub.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    statuses: Counter[int] = Counter()

    def upload(_: int) -> int:
        return hub.upload(recorder.session, body).status

    watcher = threading.Thread(target=lambda: statuses.update(together(24, upload)))
    watcher.start()
    time.sleep(6)
    writer.rollback()
    writer.close()
    watcher.join(100)
    assert set(statuses) == {409, 503}
    assert statuses[503] > 0


def test_what_is_summed_up_while_it_waits_for_the_writer(hub: HubProcess) -> None:
    """Small bodies of spans that have a group each: what they are summed up to is much more than they are."""
    recorder = Recorder()
    opening = recorder.open()
    actions = [("compute", T0, T0 + 1000)]
    spans = [Span(f"k{i}", group=f"g{i}", actions=actions) for i in range(60_000)]
    body = opening + recorder.spans(*spans)
    assert len(body) < MIB
    writer = sqlite3.connect(hub.state_dir / "hub.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    statuses: Counter[int] = Counter()
    watcher = threading.Thread(
        target=lambda: statuses.update(together(60, lambda _: hub.upload(recorder.session, body).status))
    )
    watcher.start()
    time.sleep(8)
    writer.rollback()
    writer.close()
    watcher.join(100)
    assert set(statuses) == {200, 503}, statuses


@pytest.mark.parametrize(
    "value",
    [b"[0]", b"{}", b'"a"', b'{"a":0}', b"0"],
    ids=["arrays", "objects", "texts", "members", "numbers"],
)
def test_json_that_is_large_as_a_tree(hub: HubProcess, value: bytes) -> None:
    recorder = Recorder()
    count = (8 * MIB - 100) // (len(value) + 1)
    payload = b"[" + b",".join(count * [value]) + b"]"
    body = bomb(recorder.session, payload, count, 3)
    assert together(6, lambda _: hub.upload(recorder.session, body).status) == {422: 6}


def test_many_that_send_slowly(hub: HubProcess) -> None:
    recorder = Recorder()
    sockets = []
    refused = 0
    for _ in range(150):
        client = connect(hub)
        sockets.append(client)
        try:
            client.sendall(head(hub, recorder.session, 16 * MIB, hub.token) + bytes(6 * MIB))
        except OSError:
            refused += 1
    for client in sockets:
        client.setblocking(False)
        try:
            refused += b" 503 " in client.recv(64)
        except OSError:
            continue
    assert refused > 0
    # Others are served meanwhile.
    assert hub.get("/clusters").status == 200
    for client in sockets:
        client.close()


def test_many_without_a_token(hub: HubProcess) -> None:
    sockets = [connect(hub) for _ in range(400)]
    for client in sockets:
        client.sendall(head(hub, 32 * "0", 16 * MIB, "ph_wrong")[:-2] + b"X-Long: " + 15_000 * b"x")
    assert hub.get("/clusters").status == 200
    for client in sockets:
        client.close()


def test_broken_chunks(hub: HubProcess, rng: random.Random, rounds: int) -> None:
    recorder = Recorder()
    hub.accept(recorder.session, recorder.open())
    good = [
        recorder.json("events", *(50 * [event_record()]), compress=True),
        recorder.spans(*(Span(f"inc-{i}") for i in range(500))),
        chunk("events", recorder.session, recorder.next(), 0, b"[]"),
    ]
    for _ in range(60 * rounds):
        body = bytearray(b"".join(rng.sample(good, rng.randint(1, 3))))
        kind = rng.randrange(3)
        if kind == 0:
            for _ in range(rng.randint(1, 8)):
                body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
        elif kind == 1:
            body = body[: rng.randrange(1, len(body))]
        else:
            at = rng.randrange(len(body))
            body[at:at] = rng.randbytes(rng.randint(1, 300))
        answer = hub.upload(recorder.session, bytes(body))
        # A body that was only cut between two chunks is good; what was given before is skipped.
        assert answer.status in (200, 422), answer.body
    [cluster] = hub.items("/clusters")
    assert cluster["spans"] in (0, 500)
    assert cluster["events"] in (0, 50)
