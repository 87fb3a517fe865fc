"""What browsers get of a hub: the files of the pages, and how they may be used."""

from __future__ import annotations

import gzip
import re
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from certificates import Authority
from hub_process import Answer, HubProcess

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def get(hub: HubProcess, path: str, **headers: str) -> Answer:
    return hub.request("GET", path, token=None, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?status=running&user=ada",
        "/clusters/3",
        "/computations/5?from=1&to=2&lane=3",
        "/exceptions",
        "/exceptions/0af31c",
        "/compare?a=1&b=2",
        "/sign-in",
    ],
)
def test_pages_need_no_token(hub: HubProcess, path: str) -> None:
    answer = get(hub, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>Pilothouse</title>" in answer.body
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_files_that_a_page_names_are_there_for_ever(hub: HubProcess) -> None:
    page = get(hub, "/").body.decode()
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    names = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert any(name.endswith(".js") for name in names)
    assert any(name.endswith(".css") for name in names)
    for name in names:
        assert name.startswith("/")
        answer = get(hub, name)
        assert answer.status == 200, name
        if name.startswith("/assets/"):
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_files_come_compressed_to_those_who_can_read_that(hub: HubProcess) -> None:
    [script] = re.findall(r'src="([^"]+)"', get(hub, "/").body.decode())
    plain = get(hub, script)
    packed = get(hub, script, Accept_Encoding="gzip, deflate, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_what_the_browser_has_is_not_sent_again(hub: HubProcess) -> None:
    first = get(hub, "/")
    again = get(hub, "/clusters/3", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert get(hub, "/", If_None_Match='"of another version"').status == 200


def test_heads_have_no_bodies(hub: HubProcess) -> None:
    connection = hub.connect()
    for path, status in (("/", 200), ("/nothing", 404), ("/api/v1/clusters", 401), ("/healthz", 405)):
        connection.request("HEAD", path, headers=BROWSER)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, b""), path
        assert int(answer.headers["Content-Length"]) > 0
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_browsers_get_a_page_also_where_there_is_none(hub: HubProcess) -> None:
    for path in ("/nothing", "/clusters/1/2", "/assets/gone-1a2b.js"):
        answer = hub.request("GET", path, token=None, headers=BROWSER)
        assert (answer.status, answer.headers.get_content_type()) == (404, "text/html")
        assert get(hub, path).error == (404, "not_found")
        assert get(hub, path, Accept="*/*").error == (404, "not_found")
    assert hub.request("GET", "/api/v1/nothing", headers=BROWSER).error == (404, "not_found")
    assert hub.request("GET", "/api/v1/nothing", token=None, headers=BROWSER).error == (401, "unauthorized")


def test_nobody_writes_them(hub: HubProcess) -> None:
    answer = hub.request("POST", "/", body=b"{}", token=None)
    assert answer.error == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"


def test_what_a_page_may_do_is_little(hub: HubProcess) -> None:
    answer = get(hub, "/")
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    for path in ("/", "/nothing", "/healthz", "/api/v1/clusters", "/api/v1/openapi.json"):
        assert get(hub, path).headers["X-Content-Type-Options"] == "nosniff"


def test_over_tls(start_hub, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    authority = Authority(tmp_path / "certificates")
    certificate, key = authority.issue()
    hub = start_hub("--tls-cert", str(certificate), "--tls-key", str(key), trust=authority.file)
    answer = get(hub, "/", Accept_Encoding="gzip")
    assert b"<title>Pilothouse</title>" in gzip.decompress(answer.body)


def test_strangers_who_read_nothing_keep_no_page_from_others(hub: HubProcess) -> None:
    parts = urlsplit(hub.address)
    [script] = re.findall(r'src="([^"]+)"', get(hub, "/").body.decode())
    request = f"GET {script} HTTP/1.1\r\nHost: hub\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    readers = []
    for _ in range(400):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((parts.hostname, parts.port))
        connection.sendall(100 * request)
        readers.append(connection)
    time.sleep(0.5)
    assert get(hub, script, Accept_Encoding="gzip").status == 200
    for connection in readers:
        connection.close()
