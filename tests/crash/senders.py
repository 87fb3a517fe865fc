"""Recorders that know what they have sent: every record has a number, so what the hub has can be compared exactly."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import urlsplit

from hub_process import HubProcess
from tape import T0, Recorder, Span, computation_record, event_record, exception_record, group_record, tasks

GIVE_UP = 90.0  # seconds without any answer
SPANS = 20  # in a block


@dataclass
class Chunk:
    sequence: int
    data: bytes


class Sender(threading.Thread):
    """Sends numbered chunks until told to stop, and repeats each until the hub has answered, as a recorder does."""

    def __init__(self, name: str, address: Callable[[], str], token: str, rng: random.Random):
        super().__init__(name=name, daemon=True)
        self.label = name
        self.address = address
        self.token = token
        self.rng = rng
        self.recorder = Recorder()
        self.pending: list[Chunk] = []
        self.blocks = self.events = self.exceptions = 0
        self.acknowledged = 0
        self.answers: dict[int, int] = {}  # HTTP status to count
        self.retries = 0
        self.error: BaseException | None = None
        self.timeout = 10.0
        self.pause = 0.05
        self._ending = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    @property
    def computation(self) -> str:
        return f"c-{self.label}"

    # --- what is sent --------------------------------------------------------------------------------------------

    def _add(self, data: bytes) -> None:
        self.pending.append(Chunk(self.recorder.sequence, data))

    def _fill(self) -> None:
        r = self.recorder
        for _ in range(self.rng.randint(1, 4)):
            kind = self.rng.randrange(4)
            if kind == 0:
                n = self.rng.randint(1, 5)
                numbers = range(self.events, self.events + n)
                self.events += n
                payloads = [event_record(topic="n", payload=number) for number in numbers]
                self._add(r.json("events", *payloads, compress=self.rng.random() < 0.5))
            elif kind == 1:
                self.exceptions += 1
                self._add(
                    r.json("exceptions", exception_record(id=self.exceptions, computation=self.computation))
                )
            else:
                names = [f"{self.label}-{self.blocks}-{i}" for i in range(SPANS)]
                self.blocks += 1
                self._add(r.spans(*(Span(name, computation=self.computation) for name in names)))
        # Roll-ups are absolute: whatever is repeated, the last one counts.
        total = tasks(total=self.blocks * SPANS, memory=self.blocks * SPANS)
        self._add(r.json("computations", computation_record(id=self.computation, tasks=total, start_us=T0)))
        self._add(r.json("groups", group_record(computation=self.computation, name="inc", tasks=total)))

    # --- sending -------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Send what is left, and end."""
        self._ending.set()
        self.join(GIVE_UP + 30)
        assert not self.is_alive(), f"{self.label} does not end"
        if self.error is not None:
            raise self.error

    def run(self) -> None:
        try:
            self._add(self.recorder.open(scheduler_id=f"S-{self.label}"))
            while not (self._ending.is_set() and not self.pending):
                if not self._ending.is_set() and len(self.pending) < 40:
                    self._fill()
                self._send()
            if self._connection is not None:
                self._connection.close()
        except BaseException as error:
            self.error = error

    def _send(self) -> None:
        body = b"".join(chunk.data for chunk in self.pending)
        last = self.pending[-1].sequence
        deadline = time.monotonic() + GIVE_UP
        while True:
            answer = self._post(body)
            if answer is not None:
                status, content = answer
                self.answers[status] = self.answers.get(status, 0) + 1
                assert status in (200, 503), (self.label, status, content)
                if status == 200:
                    assert content["mark"] >= last, (self.label, content, last)
                    break
            self.retries += 1
            assert time.monotonic() < deadline, f"{self.label}: no answer within {GIVE_UP} s"
            time.sleep(self.pause)
        self.acknowledged = last
        self.pending.clear()

    def _post(self, body: bytes) -> tuple[int, Any] | None:
        parts = urlsplit(self.address())
        try:
            if self._connection is None or (self._connection.host, self._connection.port) != (
                parts.hostname,
                parts.port,
            ):
                assert parts.hostname is not None
                self._connection = http.client.HTTPConnection(
                    parts.hostname, parts.port, timeout=self.timeout
                )
            self._connection.request(
                "POST",
                f"/api/v1/sessions/{self.recorder.session}/chunks",
                body=body,
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/vnd.pilothouse.tape",
                },
            )
            response = self._connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return None

    # --- what the hub must have ----------------------------------------------------------------------------------

    def check_mark(self, hub: HubProcess) -> None:
        """What was acknowledged is there, whatever happened since."""
        promised = self.acknowledged  # it goes on meanwhile
        answer = hub.upload(self.recorder.session)
        if promised > 0:
            assert answer.status == 200, answer.body
            assert answer.body["mark"] >= promised, (self.label, answer.body, promised)

    def check_all(self, hub: HubProcess) -> None:
        """Everything is there, and once."""
        [cluster] = [
            c for c in hub.all_items("/clusters", limit=1000) if c["scheduler_id"] == f"S-{self.label}"
        ]
        path = f"/clusters/{cluster['id']}"
        events = [event["payload"] for event in hub.all_items(f"{path}/events", limit=1000)]
        assert sorted(events) == list(range(self.events)), self.label
        assert cluster["events"] == self.events
        assert cluster["exceptions"] == self.exceptions
        found = hub.all_items("/exceptions", cluster_id=cluster["id"], limit=1000)
        assert len(found) == self.exceptions
        assert cluster["spans"] == self.blocks * SPANS
        [computation] = hub.all_items("/computations", cluster_id=cluster["id"])
        assert computation["tasks"]["memory"] == self.blocks * SPANS
        assert computation["spans"] == self.blocks * SPANS
        spans = hub.all_items(f"/computations/{computation['id']}/spans", limit=1000)
        expected = [f"{self.label}-{block}-{i}" for block in range(self.blocks) for i in range(SPANS)]
        assert [span["key"] for span in spans] == expected, self.label


class Load:
    """Several senders to one hub, which may come and go."""

    def __init__(
        self, address: Callable[[], str], token: str, rng: random.Random, count: int = 4, tag: str = ""
    ):
        self.senders = [
            Sender(f"{tag}{i}", address, token, random.Random(rng.getrandbits(64))) for i in range(count)
        ]

    def start(self) -> None:
        for sender in self.senders:
            sender.start()

    def check_running(self) -> None:
        for sender in self.senders:
            if sender.error is not None:
                raise sender.error

    def check_marks(self, hub: HubProcess) -> None:
        for sender in self.senders:
            sender.check_mark(hub)

    def finish(self, hub: HubProcess) -> None:
        for sender in self.senders:
            sender.finish()
        for sender in self.senders:
            sender.check_all(hub)
