"""Starts processes, and ends every one of them whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, TypeVar

T = TypeVar("T")


class Failure(Exception):
    """The demo did not go as it must. The message says what is wrong."""


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 60) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.05)


class Processes:
    """Child processes, each with a log file. Leaving the `with` block ends those that still run, youngest first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # From here on a second Ctrl-C must not leave anything behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if isinstance(error, Exception):
            self.print_logs()
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        # A session of its own: Ctrl-C on the terminal reaches the demo only, which ends the others in order.
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                [str(word) for word in command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def kill(self, name: str) -> None:
        """SIGKILL: the process gets no chance to say goodbye."""
        process = self._running[name]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, name: str, seconds: float = 30) -> int:
        """The exit status of a process that ends by itself."""
        try:
            return self._running[name].wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{name} has not ended within {seconds:g} s") from None

    def check(self, name: str) -> None:
        status = self._running[name].poll()
        if status is not None:
            raise Failure(f"{name} ended with status {status}")

    def print_logs(self) -> None:
        for name in self._running:
            text = self.log(name).read_text(encoding="utf-8", errors="replace")
            print(f"--- the end of the log of {name}\n{text[-3000:]}", file=sys.stderr)


def _stop(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)
