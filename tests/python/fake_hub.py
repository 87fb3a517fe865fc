"""A hub that answers whatever a test wants, for what a real one would not do on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Union
from urllib.parse import parse_qs, urlsplit

Answer = Union[tuple[int, Any], tuple[int, Any, dict[str, str]]]


class Request:
    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method = method
        self.path = parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.headers = headers
        self.body = body


class FakeHub:
    """Answers with `answers[(method, path)]`: (status, JSON or bytes[, headers]), or a function of the request."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer | Callable[[Request], Answer]] = {}
        self.requests: list[Request] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, dict(self.headers), body)
                hub.requests.append(request)
                answer = hub.answers.get((request.method, request.path.removeprefix("/api/v1")))
                if answer is None:
                    answer = (404, {"error": {"code": "not_found", "message": "there is no such thing"}})
                elif callable(answer):
                    answer = answer(request)
                content = answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                for name, value in (answer[2] if len(answer) == 3 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _answer

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> FakeHub:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paged(self, path: str, items: list[Any]) -> None:
        """Serves a listing that is cut into pages by `limit` and `cursor`."""

        def page(request: Request) -> Answer:
            start = int(request.query.get("cursor", "0"))
            stop = start + int(request.query["limit"])
            return 200, {"items": items[start:stop], "next": str(stop) if stop < len(items) else None}

        self.answers["GET", path] = page


TASKS = dict.fromkeys(
    ("total", "waiting", "queued", "processing", "no_worker", "memory", "erred", "blamed", "released"), 0
)
START_US = 1_769_953_510_123_456  # 2026-02-01T13:45:10.123456Z


def cluster(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "scheduler_id": f"Scheduler-{number:04}",
        "name": f"cluster {number}",
        "status": "running",
        "workspace": "default",
        "address": "tcp://127.0.0.1:8786",
        "dashboard": None,
        "host": "node",
        "user": "ada",
        "os": "Linux",
        "versions": {
            "python": "3.11.7",
            "dask": "2026.8.0",
            "distributed": "2026.8.0",
            "pilothouse": "0.1.0",
        },
        "pid": 42,
        "start_us": START_US,
        "stop_us": None,
        "stop_reason": None,
        "last_seen_us": START_US + 90_500_000,
        "workers": {"now": 2, "total": 3, "lost": 1},
        "threads": 4,
        "memory_limit": 8 << 30,
        "clients": 1,
        "computations": 1,
        "tasks": {**TASKS, "total": 10, "memory": 9, "erred": 1},
        "exceptions": 1,
        "events": 5,
        "spans": 10,
        "spans_expired": 0,
        "missing_chunks": 0,
        "dropped": {},
        "dropped_spans": 0,
        "desired_state": None,
        **fields,
    }


def computation(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "dask_id": f"dask-{number}",
        "cluster_id": 1,
        "scheduler_id": "Scheduler-0001",
        "start_us": START_US,
        "stop_us": START_US + 2_500_000,
        "duration_us": 2_500_000,
        "state": "done",
        "client": "Client-1",
        "code": [{"text": "\n  total = x.sum()\n  print(total)", "filename": "/home/ada/work.py", "line": 7}],
        "annotations": {"start_us": 5},
        "tags": [],
        "tasks": {**TASKS, "total": 4, "memory": 4},
        "spans": 4,
        "spans_expired": 0,
        "exceptions": 0,
        "groups": [
            {
                "name": "sum-1a2b",
                "prefix": "sum",
                "tasks": {**TASKS, "total": 4, "memory": 4},
                "runs": 4,
                "durations_us": {"compute": 1_500_000, "transfer": 250_000},
                "nbytes": 4096,
                "types": {"float64": 4},
                "first_start_us": START_US,
                "last_stop_us": START_US + 2_000_000,
                "dependencies": ["ones-3c4d"],
            }
        ],
        **fields,
    }


def exception(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "cluster_id": 1,
        "scheduler_id": "Scheduler-0001",
        "computation_id": 1,
        "key": "('div-1', 0)",
        "group": "div-1",
        "workers": ["tcp://127.0.0.1:9000"],
        "type": "ZeroDivisionError",
        "message": "division by zero",
        "traceback": '  File "work.py", line 3, in div\n    return 1 / x\n',
        "time_us": START_US,
        "attempt": 1,
        "blamed": 3,
        "truncated": False,
        **fields,
    }


def event(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "cluster_id": 1,
        "topic": "all",
        "time_us": START_US,
        "payload": {"action": "add-worker", "nested_us": 7},
        "truncated": False,
        **fields,
    }
