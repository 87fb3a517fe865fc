"""Steers faults.cpp from outside the process that it is preloaded into."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARY = (
    Path(os.environ.get("PILOTHOUSE_BUILD") or REPOSITORY / "build" / "release") / "pilothouse_faults.so"
)
POWER_CUT = 99  # the exit status of a process whose machine lost power
_FIELDS = ("operations", "cut_at", "seed", "full", "clock_us")


class Faults:
    """What a process is to suffer. All fields may be read and set while it runs."""

    def __init__(self, directory: Path, files: Path):
        assert LIBRARY.is_file(), f"{LIBRARY} is missing; run: make build"
        path = directory / "faults"
        path.write_bytes(bytes(8 * len(_FIELDS)))
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8 * len(_FIELDS))
        self.environment = {
            "LD_PRELOAD": str(LIBRARY),
            "PILOTHOUSE_FAULTS_CONTROL": str(path),
            "PILOTHOUSE_FAULTS_FILES": str(files),
        }

    def __getitem__(self, field: str) -> int:
        value: int = struct.unpack_from("<q", self._memory, 8 * _FIELDS.index(field))[0]
        return value

    def __setitem__(self, field: str, value: int) -> None:
        struct.pack_into("<q", self._memory, 8 * _FIELDS.index(field), value)

    def cut_power_in(self, operations: int, seed: int) -> None:
        self["seed"] = seed
        self["cut_at"] = self["operations"] + operations

    def step_clock(self, seconds: float) -> None:
        self["clock_us"] = round(seconds * 1e6)
