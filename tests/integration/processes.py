"""Real processes for the tests: a hub, schedulers and workers, each on a port of its own, each ended by its id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, TypeVar

T = TypeVar("T")

HERE = str(Path(__file__).parent)

PILOTHOUSE = os.environ.get("PILOTHOUSE_BIN") or str(Path(sys.executable).with_name("pilothouse"))


def eventually(check: Callable[[], T], timeout: float = 30.0, what: str = "") -> T:
    """The first true answer of ``check``; fails with its last answer or error when there is none in time."""
    deadline = time.monotonic() + timeout
    last: Any = None
    while True:
        try:
            last = check()
            if last:
                return last
        except Exception as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or check}; last: {last!r}")
        time.sleep(0.05)


class Process:
    """A child process with its output in a file."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None):
        self.log = log
        # Tasks are pickled by the names of the test modules that define them.
        environment = {**os.environ, "PYTHONPATH": HERE, **(env or {})}
        with open(log, "wb") as out:
            self.child = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment
            )

    @property
    def pid(self) -> int:
        return self.child.pid

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def running(self) -> bool:
        return self.child.poll() is None

    def kill(self) -> None:
        self.child.kill()
        self.child.wait(30)

    def stop(self, timeout: float = 20) -> int:
        if self.running():
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.child.returncode


class HubProcess(Process):
    """``pilothouse serve``. A port of 0 lets the system choose."""

    def __init__(self, state_dir: Path, port: int = 0, *arguments: str):
        self.state_dir = state_dir
        state_dir.parent.mkdir(parents=True, exist_ok=True)
        command = [PILOTHOUSE, "serve", "--port", str(port), "--state-dir", str(state_dir), *arguments]
        super().__init__(command, state_dir.parent / f"{state_dir.name}.{time.monotonic_ns()}.log")
        client = eventually(self._client, 20, "the hub listens")
        self.address: str = client["address"]
        self.token: str = client["token"]

    def _client(self) -> dict[str, str] | None:
        assert self.running(), self.output()
        if "listening on" not in self.output():
            return None
        client: dict[str, str] = json.loads((self.state_dir / "client.json").read_text())
        return client

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def environment(self, **extra: str) -> dict[str, str]:
        """What a scheduler needs to find this hub, and to tell it things quickly."""
        return {
            "DASK_PILOTHOUSE__ADDRESS": self.address,
            "DASK_PILOTHOUSE__TOKEN": self.token,
            "DASK_PILOTHOUSE__FLUSH_INTERVAL": "100ms",
            **extra,
        }


class SchedulerProcess(Process):
    """``dask scheduler --preload pilothouse``."""

    module = "distributed.cli.dask_scheduler"

    def __init__(
        self, directory: Path, env: dict[str, str], preload: tuple[str, ...] = ("--preload", "pilothouse")
    ):
        name = f"scheduler-{time.monotonic_ns()}"
        self.file = directory / f"{name}.json"
        command = [sys.executable, "-m", self.module, "--host", "127.0.0.1", "--port", "0"]
        command += ["--no-dashboard", "--scheduler-file", str(self.file), *preload]
        self.spool = directory / "spool"
        super().__init__(
            command, directory / f"{name}.log", {"DASK_PILOTHOUSE__SPOOL__DIRECTORY": str(self.spool), **env}
        )
        self.address: str = eventually(self._address, 60, "the scheduler listens")

    def _address(self) -> str | None:
        assert self.running(), self.output()
        try:
            address: str = json.loads(self.file.read_text())["address"]
        except (OSError, ValueError):
            return None
        return address


class WorkerProcess(Process):
    """``dask worker`` with one thread and no nanny, so that its pid is the worker's."""

    arguments: tuple[str, ...] = ()
    nanny = "--no-nanny"

    def __init__(self, directory: Path, scheduler: str, env: dict[str, str] | None = None):
        name = f"worker-{time.monotonic_ns()}"
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            scheduler,
            "--nthreads",
            "1",
            self.nanny,
        ]
        command += [
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(directory),
            "--name",
            name,
        ]
        super().__init__([*command, *self.arguments], directory / f"{name}.log", env)
        self.name = name


class NannyProcess(WorkerProcess):
    """The same under a nanny, which is the process."""

    nanny = "--nanny"
