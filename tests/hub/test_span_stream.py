"""All spans of a computation in one answer, line by line."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from hub_process import HubProcess
from tape import Recorder, Span


@pytest.fixture
def path(workspace: HubProcess) -> str:
    """Of a computation with spans in several blocks, beside those of another."""
    recorder = Recorder()
    workspace.accept(recorder.session, recorder.open())
    spans = [Span(f"inc-{i}", computation=f"c-{i % 2}", erred=i % 10 == 0) for i in range(20_000)]
    for first in range(0, 20_000, 6_000):
        workspace.accept(recorder.session, recorder.spans(*spans[first : first + 6_000]))
    [computation] = [item for item in workspace.items("/computations") if item["dask_id"] == "c-0"]
    return f"/computations/{computation['id']}/spans"


def stream(hub: HubProcess, path: str, query: str = "") -> tuple[Any, list[Any]]:
    connection = hub.connect()
    try:
        url = f"/api/v1{path}?format=ndjson{query}"
        connection.request("GET", url, headers={"Authorization": f"Bearer {hub.token}"})
        response = connection.getresponse()
        lines = [json.loads(line) for line in response.read().splitlines()]
        # The connection is as good as before.
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        return response, lines
    finally:
        connection.close()


def test_all_spans_come_in_order(workspace: HubProcess, path: str) -> None:
    response, lines = stream(workspace, path)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert lines == workspace.all_items(path, limit=1000)
    assert [line["key"] for line in lines] == [f"inc-{i}" for i in range(0, 20_000, 2)]


def test_filters_are_kept(workspace: HubProcess, path: str) -> None:
    _, lines = stream(workspace, path, "&status=erred&text=inc-1999")
    assert [line["key"] for line in lines] == ["inc-19990"]
    assert stream(workspace, path, "&text=nowhere")[1] == []


def test_what_does_not_fit_is_refused(workspace: HubProcess, path: str) -> None:
    for query in ({"format": "xml"}, {"format": "ndjson", "limit": 5}, {"format": "ndjson", "cursor": "x"}):
        assert workspace.get(path, **query).error == (400, "invalid_parameter"), query
    assert workspace.get("/computations/999999/spans", format="ndjson").error == (404, "not_found")


def test_an_old_client_reads_to_the_end(workspace: HubProcess, path: str) -> None:
    parts = urlsplit(workspace.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as client:
        client.sendall(
            f"GET /api/v1{path}?format=ndjson HTTP/1.0\r\nAuthorization: Bearer {workspace.token}\r\n\r\n".encode()
        )
        answer = b""
        while piece := client.recv(1 << 16):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert len(body.splitlines()) == 10_000


def test_a_client_that_leaves_harms_nobody(workspace: HubProcess, path: str) -> None:
    parts = urlsplit(workspace.address)
    for _ in range(5):
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as client:
            request = f"GET /api/v1{path}?format=ndjson HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
            client.sendall(f"{request}{workspace.token}\r\n\r\n".encode())
            client.recv(100)
    assert len(stream(workspace, path)[1]) == 10_000
