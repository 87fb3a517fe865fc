"""``make audit-packages``: audits fifty widely used packages and all they depend on.

What is audited are the files that pip downloads, each twice: a report that is another the second time makes this
fail. Every module that is rated above 0.7 is listed. Whoever has read it writes a verdict into
audit_verdicts.yaml; one without a verdict makes this fail as well.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from audit_peers import PLACE
from audit_report import AuditReport
from processes import PILOTHOUSE

HERE = Path(__file__).resolve().parent
PINS = HERE / "audit_packages.txt"
CONSTRAINTS = HERE / "audit_dependencies.txt"
VERDICTS = HERE / "audit_verdicts.yaml"
PAGE = HERE.parent / "docs" / "audit.md"
BEGIN, END = "<!-- made by make audit-packages -->", "<!-- end -->"
ABOVE = 0.7
SLOW = 20
SCORES = ("securityRisk", "malware", "obfuscated")
MISSING = "(none yet)"

Verdicts = dict[str, dict[str, str]]  # by package and file


@dataclass(frozen=True)
class Audited:
    name: str
    version: str
    asked: bool  # one of the fifty, not what they bring
    seconds: float
    same: bool  # the second report was the first, byte for byte
    report: AuditReport

    def high(self) -> list[dict[str, Any]]:
        """The modules that are rated above the bound, worst first."""
        return sorted(
            (module for module in self.report.modules if worst(module) > ABOVE),
            key=lambda module: (-worst(module), module["path"]),
        )

    def bounded(self) -> list[str]:
        """The modules that a bound of time or memory kept from being read to their end."""
        return [
            module["path"]
            for module in self.report.modules
            if any("bound" in reason["sentence"] for reason in module["because"]["confidence"])
        ]


def processor_seconds() -> float:
    """What ended children have used, which does not depend on what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def worst(module: dict[str, Any]) -> float:
    return max(float(module[score]) for score in SCORES)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> set[tuple[str, str]]:
    """Names and versions of the fifty."""
    pins = (line.split("==") for line in PINS.read_text().splitlines() if "==" in line)
    return {(canonical(name), version) for name, version in pins}


def download(place: Path) -> list[Path]:
    """The files of all packages and of what they depend on, as pinned, and the wheels that are in those."""
    stamp = place / "requirements"
    wanted = PINS.read_text() + CONSTRAINTS.read_text()
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--prefer-binary"]
        files = ["--requirement", str(PINS), "--constraint", str(CONSTRAINTS)]
        subprocess.run([*pip, "--dest", str(place), *files], check=True)
        for wheel in place.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for inner in (name for name in archive.namelist() if name.endswith(".whl")):
                    if not (place / Path(inner).name).exists():
                        (place / Path(inner).name).write_bytes(archive.read(inner))
        stamp.write_text(wanted)
    return sorted(path for path in place.iterdir() if path != stamp)


def audit(path: Path, asked: set[tuple[str, str]]) -> Audited:
    name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
    command = [PILOTHOUSE, "audit", "--json", str(path)]
    began = processor_seconds()
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    seconds = (processor_seconds() - began) / 2
    name = canonical(name)
    report = AuditReport(first.decode())
    return Audited(name, version, (name, version) in asked, seconds, first == second, report)


def reason(module: dict[str, Any]) -> str:
    """The strongest reason of the score that is the highest."""
    score = max(SCORES, key=lambda name: float(module[name]))
    because = module["because"][score]
    return str(because[0]["sentence"]).rstrip(".") if because else ""


def number(package: Audited, what: str) -> int:
    return int(package.report.document["subject"][what])


def verdict_on(package: Audited, module: dict[str, Any], verdicts: Verdicts) -> str:
    return verdicts.get(package.name, {}).get(module["path"], MISSING)


def summary(packages: list[Audited], verdicts: Verdicts) -> Iterator[str]:
    asked = [one for one in packages if one.asked]
    found = [verdict_on(one, module, verdicts) for one in packages for module in one.high()]
    false = sum(verdict.startswith("false") for verdict in found)
    files, lines = (sum(number(one, what) for one in packages) for what in ("files", "lines"))
    slowest = max(packages, key=lambda one: one.seconds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    rest = len(packages) - len(asked)
    yield f"| Packages | {len(packages)}: the {len(asked)}, and {rest} that they bring |"
    yield "|---|---|"
    yield f"| Python files, lines | {files:,}, {lines:,} |"
    yield f"| Packages above {ABOVE} | {sum(bool(one.high()) for one in packages)} |"
    yield f"| Modules above {ABOVE} | {len(found)} |"
    yield f"| Of these, false alarms | {false} |"
    yield f"| Modules in which a bound was met | {sum(len(one.bounded()) for one in packages)} |"
    seconds = sum(one.seconds for one in packages)
    yield f"| Processor time of all | {seconds:.0f} s |"
    yield f"| Of the slowest, {slowest.name} | {slowest.seconds:.1f} s |"
    yield f"| Most memory | {peak:,} MiB |"


def row(name: str, group: list[Audited]) -> str:
    files, lines = (sum(number(one, what) for one in group) for what in ("files", "lines"))
    scores = " | ".join(f"{max(float(one.report.document[score]) for one in group):.2f}" for score in SCORES)
    return f"| {name} | {files:,} | {lines:,} | {scores} | {sum(len(one.high()) for one in group) or ''} |"


def table(packages: list[Audited]) -> Iterator[str]:
    yield f"| Package | Files | Lines | Risk | Malware | Obfuscated | Modules above {ABOVE} |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for one in packages:
        if one.asked or one.high():
            yield row(f"{one.name} {one.version}", [one])
    rest = [one for one in packages if not one.asked and not one.high()]
    yield row(f"the other {len(rest)}, the highest of each score", rest)


def modules(packages: list[Audited], verdicts: Verdicts) -> Iterator[str]:
    yield "| Module | Risk | Malware | Obfuscated | Because | Verdict |"
    yield "|---|--:|--:|--:|---|---|"
    for one in packages:
        for module in one.high():
            scores = " | ".join(f"{module[name]:.2f}" for name in SCORES)
            verdict = verdict_on(one, module, verdicts)
            yield f"| {one.name}: `{module['path']}` | {scores} | {reason(module)} | {verdict} |"


def write(text: str) -> None:
    """Puts the tables into the page, in place of what was there."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"also put the tables into docs/{PAGE.name}")
    parser.add_argument("--place", type=Path, default=PLACE / "packages", help="where the files are kept")
    parser.add_argument(
        "--reports", type=Path, help="also write all reports to this file, as a JSON object by package"
    )
    options = parser.parse_args()
    verdicts = yaml.safe_load(VERDICTS.read_text(encoding="utf-8"))
    asked, packages = pinned(), []
    for path in download(options.place):
        packages.append(audit(path, asked))
        print(f"{packages[-1].seconds:6.1f} s  {path.name}", file=sys.stderr, flush=True)
    tables = (summary(packages, verdicts), modules(packages, verdicts), table(packages))
    text = "\n\n".join("\n".join(lines) for lines in tables)
    print(text, "", sep="\n")
    if options.write:
        write(text)
    if options.reports:
        reports = {f"{one.name} {one.version}": one.report.document for one in packages}
        options.reports.write_text(json.dumps(reports), encoding="utf-8")
    for one in packages:
        for entry in one.report.document["unread"]:
            print(f"{one.name}: {entry['path']} {entry['reason']}")
        for path in one.bounded():
            print(f"{one.name}: {path} was not read to its end")
    failures = [f"{one.name} has another report the second time" for one in packages if not one.same]
    failures += [
        f"{one.name} takes {one.seconds:.0f} s of processor time" for one in packages if one.seconds > SLOW
    ]
    if missing := text.count(MISSING):
        failures.append(f"{missing} modules are rated above {ABOVE} and have no verdict in {VERDICTS.name}")
    if failures:
        raise SystemExit("\n".join(failures))


if __name__ == "__main__":
    main()
