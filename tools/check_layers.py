"""Checks that every #include goes in a direction that the table of layers in ARCHITECTURE.md allows.

The table is the allow-list: there is no second one. `hub (for `serve`)` allows an include only from files
named `serve*`, and such an exception fails the check when nothing uses it any more. Libraries that belong to
one layer are held to it as well.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `(?P<layer>[a-z/_]+)` \|[^|]*\|(?P<allowed>[^|]*)\|$", re.MULTILINE)
ENTRY = re.compile(r"^(?P<layer>[a-z/_]+)(?: \(for `(?P<file>\w+)`\))?$")
INCLUDE = re.compile(r"^\s*#\s*include\s+(?:\"(?P<own>[^\"]+)\"|<(?P<system>[^>]+)>)", re.MULTILINE)
# Header prefix -> the layers that may include it.
LIBRARIES = {
    "Python.h": {"recorder/python", "trust/python"},
    "sqlite3.h": {"store"},
    "yaml-cpp/": {"cli", "trust/audit"},
    "CLI/": {"cli", "apps"},
    "zstd.h": {"tape"},
    "archive.h": {"trust/audit"},
    "archive_entry.h": {"trust/audit"},
    "iconv.h": {"trust/audit"},
    "re2/": {"recorder/core", "trust/audit"},
}


class Entry(NamedTuple):
    """Permission for one layer to include another, for one file only if `file` is set."""

    source: str
    target: str
    file: str | None

    def __str__(self) -> str:
        condition = f" (for `{self.file}`)" if self.file else ""
        return f"{self.source} -> {self.target}{condition}"


def read_table(text: str) -> tuple[set[str], list[Entry]]:
    layers: set[str] = set()
    entries: list[Entry] = []
    for row in ROW.finditer(text):
        layer = row["layer"].removeprefix("src/")
        layers.add(layer)
        for item in filter(None, (part.strip() for part in row["allowed"].split(","))):
            match = ENTRY.match(item)
            if match is None:
                sys.exit(f"ARCHITECTURE.md: cannot read {item!r} in the row of `{row['layer']}`")
            entries.append(Entry(layer, match["layer"], match["file"]))
    if not layers:
        sys.exit("ARCHITECTURE.md: the table of layers was not found")
    for entry in entries:
        if entry.target not in layers:
            sys.exit(f"ARCHITECTURE.md: {entry} names an unknown layer")
    return layers, entries


def layer_of(path: str, layers: set[str]) -> str | None:
    """The layer with the longest name that `path` (relative to src/) lies in."""
    inside = [layer for layer in layers if path.startswith(layer + "/")]
    return max(inside, key=len, default=None)


def main() -> int:
    layers, entries = read_table((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    used: set[Entry] = set()
    errors: list[str] = []
    count = 0
    files = sorted(
        path for top in ("src", "apps") for path in (ROOT / top).rglob("*") if path.suffix in {".h", ".cpp"}
    )
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        source = layer_of(name.removeprefix("src/"), layers)
        if source is None:
            errors.append(f"{name}: lies in no layer of ARCHITECTURE.md")
            continue
        text = path.read_text(encoding="utf-8")
        for include in INCLUDE.finditer(text):
            where = f"{name}:{text.count(chr(10), 0, include.start(include.lastgroup or 0)) + 1}"
            if include["system"]:
                for prefix, owners in LIBRARIES.items():
                    if include["system"].startswith(prefix) and source not in owners:
                        errors.append(
                            f"{where}: <{include['system']}> belongs to {', '.join(sorted(owners))}"
                        )
                continue
            count += 1
            target = layer_of(include["own"], layers)
            if target is None:
                errors.append(f'{where}: "{include["own"]}" names no layer; write the path from src/')
            elif target != source:
                fitting = [
                    entry
                    for entry in entries
                    if entry.source == source
                    and entry.target == target
                    and (entry.file is None or path.name.startswith(entry.file))
                ]
                used.update(fitting)
                if not fitting:
                    errors.append(f'{where}: {source} must not include "{include["own"]}" of {target}')
    errors += [
        f"ARCHITECTURE.md: nothing uses the exception {entry}; remove it"
        for entry in entries
        if entry.file and entry not in used
    ]
    for error in errors:
        print(error, file=sys.stderr)
    print(f"layers: {len(files)} files, {count} own includes, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
