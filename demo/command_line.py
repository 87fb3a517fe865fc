"""Runs `pilothouse`, and shows what was typed and what it said."""

from __future__ import annotations

import json
import subprocess
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from processes import Failure


class CommandLine:
    """Works in a directory of its own. `show` prints a line or more."""

    def __init__(
        self, program: Path, directory: Path, environment: Mapping[str, str], show: Callable[[Text], None]
    ) -> None:
        self.directory = directory
        self._program = program
        self._environment = environment
        self._show = show
        directory.mkdir()

    def run(
        self, command: str, *, code: int = 0, options: Sequence[str] = (), only: Sequence[str] = ()
    ) -> None:
        """It must end with `code`. `options` are not shown; of what it says, `only` lines that begin like that are."""
        self._show(Text(f"\n$ pilothouse {command}", "bold"))
        done = self._call([*command.split(), *options])
        for text in (done.stdout, done.stderr):
            lines = [line for line in text.rstrip().split("\n") if not only or line.startswith(tuple(only))]
            if any(lines):
                self._show(Text.from_ansi("\n".join(lines)))
        if done.returncode != code:
            raise Failure(f"`pilothouse {command}` ended with {done.returncode}, it must be {code}")

    def ask(self, command: str) -> Any:
        """What a command says as JSON, without a word."""
        done = self._call([*command.split(), "--json"])
        if done.returncode != 0:
            raise Failure(f"`pilothouse {command} --json` failed: {done.stderr}")
        return json.loads(done.stdout)

    def say(self, text: str) -> None:
        self._show(Text("\n" + textwrap.fill(text, 96), "green"))

    def _call(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program, *words],
            cwd=self.directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
