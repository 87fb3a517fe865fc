"""``make audit-packages``: audits fifty widely used packages, as they are downloaded, and lists every module that is rated above 0.7.

Whoever has read such a module writes a verdict into audit_verdicts.yaml; one without a verdict makes this fail.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from audit_peers import PLACE, run
from audit_report import AuditReport
from processes import PILOTHOUSE

HERE = Path(__file__).resolve().parent
PINS = HERE / "audit_packages.txt"
VERDICTS = HERE / "audit_verdicts.yaml"
ABOVE = 0.7
MISSING = "(none yet)"


@dataclass(frozen=True)
class Audited:
    name: str
    version: str
    seconds: float
    report: AuditReport

    def high(self) -> list[dict[str, Any]]:
        """The modules that are rated above the bound, worst first."""
        return sorted(
            (module for module in self.report.modules if worst(module) > ABOVE),
            key=lambda module: (-worst(module), module["path"]),
        )


def worst(module: dict[str, Any]) -> float:
    return max(float(module[score]) for score in ("securityRisk", "malware", "obfuscated"))


def download() -> list[Path]:
    """The files of all packages, of the versions that are pinned."""
    place = PLACE / "packages"
    stamp = place / "requirements"
    if not stamp.is_file() or stamp.read_text() != PINS.read_text():
        shutil.rmtree(place, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--prefer-binary"]
        subprocess.run([*pip, "--dest", str(place), "--requirement", str(PINS)], check=True)
        stamp.write_text(PINS.read_text())
    return sorted(path for path in place.iterdir() if path != stamp)


def audit(path: Path) -> Audited:
    name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
    began = time.monotonic()
    report = AuditReport(run([PILOTHOUSE, "audit", "--json", str(path)]))
    return Audited(name, version, time.monotonic() - began, report)


def reason(module: dict[str, Any]) -> str:
    """The strongest reason of the score that is the highest."""
    score = max(("securityRisk", "malware", "obfuscated"), key=lambda name: float(module[name]))
    because = module["because"][score]
    return str(because[0]["sentence"]).rstrip(".") if because else ""


def table(packages: list[Audited]) -> Iterator[str]:
    yield "| Package | Files | Lines | Risk | Malware | Obfuscated | Modules above 0.7 |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for one in packages:
        subject = one.report.document["subject"]
        scores = f"{one.report.risk:.2f} | {one.report.malware:.2f} | {one.report.obfuscated:.2f}"
        yield (
            f"| {one.name} {one.version} | {subject['files']:,} | {subject['lines']:,} | {scores} "
            f"| {len(one.high()) or ''} |"
        )


def modules(packages: list[Audited], verdicts: dict[str, dict[str, str]]) -> Iterator[str]:
    yield "| Module | Risk | Malware | Obfuscated | Because | Verdict |"
    yield "|---|--:|--:|--:|---|---|"
    for one in packages:
        for module in one.high():
            scores = " | ".join(f"{module[name]:.2f}" for name in ("securityRisk", "malware", "obfuscated"))
            verdict = verdicts.get(one.name, {}).get(module["path"], MISSING)
            yield f"| {one.name}: `{module['path']}` | {scores} | {reason(module)} | {verdict} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write both tables to this file, as Markdown")
    options = parser.parse_args()
    verdicts = yaml.safe_load(VERDICTS.read_text(encoding="utf-8"))
    packages = []
    for path in download():
        packages.append(audit(path))
        print(f"{packages[-1].seconds:6.1f} s  {path.name}", file=sys.stderr, flush=True)
    text = "\n".join([*table(packages), "", *modules(packages, verdicts)])
    print(text)
    if options.write:
        options.write.write_text(text + "\n", encoding="utf-8")
    unread = [f"{one.name}: {entry}" for one in packages for entry in one.report.document["unread"]]
    print("", *unread, sep="\n" if unread else "")
    if missing := text.count(MISSING):
        raise SystemExit(f"{missing} modules are rated above {ABOVE} and have no verdict in {VERDICTS.name}")


if __name__ == "__main__":
    main()
