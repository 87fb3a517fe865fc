"""The peer of the recorder bench: the same recording, written as a plain Python scheduler plugin."""

from __future__ import annotations

import json
import time
import zlib
from typing import Any

from distributed.diagnostics.plugin import SchedulerPlugin


class PythonRecorder(SchedulerPlugin):
    """Keeps what the native recorder keeps: a span per finished task, and roll-ups per computation and group.

    ``flush`` encodes what has come in since the last one, as the native recorder's thread does; nothing is sent.
    """

    name = "python-recorder"

    def __init__(self, scheduler: Any):
        self.scheduler = scheduler
        self.tasks = scheduler.tasks
        self.spans: list[dict[str, Any]] = []
        self.groups: dict[tuple[Any, str], dict[str, Any]] = {}
        self.computation: Any = None
        self.exceptions: list[dict[str, Any]] = []

    def _group(self, name: str) -> dict[str, Any]:
        slot = self.groups.get((self.computation, name))
        if slot is None:
            slot = {"total": 0, "memory": 0, "erred": 0, "runs": 0, "nbytes": 0, "durations": {}, "types": {}}
            self.groups[(self.computation, name)] = slot
        return slot

    def update_graph(self, scheduler: Any, **kwargs: Any) -> None:
        self.computation = str(scheduler.computations[-1].id)

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        if finish == "memory":
            if start != "processing":
                return
            group = self.tasks[key].group.name
            startstops = kwargs["startstops"]
            self.spans.append(
                {
                    "key": key if isinstance(key, str) else str(key),
                    "group": group,
                    "computation": self.computation,
                    "worker": kwargs["worker"],
                    "thread": kwargs.get("thread"),
                    "nbytes": kwargs["nbytes"],
                    "type": kwargs["typename"],
                    "status": "memory",
                    "actions": [(s["action"], s["start"], s["stop"]) for s in startstops],
                }
            )
            slot = self._group(group)
            slot["memory"] += 1
            slot["runs"] += 1
            slot["nbytes"] += kwargs["nbytes"]
            durations = slot["durations"]
            for s in startstops:
                durations[s["action"]] = durations.get(s["action"], 0.0) + s["stop"] - s["start"]
            types = slot["types"]
            types[kwargs["typename"]] = types.get(kwargs["typename"], 0) + 1
        elif finish == "waiting":
            if start == "released":
                task = self.tasks[key]
                if task.nbytes < 0:
                    self._group(task.group.name)["total"] += 1
        elif finish == "erred" and kwargs.get("cause") == key:
            group = self.tasks[key].group.name
            self._group(group)["erred"] += 1
            self.exceptions.append(
                {
                    "key": str(key),
                    "group": group,
                    "text": kwargs.get("exception_text"),
                    "traceback": kwargs.get("traceback_text"),
                    "time": time.time(),
                }
            )

    def flush(self) -> int:
        spans, self.spans = self.spans, []
        exceptions, self.exceptions = self.exceptions, []
        groups = [{"computation": c, "name": n, **slot} for (c, n), slot in self.groups.items()]
        return len(zlib.compress(json.dumps([spans, exceptions, groups]).encode(), 1))
