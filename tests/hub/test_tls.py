"""TLS between real clients and a real hub, with certificates that are right, wrong and replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

import pytest
from certificates import Authority, self_signed, tls_flags
from hub_process import HubProcess, eventually, run_command
from tape import Recorder, event_record

import pilothouse

StartHub = Callable[..., HubProcess]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


@pytest.fixture
def tls_hub(start_hub: StartHub, authority: Authority) -> HubProcess:
    return start_hub(*tls_flags(*authority.issue()), trust=authority.file)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("DASK_PILOTHOUSE") or name == "SSL_CERT_FILE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "nobodys-state"))


def port_of(hub: HubProcess) -> int:
    port = urlsplit(hub.address).port
    assert port is not None
    return port


def client_context(trust: Path, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(trust))
    if version is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context


def handshake(hub: HubProcess, context: ssl.SSLContext, name: str = "127.0.0.1") -> ssl.SSLSocket:
    connection = socket.create_connection(("127.0.0.1", port_of(hub)), timeout=20)
    try:
        return context.wrap_socket(connection, server_hostname=name)
    except BaseException:
        connection.close()
        raise


def ask_by_command_line(hub: HubProcess, *flags: str, address: str | None = None, code: int = 0) -> str:
    done = run_command("clusters", "--address", address or hub.address, "--token", hub.token, *flags)
    assert done.returncode == code, done.stderr
    return done.stderr


def ask_by_python(hub: HubProcess, ca_file: Path | None, address: str | None = None) -> str:
    """What the hub's Python client says that is wrong, if anything."""
    with pilothouse.Hub(address or hub.address, hub.token, ca_file=ca_file) as client:
        try:
            client.list_clusters()
        except pilothouse.HubUnreachable as error:
            return str(error)
    return ""


def test_everybody_speaks_tls_with_a_hub_that_has_a_certificate(
    tls_hub: HubProcess, authority: Authority
) -> None:
    assert tls_hub.first_line.startswith("Pilothouse hub listening on https://127.0.0.1:")
    assert tls_hub.client_file["address"] == tls_hub.address
    assert "ca_file" not in tls_hub.client_file
    recorder = Recorder()
    assert tls_hub.accept(recorder.session, recorder.open())["mark"] == 1
    ask_by_command_line(tls_hub, "--ca-file", str(authority.file))
    assert ask_by_python(tls_hub, authority.file) == ""
    localhost = f"https://localhost:{port_of(tls_hub)}"
    ask_by_command_line(tls_hub, "--ca-file", str(authority.file), address=localhost)
    assert ask_by_python(tls_hub, authority.file, localhost) == ""
    assert tls_hub.stop() == ""


def test_large_uploads_and_answers(tls_hub: HubProcess) -> None:
    recorder = Recorder()
    text = 16_000 * "x"
    events = [event_record(payload=text) for _ in range(100)]
    tls_hub.accept(recorder.session, recorder.open(), recorder.json("events", *events))
    assert len(tls_hub.items("/clusters/1/events", limit=1000)) == 100


def test_who_is_not_trusted_is_refused_by_every_client(
    tls_hub: HubProcess, authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other", "other")
    for flags, ca_file in (((), None), (("--ca-file", str(other.file)), other.file)):
        said = ask_by_command_line(tls_hub, *flags, code=3)
        told = ask_by_python(tls_hub, ca_file)
        for message in (said, told):
            assert "is not trusted" in message
            assert "pilothouse.tls.ca-file" in message


def test_a_wrong_name_is_refused_by_every_client(start_hub: StartHub, authority: Authority) -> None:
    hub = start_hub(*tls_flags(*authority.issue("hub.example.org", "192.0.2.7")), trust=authority.file)
    said = ask_by_command_line(hub, "--ca-file", str(authority.file), code=3)
    assert "is not for 127.0.0.1 but for: hub.example.org, 192.0.2.7" in said
    localhost = f"https://localhost:{port_of(hub)}"
    said = ask_by_command_line(hub, "--ca-file", str(authority.file), address=localhost, code=3)
    assert "is not for localhost" in said
    for address in (hub.address, localhost):
        told = ask_by_python(hub, authority.file, address)
        assert "is for another host" in told
        assert "pilothouse.address" in told
    assert "not for 127.0.0.1: clients on this machine will refuse it; say --url" in hub.stop()


def test_an_expired_certificate_is_refused_by_every_client(start_hub: StartHub, authority: Authority) -> None:
    hub = start_hub(*tls_flags(*authority.issue(expired=True)), trust=authority.file)
    assert "has expired at 20" in ask_by_command_line(hub, "--ca-file", str(authority.file), code=3)
    assert "has expired" in ask_by_python(hub, authority.file)
    assert "the certificate has expired at 20" in hub.stop()


@pytest.mark.parametrize("content", ["", "not a certificate\n", None, "key"])
def test_a_ca_file_that_is_none_is_refused(tls_hub: HubProcess, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content == "key":
        path = tmp_path / "certificates" / "hub.key"
    elif content is not None:
        path.write_text(content)
    said = ask_by_command_line(tls_hub, "--ca-file", str(path), code=2)
    assert str(path) in said
    with pytest.raises(pilothouse.ConfigError, match="ca_file"):
        pilothouse.Hub(tls_hub.address, tls_hub.token, ca_file=path)


def test_old_versions_are_refused(tls_hub: HubProcess, authority: Authority) -> None:
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.warns(DeprecationWarning):
            context = client_context(authority.file, version)
        with pytest.raises(ssl.SSLError) as caught:
            handshake(tls_hub, context)
        assert "VERSION" in caught.value.reason, caught.value
    for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        with handshake(tls_hub, client_context(authority.file, version)) as connection:
            assert connection.version() == name
            assert connection.compression() is None


def test_weak_ciphers_are_refused(tls_hub: HubProcess, authority: Authority) -> None:
    context = client_context(authority.file, ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(
        "AES128-SHA:AES256-SHA256:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA"
    )
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
        handshake(tls_hub, context)


def presented(hub: HubProcess, authority: Authority) -> str:
    with handshake(hub, client_context(authority.file)) as connection:
        names = (connection.getpeercert() or {})["subjectAltName"]
    return ",".join(str(name) for kind, name in names if kind == "DNS")


def test_sighup_swaps_the_certificate_for_new_connections(start_hub: StartHub, authority: Authority) -> None:
    hub = start_hub(*tls_flags(*authority.issue("127.0.0.1", "first")), trust=authority.file)
    old = hub.connect()
    old.request("GET", "/healthz")
    assert old.getresponse().read() == b'{"status":"ok"}'
    local = old.sock.getsockname()

    authority.issue("127.0.0.1", "second")
    assert presented(hub, authority) == "first"
    hub.process.send_signal(signal.SIGHUP)
    eventually(lambda: presented(hub, authority) == "second")
    old.request("GET", "/readyz")
    assert old.getresponse().read() == b'{"status":"ok"}'
    assert old.sock.getsockname() == local
    old.close()
    assert "new connections get the certificate for 127.0.0.1, second, valid until 3000-01-01T" in hub.stop()


def next_line(hub: HubProcess) -> str:
    assert hub.process.stderr is not None
    return hub.process.stderr.readline().decode()


def test_bad_files_at_sighup_keep_the_old_ones(start_hub: StartHub, authority: Authority) -> None:
    certificate, key = authority.issue("127.0.0.1", "first")
    hub = start_hub(*tls_flags(certificate, key), trust=authority.file)
    good_certificate, good_key = certificate.read_bytes(), key.read_bytes()
    _, other_key = authority.issue("127.0.0.1", name="other")
    cut = good_certificate[: len(good_certificate) // 2]
    for path, content, why in (
        (certificate, b"", "no PEM certificate"),
        (certificate, cut, "certificate"),
        (certificate, good_certificate.replace(b"M", b"!"), "damaged"),
        (key, other_key.read_bytes(), "is not the key of the certificate"),
        (key, b"", "no private key"),
    ):
        good = path.read_bytes()
        path.write_bytes(content)
        hub.process.send_signal(signal.SIGHUP)
        line = next_line(hub)
        assert "the certificate stays as it was: " in line
        assert str(path) in line
        assert why in line
        assert presented(hub, authority) == "first"
        path.write_bytes(good)

    key.chmod(0o644)
    hub.process.send_signal(signal.SIGHUP)
    assert "everybody on this machine" in next_line(hub)
    key.chmod(0o640)
    key.write_bytes(good_key)
    hub.process.send_signal(signal.SIGHUP)
    assert "new connections get the certificate" in next_line(hub)


def refusal(tmp_path: Path, *flags: str, code: int = 1) -> str:
    done = run_command("serve", "--port", "0", "--state-dir", str(tmp_path / "none"), *flags)
    assert done.returncode == code
    assert not (tmp_path / "none" / "client.json").exists()
    return done.stderr


def test_a_hub_does_not_start_with_bad_files(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue()
    _, other = authority.issue(name="other")
    assert "is not the key" in refusal(tmp_path, *tls_flags(certificate, other))
    assert "nowhere.pem" in refusal(tmp_path, *tls_flags(tmp_path / "nowhere.pem", key))
    assert "no private key" in refusal(tmp_path, *tls_flags(certificate, certificate))
    assert "--tls-key" in refusal(tmp_path, "--tls-cert", str(certificate), code=2)
    assert "--tls-cert" in refusal(tmp_path, "--tls-key", str(key), code=2)
    key.chmod(0o604)
    assert "chmod o= " in refusal(tmp_path, *tls_flags(certificate, key))
    key.chmod(0o600)
    assert "https://" in refusal(tmp_path, *tls_flags(certificate, key), "--url", "http://hub:1")
    assert "http://" in refusal(tmp_path, "--url", "https://hub:1")


def test_with_a_certificate_a_hub_listens_beyond_loopback(start_hub: StartHub, authority: Authority) -> None:
    hub = start_hub("--host", "0.0.0.0", *tls_flags(*authority.issue()), trust=authority.file)
    assert hub.first_line.startswith("Pilothouse hub listening on https://0.0.0.0:")
    assert hub.client_file["address"].startswith("https://127.0.0.1:")


def test_without_one_it_says_how_to_give_one(tmp_path: Path) -> None:
    said = refusal(tmp_path, "--host", "0.0.0.0")
    assert "--tls-cert" in said
    assert "--insecure" in said


def local_clients(hub: HubProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the hub's machine nothing needs to be set."""
    monkeypatch.setenv("XDG_STATE_HOME", str(hub.state_dir.parent))
    hub.state_dir.rename(hub.state_dir.with_name("pilothouse"))
    done = run_command("clusters")
    assert done.returncode == 0, done.stderr
    with pilothouse.Hub() as client:
        assert client.address == hub.client_file["address"]
        assert list(client.list_clusters()) == []
    with pilothouse.Hub(client.address, hub.token) as client:
        assert list(client.list_clusters()) == []


def test_a_self_signed_certificate_is_pinned_for_local_clients(
    start_hub: StartHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path / "made", "127.0.0.1")
    hub = start_hub(*tls_flags(certificate, key), trust=certificate)
    assert hub.client_file["ca_file"] == str(certificate)
    local_clients(hub, monkeypatch)


def test_a_certificate_for_localhost_only(
    start_hub: StartHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path / "made", "localhost")
    hub = start_hub(*tls_flags(certificate, key), trust=certificate)
    assert hub.client_file["address"] == f"https://localhost:{port_of(hub)}"
    local_clients(hub, monkeypatch)


def test_the_url_is_what_local_clients_are_told(start_hub: StartHub, authority: Authority) -> None:
    flags = tls_flags(*authority.issue("hub.example.org"))
    hub = start_hub(*flags, "--url", "https://hub.example.org:8790", trust=authority.file)
    assert hub.client_file["address"] == "https://hub.example.org:8790"
    assert hub.stop() == ""
    client = json.loads((hub.state_dir / "client.json").read_text())
    assert client["token"] == hub.token


def test_an_intermediate_ca_may_be_pinned(start_hub: StartHub, authority: Authority, tmp_path: Path) -> None:
    below = Authority(tmp_path / "below", "below")
    below.ca = authority.ca.create_child_ca()
    below.ca.cert_pem.write_to_path(str(below.file))
    hub = start_hub(*tls_flags(*below.issue()), trust=authority.file)
    for trusted in (authority.file, below.file):
        ask_by_command_line(hub, "--ca-file", str(trusted))
        assert ask_by_python(hub, trusted) == ""
    # The hub's own certificate, alone, may be pinned as well.
    leaf = tmp_path / "leaf.pem"
    end = b"-----END CERTIFICATE-----\n"
    leaf.write_bytes((tmp_path / "below" / "hub.pem").read_bytes().split(end)[0] + end)
    ask_by_command_line(hub, "--ca-file", str(leaf))
    assert ask_by_python(hub, leaf) == ""


def test_plain_http_to_a_hub_with_tls_is_told_so(tls_hub: HubProcess, authority: Authority) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port_of(tls_hub)), timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(4096):
            answer += data
    assert time.monotonic() - began < 5
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"https://" in answer
    plain = f"http://127.0.0.1:{port_of(tls_hub)}"
    assert "https://" in ask_by_command_line(tls_hub, address=plain, code=2)
    with (
        pilothouse.Hub(plain, tls_hub.token) as client,
        pytest.raises(pilothouse.BadRequest, match="https://"),
    ):
        client.list_clusters()
    assert "TLS: 127.0.0.1: http request" in tls_hub.stop()


def test_tls_to_a_plain_hub_is_told_so(start_hub: StartHub, authority: Authority) -> None:
    hub = start_hub()
    began = time.monotonic()
    address = f"https://127.0.0.1:{port_of(hub)}"
    said = ask_by_command_line(hub, "--ca-file", str(authority.file), address=address, code=3)
    told = ask_by_python(hub, authority.file, address)
    assert time.monotonic() - began < 10
    for message in (said, told):
        assert "does not speak it" in message
        assert "http://" in message
    assert "a client speaks TLS, and this hub was started without --tls-cert" in hub.stop()


def test_garbage_and_silence_in_the_handshake_hurt_nobody(tls_hub: HubProcess, authority: Authority) -> None:
    silent = socket.create_connection(("127.0.0.1", port_of(tls_hub)), timeout=30)
    for data in (b"\x16\x03\x01\xff\xff" + 100 * b"\0", b"\x80\x2e\x01\x03\x01", b"\r\n\r\n", b"\x16", b""):
        with socket.create_connection(("127.0.0.1", port_of(tls_hub)), timeout=30) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert presented(tls_hub, authority) == "localhost"
    # Of who never says anything nothing is left after ten seconds.
    began = time.monotonic()
    assert silent.recv(1) == b""
    assert 5 < time.monotonic() - began < 20


def test_renegotiation_is_refused(tls_hub: HubProcess, authority: Authority) -> None:
    done = subprocess.run(
        [
            "openssl",
            "s_client",
            "-connect",
            f"127.0.0.1:{port_of(tls_hub)}",
            "-tls1_2",
            "-CAfile",
            str(authority.file),
        ],
        input=b"R\n",
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert b"RENEGOTIATING" in done.stdout + done.stderr
    assert b"no renegotiation" in done.stderr


def test_a_hub_ends_with_idle_tls_connections(tls_hub: HubProcess) -> None:
    idle = tls_hub.connect()
    idle.request("GET", "/healthz")
    idle.getresponse().read()
    began = time.monotonic()
    tls_hub.stop()
    assert time.monotonic() - began < 3
    idle.close()
