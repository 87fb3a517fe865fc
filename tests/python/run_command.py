"""Runs the command line and gives what it said."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


class Command:
    """Runs the command line in a clean environment."""

    def __init__(self, binary: Path, environment: dict[str, str]) -> None:
        self.binary = binary
        self.environment = environment

    def __call__(self, *arguments: str, **environment: str) -> Said:
        done = subprocess.run(
            [str(self.binary), *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())
