"""A reader of span blocks of version 2, written from docs/formats/tape.md alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import xxhash
import zstandard

HEADER = struct.Struct("<8sHHI16sQIIIIQ")
SECTION = struct.Struct("<HHIIIQ")
NONE = 0xFFFFFFFF
DICTIONARIES, COLUMNS, KEYS, IDS = 1, 2, 3, 4
GROUP, HEX, UUID_ID, LITERAL = 1, 2, 3, 4
SPANS = 5


@dataclass
class Chunk:
    version: int
    kind: int
    session: str
    sequence: int
    records: int
    payload: bytes


def read_chunks(tape: bytes) -> Iterator[Chunk]:
    at = 0
    while at < len(tape):
        head = HEADER.unpack_from(tape, at)
        magic, version, kind, flags, session, sequence, stored, raw, records, zero, checksum = head
        payload = tape[at + HEADER.size : at + HEADER.size + stored]
        assert (magic, zero, flags & ~1) == (b"PHCHUNK\0", 0, 0)
        assert checksum == xxhash.xxh3_64_intdigest(tape[at : at + 56] + payload)
        if flags & 1:
            payload = zstandard.ZstdDecompressor().decompress(payload, max_output_size=raw)
        assert len(payload) == raw
        yield Chunk(version, kind, session.hex(), sequence, records, payload)
        at += HEADER.size + stored


class Bytes:
    def __init__(self, raw: bytes):
        self._raw = raw
        self._at = 0

    def take(self, size: int) -> bytes:
        assert self._at + size <= len(self._raw)
        self._at += size
        return self._raw[self._at - size : self._at]

    def number(self, code: str) -> int:
        value: int = struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]
        return value

    def text(self) -> str:
        return self.take(self.number("I")).decode()

    def texts(self) -> list[str]:
        return [self.text() for _ in range(self.number("I"))]

    def rest(self) -> bytes:
        return self.take(len(self._raw) - self._at)

    def planes(self, count: int) -> list[int]:
        values = [0] * count
        for plane in range(self.number("B")):
            how = self.number("B")
            if how == 0:
                column = self.take(1) * count
            elif how == 1:
                column = self.take(count)
            else:
                assert how == 2
                packed = self.take(self.number("I"))
                column = zstandard.ZstdDecompressor().decompress(packed, max_output_size=count)
            assert len(column) == count
            values = [value | byte << 8 * plane for value, byte in zip(values, column)]
        return values

    def signed_planes(self, count: int) -> list[int]:
        folded = self.number("B")
        values = self.planes(count)
        return [value >> 1 ^ -(value & 1) for value in values] if folded else values


def read_span_block(payload: bytes) -> list[dict[str, Any]]:
    """Each span as ``pilothouse tape dump`` tells it."""
    block = Bytes(payload)
    assert block.take(4) == b"PHS2"
    n, m, count = (block.number("I") for _ in range(3))
    table = [SECTION.unpack(block.take(SECTION.size)) for _ in range(count)]
    sections = {}
    for number, flags, stored, raw, _zero, checksum in table:
        content = block.take(stored)
        assert xxhash.xxh3_64_intdigest(content) == checksum
        if flags & 1:
            content = zstandard.ZstdDecompressor().decompress(content, max_output_size=raw)
        assert len(content) == raw
        sections[number] = Bytes(content)
    assert block.rest() == b""

    words = sections[DICTIONARIES]
    computations = words.texts()
    groups = [(words.number("I"), words.text()) for _ in range(words.number("I"))]
    workers, types, actions = words.texts(), words.texts(), words.texts()
    lanes = [(words.number("I"), words.number("Q")) for _ in range(words.number("I"))]
    shapes = [(words.number("B"), list(words.take(words.number("B")))) for _ in range(words.number("I"))]
    assert words.rest() == b""

    columns = sections[COLUMNS]
    base = columns.number("q")
    group, lane, shape, kind = (columns.planes(n) for _ in range(4))
    nbytes = columns.signed_planes(n)
    acting = sum(bool(shapes[number][1]) for number in shape)
    idle, gap, duration = (columns.signed_planes(size) for size in (acting, m - acting, m))
    assert columns.rest() == b""

    keys = read_keys(sections[KEYS], sections[IDS].rest(), [groups[number][1] for number in group])
    idles, gaps, durations = iter(idle), iter(gap), iter(duration)
    free_from = [base] * len(lanes)
    spans = []
    for i in range(n):
        computation, name = groups[group[i]]
        worker, thread = lanes[lane[i]]
        status, did = shapes[shape[i]]
        times = []
        for number, action in enumerate(did):
            start = free_from[lane[i]] + (next(gaps) if number else next(idles))
            free_from[lane[i]] = start + next(durations)
            times.append({"action": actions[action], "start_us": start, "stop_us": free_from[lane[i]]})
        spans.append(
            {
                "key": keys[i],
                "computation": None if computation == NONE else computations[computation],
                "group": name,
                "worker": None if worker == NONE else workers[worker],
                "thread": thread,
                "status": ("memory", "erred")[status],
                "type": types[kind[i] - 1] if kind[i] else None,
                "nbytes": nbytes[i] if nbytes[i] >= 0 else None,
                "actions": times,
            }
        )
    return spans


def read_keys(section: Bytes, ids: bytes, groups: list[str]) -> list[str]:
    lengths = section.planes(len(groups))
    rest = iter([ids[at : at + 16] for at in range(0, len(ids), 16)])
    keys = []
    for length, group in zip(lengths, groups):
        key = ""
        text = iter(section.take(length).decode())
        for letter in text:
            if letter == chr(GROUP):
                key += group
            elif letter == chr(HEX):
                key += next(rest).hex()
            elif letter == chr(UUID_ID):
                key += str(UUID(bytes=next(rest)))
            elif letter == chr(LITERAL):
                key += next(text)
            else:
                key += letter
        keys.append(key)
    assert next(rest, None) is None and section.rest() == b""
    return keys
