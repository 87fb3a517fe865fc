"""The tape format, written a second time and from docs/formats/tape.md alone."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import xxhash
import zstandard

NONE = 0xFFFFFFFF
KINDS = {
    "session": 1,
    "workers": 2,
    "computations": 3,
    "groups": 4,
    "spans": 5,
    "events": 6,
    "exceptions": 7,
    "samples": 8,
    "drops": 9,
    "end": 10,
    "clients": 11,
    "blames": 12,
    "control": 13,
    "progress": 14,
    "plugins": 15,
}
T0 = 1_769_904_000_000_000  # 2026-02-01T00:00:00Z


def chunk(
    kind: str | int,
    session: str,
    sequence: int,
    records: int,
    payload: bytes,
    *,
    compress: bool = False,
    **header: Any,
) -> bytes:
    """One chunk. `header` overrides fields: magic, version, flags, stored, raw, reserved, checksum."""
    raw = len(payload)
    stored = zstandard.ZstdCompressor().compress(payload) if compress else payload
    head = struct.pack(
        "<8sHHI16sQIIII",
        header.get("magic", b"PHCHUNK\0"),
        header.get("version", 1),
        KINDS[kind] if isinstance(kind, str) else kind,
        header.get("flags", int(compress)),
        bytes.fromhex(session),
        sequence,
        header.get("stored", len(stored)),
        header.get("raw", raw),
        records,
        header.get("reserved", 0),
    )
    checksum = header.get("checksum", xxhash.xxh3_64_intdigest(head + stored))
    return head + struct.pack("<Q", checksum) + stored


def json_chunk(kind: str, session: str, sequence: int, *records: Any, **header: Any) -> bytes:
    payload = json.dumps(records, ensure_ascii=False).encode()
    return chunk(kind, session, sequence, len(records), payload, **header)


@dataclass
class Span:
    key: str
    group: str = "inc"
    computation: str | None = "c-1"
    worker: str | None = "tcp://10.0.0.1:1"
    type: str | None = "int"
    thread: int = 140_000_000_000_001
    nbytes: int = 28
    erred: bool = False
    actions: list[tuple[str, int, int]] = field(default_factory=lambda: [("compute", T0, T0 + 1_000)])


class _Dictionary:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def index(self, text: str | None) -> int:
        if text is None:
            return NONE
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)

    def encode(self) -> bytes:
        encoded = [text.encode() for text in self.texts]
        return struct.pack("<I", len(encoded)) + b"".join(struct.pack("<I", len(e)) + e for e in encoded)


def span_block(spans: list[Span]) -> bytes:
    computations, groups, workers, types, actions = (_Dictionary() for _ in range(5))

    def column(code: str, values: list[int]) -> bytes:
        return struct.pack(f"<{len(values)}{code}", *values)

    flat = [action for span in spans for action in span.actions]
    keys = [span.key.encode() for span in spans]
    columns = [
        column("I", [computations.index(span.computation) for span in spans]),
        column("I", [groups.index(span.group) for span in spans]),
        column("I", [workers.index(span.worker) for span in spans]),
        column("I", [types.index(span.type) for span in spans]),
        column("Q", [span.thread for span in spans]),
        column("q", [span.nbytes for span in spans]),
        column("B", [int(span.erred) for span in spans]),
        column("B", [len(span.actions) for span in spans]),
        column("B", [actions.index(name) for name, _, _ in flat]),
        column("q", [start for _, start, _ in flat]),
        column("q", [stop for _, _, stop in flat]),
        column("I", [len(key) for key in keys]),
    ]
    head = struct.pack("<II", len(spans), len(flat))
    dictionaries = [computations, groups, workers, types, actions]
    return head + b"".join(d.encode() for d in dictionaries) + b"".join(columns) + b"".join(keys)


def tasks(**counts: int) -> dict[str, int]:
    names = ["total", "waiting", "queued", "processing", "no_worker", "memory", "erred", "blamed", "released"]
    return {name: counts.get(name, 0) for name in names}


def session_record(**fields: Any) -> dict[str, Any]:
    return {
        "scheduler_id": "Scheduler-1",
        "name": "wild-otter",
        "address": "tcp://10.0.0.9:8786",
        "dashboard": None,
        "host": "node-9",
        "user": "ada",
        "os": "Linux 6.1",
        "python": "3.11.2",
        "dask": "2026.1.0",
        "distributed": "2026.1.0",
        "pilothouse": "0.1.0",
        "pid": 4711,
        "start_us": T0,
        "flush_interval_us": 500_000,
        **fields,
    }


def worker_record(**fields: Any) -> dict[str, Any]:
    return {
        "address": "tcp://10.0.0.1:1",
        "name": "w-1",
        "host": "node-1",
        "nthreads": 4,
        "memory_limit": 8 << 30,
        "joined_us": T0 + 1,
        "left_us": None,
        "expected": None,
        "reason": None,
        "processing": 0,
        "lost_results": 0,
        "lost_scattered": 0,
        "processing_keys": [],
        **fields,
    }


def client_record(**fields: Any) -> dict[str, Any]:
    return {"client": "Client-1", "joined_us": T0 + 2, "left_us": None, **fields}


def computation_record(**fields: Any) -> dict[str, Any]:
    return {
        "id": "c-1",
        "start_us": T0 + 10,
        "stop_us": None,
        "state": "running",
        "client": "Client-1",
        "code": [{"text": "x.sum().compute()", "filename": "job.py", "line": 7}],
        "annotations": {"priority": 3},
        "tags": [["default"]],
        "tasks": tasks(total=10, memory=6, processing=4),
        **fields,
    }


def progress_record(**fields: Any) -> dict[str, Any]:
    return {
        "id": "c-1",
        "stop_us": None,
        "state": "running",
        "tasks": tasks(total=10, memory=6, processing=4),
        **fields,
    }


def group_record(**fields: Any) -> dict[str, Any]:
    return {
        "computation": "c-1",
        "name": "inc-1a2b",
        "prefix": "inc",
        "tasks": tasks(total=10, memory=6, processing=4),
        "runs": 6,
        "durations_us": {"compute": 6_000},
        "nbytes": 168,
        "types": {"int": 6},
        "first_start_us": T0 + 20,
        "last_stop_us": T0 + 7_000,
        "dependencies": ["load-77"],
        **fields,
    }


def event_record(**fields: Any) -> dict[str, Any]:
    return {
        "topic": "all",
        "time_us": T0 + 30,
        "payload": {"action": "add-worker"},
        "truncated": False,
        **fields,
    }


def exception_record(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "computation": "c-1",
        "key": "inc-7",
        "group": "inc-1a2b",
        "workers": ["tcp://10.0.0.1:1"],
        "type": "ValueError",
        "message": "no such thing",
        "traceback": 'File "job.py", line 7',
        "time_us": T0 + 40,
        "attempt": 1,
        "truncated": False,
        **fields,
    }


def sample_record(**fields: Any) -> dict[str, Any]:
    return {
        "time_us": T0 + 50,
        "address": "tcp://10.0.0.1:1",
        "cpu": 99.5,
        "memory": 1 << 30,
        "managed": 1 << 29,
        "unmanaged": -5,
        "spilled": 0,
        "executing": 4,
        "ready": 12,
        **fields,
    }


def plugin_record(**fields: Any) -> dict[str, Any]:
    return {
        "name": "spill-guard",
        "version": "1.2.0",
        "kind": "scheduler",
        "sha256": 64 * "a",
        "signed_by": ["ed25519:" + 43 * "A"],
        "state": "loaded",
        "code": None,
        "reason": None,
        "time_us": T0 + 55,
        **fields,
    }


# One good record of every kind of JSON chunk.
EXAMPLES: dict[str, dict[str, Any]] = {
    "session": session_record(),
    "workers": worker_record(),
    "clients": client_record(),
    "computations": computation_record(),
    "groups": group_record(),
    "progress": progress_record(),
    "events": event_record(),
    "exceptions": exception_record(),
    "samples": sample_record(),
    "plugins": plugin_record(),
    "blames": {"exception": 1, "blamed": 3},
    "drops": {"kind": "spans", "count": 5, "bytes": 500},
    "control": {"state": "stopped", "acknowledged_us": T0 + 60},
    "end": {"stop_us": T0 + 70, "reason": "closed"},
}


class Recorder:
    """Counts the sequence of one session and builds its chunks."""

    def __init__(self, session: str | None = None):
        self.session = session or os.urandom(16).hex()
        self.sequence = 0

    def next(self) -> int:
        self.sequence += 1
        return self.sequence

    def json(self, kind: str, *records: Any, **header: Any) -> bytes:
        return json_chunk(kind, self.session, self.next(), *records, **header)

    def open(self, **fields: Any) -> bytes:
        return self.json("session", session_record(**fields))

    def spans(self, *spans: Span, compress: bool = True) -> bytes:
        return chunk(
            "spans", self.session, self.next(), len(spans), span_block(list(spans)), compress=compress
        )
