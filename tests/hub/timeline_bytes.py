"""A reader of docs/formats/timeline.md: gives what the same answer says as JSON."""

from __future__ import annotations

import json
import struct
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from hub_process import HubProcess

PLACES, SPANS, ERRED, GROUP, KEY_LENGTH, KEY_TEXT, LANE, ACTION_COUNT, ACTION, START, DURATION = range(1, 12)
BUSY = 16
CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


def decode(data: bytes) -> dict[str, Any]:
    magic, version, flags = struct.unpack_from("<8sII", data)
    assert (magic, version) == (b"PHTIMEL\0", 1)
    numbers = struct.unpack_from("<8q", data, 16)
    columns, texts = struct.unpack_from("<II", data, 80)
    names = ("computation_id", "from_us", "to_us", "bucket_us", "buckets", "lanes_total")
    answer: dict[str, Any] = dict(zip(names, numbers))
    items, actions = numbers[6:]
    answer["complete"] = bool(flags & 1)
    answer.update(json.loads(data[88 : 88 + texts]))

    found: dict[int, list[int]] = {}
    table = 88 + texts
    at = table + 16 * columns
    for i in range(columns):
        number, width, count = struct.unpack_from("<IIQ", data, table + 16 * i)
        assert at % 8 == 0
        if width == 0:
            size = (count + 7) // 8
            found[number] = [data[at + bit // 8] >> bit % 8 & 1 for bit in range(count)]
        else:
            size = width * count
            found[number] = list(struct.unpack_from(f"<{count}{CODES[width]}", data, at))
        at += (size + 7) // 8 * 8
    assert at == len(data)

    runs = bool(flags & 2)
    answer["cells"] = None if runs else _cells(answer, found, items)
    answer["runs"] = _runs(found, items, actions) if runs else None
    return answer


def _column(found: dict[int, list[int]], number: int, count: int) -> list[int]:
    column = found.get(number, count * [0])
    assert len(column) == count
    return column


def _cells(answer: dict[str, Any], found: dict[int, list[int]], count: int) -> list[dict[str, Any]]:
    lanes = len(answer["lanes"])
    places = [place for place, there in enumerate(_column(found, PLACES, lanes * answer["buckets"])) if there]
    assert len(places) == count
    numbers = {"spans": SPANS, "erred": ERRED, "group": GROUP}
    columns = {name: _column(found, number, count) for name, number in numbers.items()}
    busy = [_column(found, BUSY + i, count) for i in range(len(answer["actions"]))]

    def sparse(column: list[int]) -> list[int]:
        return column if any(column) else []

    cells = []
    for lane in range(lanes):
        own = [i for i, place in enumerate(places) if place % lanes == lane]
        buckets = [places[i] // lanes for i in own]
        of_lane = {name: [column[i] for i in own] for name, column in columns.items()}
        of_lane["erred"] = sparse(of_lane["erred"])
        cells.append(
            {
                "bucket": [b - a for a, b in zip([0, *buckets], buckets)],
                **of_lane,
                "busy_us": [sparse([column[i] for i in own]) for column in busy],
            }
        )
    return cells


def _runs(found: dict[int, list[int]], count: int, actions: int) -> dict[str, Any]:
    lengths = _column(found, KEY_LENGTH, count)
    text = bytes(found.get(KEY_TEXT, []))
    ends = list(accumulate(lengths))
    start = [value - 2**64 if value >= 2**63 else value for value in _column(found, START, actions)]
    return {
        "key": [text[end - length : end].decode() for end, length in zip(ends, lengths)],
        "lane": _column(found, LANE, count),
        "group": _column(found, GROUP, count),
        "erred": _column(found, ERRED, count),
        "actions": _column(found, ACTION_COUNT, count),
        "action": _column(found, ACTION, actions),
        "start": start,
        "duration": _column(found, DURATION, actions),
    }


def get_bytes(hub: HubProcess, path: str, **parameters: Any) -> bytes:
    connection = hub.connect()
    try:
        url = f"/api/v1{path}?{urlencode({**parameters, 'format': 'binary'})}"
        connection.request("GET", url, headers={"Authorization": f"Bearer {hub.token}"})
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/vnd.pilothouse.timeline"
        return response.read()
    finally:
        connection.close()
