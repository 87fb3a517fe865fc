"""The command line as somebody runs it who has a hub's address and a token."""

from __future__ import annotations

from pathlib import Path

from hub_process import BINARY, HubProcess, run_command

OK, FAILED, USAGE, UNREACHABLE, UNAUTHORIZED, NOT_FOUND = range(6)


class ClientCommand:
    """Runs one verb in a directory of its own."""

    def __init__(self, verb: str, hub: HubProcess, place: Path) -> None:
        self.verb = verb
        self.place = place
        self.aside = ""  # to standard error, the last time
        self.environment = {
            "PATH": f"{Path(BINARY).parent}:/usr/bin:/bin",
            "HOME": str(place),
            "DASK_PILOTHOUSE__ADDRESS": hub.address,
            "DASK_PILOTHOUSE__TOKEN": hub.token,
        }

    def __call__(self, *arguments: object, code: int = OK, **environment: str) -> str:
        """What the command said; to standard error when it is to fail."""
        done = run_command(
            self.verb, *map(str, arguments), env={**self.environment, **environment}, cwd=self.place
        )
        assert done.returncode == code, done.stderr
        self.aside = done.stderr
        return done.stderr if code else done.stdout
