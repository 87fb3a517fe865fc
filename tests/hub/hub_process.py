"""A real hub on a free port, and raw HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PILOTHOUSE_BIN") or str(Path(sys.executable).with_name("pilothouse"))
START_TIMEOUT = 20


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: Any

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.body["error"]["code"]

    @property
    def message(self) -> str:
        message: str = self.body["error"]["message"]
        return message


class HubProcess:
    def __init__(
        self,
        state_dir: Path,
        *flags: str,
        env: dict[str, str] | None = None,
        port: int = 0,
        trust: Path | None = None,
    ):
        """`trust`: the CA file of a hub with TLS."""
        self.trust = trust
        self.state_dir = state_dir
        self._flags = flags
        self._env = {**os.environ, **(env or {})}
        self._port = port
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(self._port), "--state-dir", str(self.state_dir), *self._flags],
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], START_TIMEOUT)
        assert readable, "the hub did not start in time"
        self.first_line = self.process.stdout.readline().decode().rstrip()
        prefix = "Pilothouse hub listening on "
        assert self.first_line.startswith(prefix), self.first_line + self.kill()
        self.address = self.first_line.removeprefix(prefix)
        self.client_file = json.loads((self.state_dir / "client.json").read_text())
        self.token = self.client_file["token"]

    def stop(self) -> str:
        """Ends the hub as a service manager does; what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, stderr = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, stderr.decode()
        return stderr.decode()

    def kill(self) -> str:
        self.process.kill()
        return self.process.communicate(timeout=30)[1].decode()

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=None if self.trust is None else str(self.trust))
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        token: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """`token`: empty for the owner's, None for none at all."""
        sent = dict(headers or {})
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token or self.token}")
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            # What does not end is looked at by its head.
            endless = response.headers.get_content_type() == "text/event-stream"
            body = "" if endless else response.read()
            is_json = response.headers.get_content_type() == "application/json"
            return Answer(response.status, response.headers, json.loads(body) if is_json else body)
        finally:
            connection.close()

    def get(self, path: str, token: str | None = "", **parameters: Any) -> Answer:
        query = "?" + urlencode(parameters, quote_via=quote) if parameters else ""
        return self.request("GET", f"/api/v1{path}{query}", token=token)

    def items(self, path: str, **parameters: Any) -> list[Any]:
        answer = self.get(path, **parameters)
        assert answer.status == 200, answer.body
        items: list[Any] = answer.body["items"]
        return items

    def all_items(self, path: str, **parameters: Any) -> list[Any]:
        """Every page."""
        items = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.get(path, **parameters, **cursor)
            assert answer.status == 200, answer.body
            items += answer.body["items"]
            if answer.body["next"] is None:
                return items
            cursor = {"cursor": answer.body["next"]}

    def upload(self, session: str, *chunks: bytes, token: str | None = "", last: object = None) -> Answer:
        """`last`: as recorders say it, the sequence of the last chunk."""
        return self.request(
            "POST",
            f"/api/v1/sessions/{session}/chunks{'' if last is None else f'?last={last}'}",
            body=b"".join(chunks),
            token=token,
            headers={"Content-Type": "application/vnd.pilothouse.tape"},
        )

    def accept(self, session: str, *chunks: bytes, token: str | None = "") -> Any:
        answer = self.upload(session, *chunks, token=token)
        assert answer.status == 200, answer.body
        return answer.body

    def ask_to_stop(self, cluster: int, token: str | None = "") -> Answer:
        return self.request(
            "POST", f"/api/v1/clusters/{cluster}/desired-state", body=b'{"state": "stopped"}', token=token
        )

    def make_workspace(self, name: str) -> str:
        """The token of a new workspace."""
        made = self.local("workspace", "create", name)
        return next(word for word in made.split() if word.startswith("ph_"))

    def make_token(self, user: str, *flags: str) -> tuple[int, str]:
        """Its id and its text."""
        said = self.local("token", "create", user, *flags).split()
        return int(said[1]), said[-1]

    def local(self, *arguments: str) -> str:
        """What the command line says on the hub's machine."""
        done = run_command(*arguments, "--state-dir", str(self.state_dir))
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout


def run_command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """What the command line did, whatever that was."""
    return subprocess.run(
        [BINARY, *arguments], check=False, capture_output=True, text=True, timeout=120, **options
    )


def run_and_kill(moment: float, *arguments: str) -> None:
    """Kills the command line after that many seconds, unless it was faster."""
    process = subprocess.Popen([BINARY, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)


def eventually(check: Any, timeout: float = 15) -> Any:
    """The first true answer of `check`."""
    deadline = time.monotonic() + timeout
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
