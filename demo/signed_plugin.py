"""A platform team signs a plugin and publishes it; somebody else tampers with it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from processes import Failure

NAME = "lookout"
SOURCE = {
    "lookout.py": '''"""Notes in Dask's event log when a worker goes."""

from distributed.diagnostics.plugin import SchedulerPlugin

from .words import farewell


class Lookout(SchedulerPlugin):
    def remove_worker(self, scheduler, worker, **kwargs):
        scheduler.log_event("lookout", farewell(scheduler, worker))
''',
    "words.py": """def farewell(scheduler, worker):
    return {"gone": worker, "left": len(scheduler.workers)}
""",
}


class PlatformTeam:
    """Works on the command line, in a directory of its own. `show` prints what it does."""

    def __init__(
        self, program: Path, directory: Path, environment: dict[str, str], show: Callable[[str], None]
    ):
        self._program = program
        self._directory = directory
        self._environment = environment
        self._show = show
        (directory / NAME).mkdir(parents=True)
        for name, text in SOURCE.items():
            (directory / NAME / name).write_text(text)

    def publish(self) -> dict[str, Any]:
        """Makes a key, packs, signs, verifies and publishes. What a configuration needs to load the plugin."""
        self._run("plugin keygen team.key")
        key = (self._directory / "team.key.pub").read_text().strip()
        self._run(
            f"plugin pack {NAME} -o lookout.bundle --name {NAME} --version 1.0 --entry lookout:Lookout "
            "--kind scheduler --publisher team.key.pub"
        )
        self._run("plugin sign lookout.bundle --key team.key")
        self._run("plugin verify lookout.bundle --trust team.key.pub")
        self._run("plugin publish lookout.bundle")
        self._run("plugin list")
        return {"name": NAME, "keys": [key]}

    def tamper(self) -> None:
        """The same bundle with one word changed, which nobody takes."""
        good = (self._directory / "lookout.bundle").read_bytes()
        evil = good.replace(b"len(scheduler.workers)", b"scheduler.close()     ")
        if evil == good:
            raise Failure("the bundle does not hold the plugin's source")
        (self._directory / "tampered.bundle").write_bytes(evil)
        self._run("plugin verify tampered.bundle --trust team.key.pub", refused=True)
        self._run("plugin publish tampered.bundle", refused=True)

    def _run(self, command: str, *, refused: bool = False) -> None:
        self._show(f"\n[bold]$ pilothouse {command}[/]")
        done = subprocess.run(
            [self._program, *command.split()],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for text in (done.stdout, done.stderr):
            if text.strip():
                self._show(text.rstrip().replace("[", "\\["))
        if (done.returncode != 0) != refused:
            wanted = "must be refused" if refused else "failed"
            raise Failure(f"`pilothouse {command}` {wanted}")
