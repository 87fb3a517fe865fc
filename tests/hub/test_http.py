"""What any path answers to what it should not be asked."""

from __future__ import annotations

import http.client
import json
import re
import socket
from urllib.parse import urlsplit

import pytest
from hub_process import HubProcess
from tape import Recorder

LISTINGS = ["/clusters", "/computations", "/exceptions", "/clusters/1/events"]


@pytest.mark.parametrize("path", ["/clusters", "/clusters/1", "/workspace", "/nothing", "/exceptions"])
def test_missing_and_wrong_tokens_get_one_answer(hub: HubProcess, path: str) -> None:
    answers = [hub.get(path, token=token) for token in (None, "ph_wrong", "ph_" + 43 * "A")]
    answers += [
        hub.request("GET", "/api/v1" + path, headers={"Authorization": value})
        for value in ("", "Bearer", "Bearer ", f"Basic {hub.token}", hub.token)
    ]
    for answer in answers:
        assert answer.status == 401
        assert answer.body == {"error": {"code": "unauthorized", "message": "a valid token is required"}}
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_uploads_and_requests_to_stop_need_a_token(hub: HubProcess) -> None:
    recorder = Recorder()
    assert hub.upload(recorder.session, recorder.open(), token=None).status == 401
    assert hub.upload(recorder.session, 2_000_000 * b"x", token="ph_wrong").status == 401
    assert hub.ask_to_stop(1, token=None).status == 401


def test_health_and_the_document_need_no_token(hub: HubProcess) -> None:
    for path in ("/healthz", "/readyz"):
        answer = hub.request("GET", path, token=None)
        assert (answer.status, answer.body) == (200, {"status": "ok"})
    assert hub.get("/openapi.json", token=None).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/clusters/999999",
        "/clusters/0",
        "/clusters/-1",
        "/clusters/x",
        "/clusters/1/nothing",
        "/clusters/",
    ]
    + ["/clusters/999999/" + part for part in ("workers", "samples", "computations", "events")]
    + ["/computations/999999", "/computations/999999/spans", "/computations/99999999999999999999"]
    + ["/exceptions?cluster_id=999999", "/computations?scheduler_id=nobody", "/clusters?workspace=other"],
)
def test_not_found(hub: HubProcess, path: str) -> None:
    assert hub.get(path).error == (404, "not_found")


def test_not_found_outside_the_api(hub: HubProcess) -> None:
    for path in ("/nothing", "/api/v1", "/api/v2/clusters", "//clusters", "/healthz/x"):
        assert hub.request("GET", path).error == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/api/v1/clusters", "GET"),
        ("DELETE", "/api/v1/clusters/1", "GET"),
        ("GET", "/api/v1/clusters/1/desired-state", "POST"),
        ("PUT", f"/api/v1/sessions/{32 * '0'}/chunks", "POST"),
        ("POST", "/healthz", "GET"),
    ],
)
def test_wrong_methods_are_told_the_right_one(hub: HubProcess, method: str, path: str, allow: str) -> None:
    answer = hub.request(method, path)
    assert answer.error == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allow


@pytest.mark.parametrize("path", LISTINGS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "1.5"),
        ("limit", ""),
        ("since", "5 parsecs"),
        ("since", ""),
        ("until", "2026-02-30"),
        ("status", "Running"),
        ("status", ""),
        ("cursor", "nonsense"),
        ("cursor", ""),
        ("cursor", "clusters.zz.-1"),
        ("unknown", "1"),
        ("Limit", "1"),
    ],
)
def test_bad_parameters_are_named(workspace: HubProcess, path: str, name: str, value: str) -> None:
    recorder = Recorder()
    cluster = workspace.accept(recorder.session, recorder.open())["cluster"]
    answer = workspace.get(path.replace("/1/", f"/{cluster}/"), **{name: value})
    assert answer.error == (400, "invalid_parameter")
    assert f'"{name}"' in answer.message


def test_parameters_given_twice_or_against_one_another(hub: HubProcess) -> None:
    assert hub.get("/clusters?limit=1&limit=2").error == (400, "invalid_parameter")
    assert hub.get("/clusters?limit").error == (400, "invalid_parameter")
    assert hub.get("/computations?cluster_id=1&scheduler_id=x").error == (400, "invalid_parameter")
    assert hub.get("/computations?cluster_id=zero").error == (400, "invalid_parameter")
    assert hub.get("/clusters?text=%ff").error == (400, "invalid_parameter")
    assert hub.get("/clusters?text=%").error == (400, "malformed")


def test_a_cursor_is_good_for_its_own_listing_only(workspace: HubProcess) -> None:
    recorders = [Recorder() for _ in range(2)]
    for recorder in recorders:
        workspace.accept(recorder.session, recorder.open())
    cursor = workspace.get("/clusters", limit=1).body["next"]
    assert workspace.get("/clusters", cursor=cursor).status == 200
    assert workspace.get("/computations", cursor=cursor).error == (400, "invalid_parameter")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"stopped",
        b"[]",
        b"null",
        b"{}",
        b'{"state": null}',
        b'{"state": 1}',
        b'{"state": "running"}',
        b'{"state": "stopped", "force": true}',
        b'{"state": "stopped", "state": "stopped"}',
        b'{"state": "stopped"} {}',
        b'{"state": "\xff"}',
        100 * b"[" + 100 * b"]",
    ],
)
def test_bad_bodies(workspace: HubProcess, body: bytes) -> None:
    recorder = Recorder()
    cluster = workspace.accept(recorder.session, recorder.open())["cluster"]
    answer = workspace.request("POST", f"/api/v1/clusters/{cluster}/desired-state", body=body)
    assert answer.error == (400, "malformed")
    assert workspace.get(f"/clusters/{cluster}").body["desired_state"] is None


def test_an_unknown_field_is_named(workspace: HubProcess) -> None:
    recorder = Recorder()
    cluster = workspace.accept(recorder.session, recorder.open())["cluster"]
    path = f"/api/v1/clusters/{cluster}/desired-state"
    answer = workspace.request("POST", path, body=b'{"state": "stopped", "force": true}')
    assert '"force"' in answer.message


def test_too_large_bodies(hub: HubProcess) -> None:
    over = b"x" * (64 * 1024 + 1)
    assert hub.request("POST", "/api/v1/clusters/1/desired-state", body=over).error == (413, "too_large")
    over = b"x" * (16 * 1024 * 1024 + 1)
    assert hub.upload(32 * "0", over).error == (413, "too_large")
    # Without a length in the header, the limit is found on the way.
    connection = hub.connect()
    connection.request(
        "POST",
        "/api/v1/clusters/1/desired-state",
        body=iter([b"x" * 50_000, b"x" * 50_000]),
        headers={"Authorization": f"Bearer {hub.token}"},
        encode_chunked=True,
    )
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["error"]["code"]) == (413, "too_large")


def test_a_header_that_is_too_large(hub: HubProcess) -> None:
    answer = hub.request("GET", "/api/v1/clusters", headers={"X-Filler": 20_000 * "x"})
    assert answer.error == (431, "too_large")


def raw(hub: HubProcess, data: bytes) -> bytes:
    parts = urlsplit(hub.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65536):
            received += data
        return received


def test_what_is_not_http_is_refused(hub: HubProcess) -> None:
    assert raw(hub, b"SSH-2.0-hello\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(hub, b"GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert hub.request("GET", "/healthz").status == 200


def test_requests_sent_at_once_are_answered_in_order(hub: HubProcess) -> None:
    session = 32 * "7"
    head = f"HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {hub.token}\r\n"
    recorder = Recorder(session)
    first = recorder.open()
    upload = (
        f"POST /api/v1/sessions/{session}/chunks {head}Content-Length: {len(first)}\r\n\r\n".encode() + first
    )
    heartbeat = f"POST /api/v1/sessions/{session}/chunks {head}Content-Length: 0\r\n\r\n".encode()
    requests = [
        f"GET /api/v1/nothing {head}\r\n".encode(),
        upload,
        f"GET /api/v1/workspace {head}\r\n".encode(),
        heartbeat,
        f"GET /healthz {head}Connection: close\r\n\r\n".encode(),
    ]
    answers = raw(hub, b"".join(requests))
    statuses = re.findall(rb"HTTP/1.1 (\d+) ", answers)
    assert statuses == [b"404", b"200", b"200", b"200", b"200"]
    assert answers.count(b'"mark":1') == 2


def test_a_connection_is_kept(hub: HubProcess) -> None:
    connection = hub.connect()
    connection.connect()
    local = connection.sock.getsockname()
    for path, status in (("/healthz", 200), ("/api/v1/clusters", 401), ("/nothing", 404), ("/readyz", 200)):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is not None
        assert connection.sock.getsockname() == local
    connection.close()


def test_a_client_that_waits_to_be_asked_for_the_body(hub: HubProcess) -> None:
    parts = urlsplit(hub.address)
    recorder = Recorder()
    body = recorder.open()
    head = (
        f"POST /api/v1/sessions/{recorder.session}/chunks HTTP/1.1\r\nHost: hub\r\nExpect: 100-continue\r\n"
        f"Authorization: Bearer {hub.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(body)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert json.loads(response.read())["mark"] == 1


def test_an_encoded_path_is_the_same_path(hub: HubProcess) -> None:
    assert hub.get("/%63lusters").status == 200
    assert hub.get("/clusters%2F1").error == (404, "not_found")
