"""The tools that `pilothouse audit` is measured against: each in a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLACE = Path(__file__).resolve().parents[1] / "build" / "bench-audit"
BANDIT = "bandit==1.9.4"
SEMGREP = "semgrep==1.185.0"
GUARDDOG = "guarddog==3.2.0"  # its rules are YARA's
SEMGREP_RULES = "guarddog==2.10.0"  # the last whose rules are semgrep's
SCIENCE = ("numpy==2.4.6", "pandas==3.1.1", "dask==2026.8.0", "distributed==2026.8.0", "scipy==1.17.1")

Line = tuple[str, int]  # a file, relative to its case, and a line


@dataclass
class Said:
    """What a tool said of one case: whether it gave alarm, and which lines it named."""

    alarm: bool = False
    lines: set[Line] = field(default_factory=set)

    def add(self, file: str, first: int, last: int) -> None:
        self.alarm = True
        self.lines.update((file, line) for line in range(first, last + 1))


# Of each case, by the name of its directory.
Answers = dict[str, Said]


def environment(name: str, *requirements: str) -> Path:
    """The directory of programs of a virtual environment with just this."""
    place = PLACE / name
    stamp = place / "requirements"
    wanted = "\n".join(requirements)
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"  installing {', '.join(requirements)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "install", "--quiet", *requirements], check=True)
        stamp.write_text(wanted)
    return place / "bin"


def run(command: Sequence[str], cwd: Path | None = None) -> str:
    """What a tool wrote; findings make some of them fail."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def split(path: str) -> tuple[str, str]:
    case, _, file = path.removeprefix("./").partition("/")
    return case, file


class Bandit:
    """Answers by the lowest severity that counts."""

    def __init__(self) -> None:
        self.program = str(environment("bandit", BANDIT) / "bandit")

    def command(self, root: str) -> list[str]:
        return [self.program, "--quiet", "--recursive", "--format", "json", root]

    def answers(self, root: Path) -> dict[str, Answers]:
        severities = ("LOW", "MEDIUM", "HIGH")
        found: dict[str, Answers] = {severity: defaultdict(Said) for severity in severities}
        for result in json.loads(run(self.command("."), cwd=root))["results"]:
            case, file = split(result["filename"])
            lines = result["line_range"]
            for severity in severities[: severities.index(result["issue_severity"]) + 1]:
                found[severity][case].add(file, min(lines), max(lines))
        return found


class Semgrep:
    """Answers by a directory of rules; of rules with a category, only those for security count."""

    def __init__(self) -> None:
        self.program = str(environment("semgrep", SEMGREP) / "semgrep")

    def answers(self, root: Path, rules: Path) -> Answers:
        (root / ".semgrepignore").touch()  # else it leaves out what it takes for tests and builds
        flags = ("--metrics", "off", "--disable-version-check", "--no-git-ignore", "--quiet", "--json")
        found: Answers = defaultdict(Said)
        for result in json.loads(run([self.program, "scan", "--config", str(rules), *flags, "."], cwd=root))[
            "results"
        ]:
            if result["extra"]["metadata"].get("category", "security") == "security":
                case, file = split(result["path"])
                found[case].add(file, result["start"]["line"], result["end"]["line"])
        return found


def guarddogs_semgrep_rules() -> Path:
    """The rules that guarddog had while it used semgrep."""
    place = PLACE / SEMGREP_RULES.replace("==", "-")
    if not place.is_dir():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--dest", str(PLACE), SEMGREP_RULES], check=True)
        (wheel,) = PLACE.glob("guarddog-2*.whl")
        part = place.with_suffix(".part")
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith("guarddog/analyzer/sourcecode/") and name.endswith(".yml"):
                    archive.extract(name, part)
        part.rename(place)
    return place


class Guarddog:
    """Answers by what counts: any match of a rule, or only what it calls a risk."""

    def __init__(self) -> None:
        self.program = str(environment("guarddog", GUARDDOG) / "guarddog")

    def answers(self, root: Path) -> dict[str, Answers]:
        found: dict[str, Answers] = {"match": defaultdict(Said), "risk": defaultdict(Said)}
        for case in sorted(path for path in root.iterdir() if path.is_dir()):
            flags = ("--no-sandbox", "--output-format", "json")
            document: dict[str, Any] = json.loads(run([self.program, "pypi", "scan", str(case), *flags]))
            matches = [match["location"] for those in document["results"].values() for match in those]
            risks = [risk["threat_location"] for risk in document["risks"]]
            for name, locations in (("match", matches), ("risk", risks)):
                for location in locations:
                    file, _, line = location.rpartition(":")
                    found[name][case.name].add(file, int(line), int(line))
        return found
