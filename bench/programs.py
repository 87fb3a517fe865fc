"""Runs the benchmarks written in C++, and reads the JSON lines that they print."""

from __future__ import annotations

import json
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from processes import HubProcess, Process, eventually

Lines = dict[str, list[dict[str, Any]]]


def run(build: Path, name: str, *arguments: object, hub: HubProcess | None = None) -> Lines:
    """The lines of a program by their ``what``."""
    command = [str(build / "bench" / f"bench_{name}"), *map(str, arguments)]
    if hub is not None:
        command += ["--address", hub.address, "--token", hub.token]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    lines: Lines = defaultdict(list)
    for line in done.stdout.splitlines():
        result = json.loads(line)
        lines[result["what"]].append(result)
    return lines


def column(lines: Lines, what: str, field: str) -> list[float]:
    return [float(line[field]) for line in lines[what]]


class NullServer(Process):
    """Answers every request, and does nothing else."""

    def __init__(self, build: Path, directory: Path):
        super().__init__(
            [str(build / "bench" / "bench_null_server")], directory / f"null.{time.monotonic_ns()}.log"
        )
        self.address = "http://127.0.0.1:" + eventually(self.output, 20, "the null server listens").strip()


def database_bytes(hub: HubProcess) -> int:
    """What the hub keeps on disk."""
    return sum(f.stat().st_size for f in hub.state_dir.iterdir() if ".db" in f.name)
