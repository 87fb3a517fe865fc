"""The labelled snippets: index.yaml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent / "labelled"


@dataclass(frozen=True)
class Case:
    """A snippet. The places of its flow, file and line, are empty when it has none that harms."""

    path: Path
    harmful: bool
    family: str
    held_out: bool
    sources: tuple[tuple[str, int], ...]
    sinks: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        return self.path.stem

    def files(self) -> list[Path]:
        """The files of it, of a package relative to its directory."""
        if self.path.is_file():
            return [Path(self.path.name)]
        found = (
            path.relative_to(self.path) for path in self.path.rglob("*.p*") if path.suffix in (".py", ".pth")
        )
        return sorted(found)


def _places(case: Path, lines: list[Any]) -> tuple[tuple[str, int], ...]:
    pairs = (str(line).rpartition(":") for line in lines)
    return tuple((file or case.name, int(line)) for file, _, line in pairs)


def read(root: Path = ROOT) -> list[Case]:
    cases = []
    for entry in yaml.safe_load((root / "index.yaml").read_text(encoding="utf-8")):
        path = root / entry["path"]
        sources, sinks = (_places(path, entry.get(end, [])) for end in ("source", "sink"))
        cases.append(
            Case(
                path,
                {"harmful": True, "benign": False}[entry["label"]],
                entry["family"],
                {"held-out": True, "seen": False}[entry["split"]],
                sources,
                sinks,
            )
        )
    return cases
