"""How well `pilothouse audit` tells harmful snippets from benign ones, beside its peers (tests/audit_cases/labelled).

A tool finds the flow of a snippet when it names the line of its sink: of the peers any finding that covers the line counts, of ours only a flow
that ends there.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import labelled_cases
from audit_peers import Answers, Bandit, Guarddog, Said, Semgrep, guarddogs_semgrep_rules, run
from audit_report import AuditReport
from labelled_cases import Case
from table import Table

THRESHOLD = 0.5
CURVE = (0.3, 0.5, 0.7)
SPLITS: dict[str, Callable[[Case], bool]] = {
    "all": lambda case: True,
    "seen": lambda case: not case.held_out,
    "held out": lambda case: case.held_out,
}


@dataclass(frozen=True)
class Marks:
    precision: float
    recall: float
    flows: float

    def __str__(self) -> str:
        return "  ".join(f"{100 * share:5.1f}" for share in (self.precision, self.recall, self.flows))


def lay_out(cases: Iterable[Case], root: Path) -> dict[str, Case]:
    """Each case in a directory of its own, under a name that tells nothing."""
    places = {}
    for number, case in enumerate(cases, 1):
        place = root / f"case{number:03}"
        if case.path.is_dir():
            shutil.copytree(case.path, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True)
            shutil.copyfile(case.path, place / case.path.name)
        places[place.name] = case
    return places


def ours(pilothouse: str, root: Path) -> dict[float, Answers]:
    found: dict[float, Answers] = {threshold: defaultdict(Said) for threshold in CURVE}
    for case in sorted(path for path in root.iterdir() if path.is_dir()):
        report = AuditReport(run([pilothouse, "audit", "--json", str(case)]))
        lines = {flow.sink for flow in report.flows()}
        for threshold in CURVE:
            found[threshold][case.name] = Said(report.alarm >= threshold, lines)
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def marks(answers: Answers, cases: dict[str, Case]) -> Marks:
    alarms = [case.harmful for name, case in cases.items() if name in answers and answers[name].alarm]
    harmful = sum(case.harmful for case in cases.values())
    flows = [
        name in answers and bool(answers[name].lines & set(case.sinks))
        for name, case in cases.items()
        if case.sinks
    ]
    return Marks(
        _share(sum(alarms), len(alarms)), _share(sum(alarms), harmful), _share(sum(flows), len(flows))
    )


def bench(table: Table, pilothouse: str, directory: Path, semgrep_rules: Path | None) -> str:
    """Adds what the goals are to the table, and gives the whole as a text."""
    root = directory / "snippets"
    cases = lay_out(labelled_cases.read(), root)
    mine = ours(pilothouse, root)
    bandit = Bandit().answers(root)
    guarddog = Guarddog().answers(root)
    semgrep = Semgrep()
    peers = {
        "bandit, any finding": bandit["LOW"],
        "bandit, medium severity and up": bandit["MEDIUM"],
        "bandit, high severity": bandit["HIGH"],
        "semgrep with guarddog 2's rules": semgrep.answers(root, guarddogs_semgrep_rules()),
        "guarddog, any match": guarddog["match"],
        "guarddog, any risk": guarddog["risk"],
    }
    if semgrep_rules:
        peers["semgrep with its own rules"] = semgrep.answers(root, semgrep_rules.resolve())
    tools = {f"pilothouse, a score >= {threshold}": mine[threshold] for threshold in CURVE} | peers
    halves = {name: {k: c for k, c in cases.items() if among(c)} for name, among in SPLITS.items()}
    for name, answers in peers.items():
        for half in ("all", "held out"):
            our, their = (marks(those, halves[half]) for those in (mine[THRESHOLD], answers))
            table.shares(f"audit: flows found, {half}", name, our.flows, their.flows, above=True)
            table.shares(f"audit: precision, {half}", name, our.precision, their.precision)
    width = max(map(len, tools))
    lines = [f"{'':{width}}" + "".join(f"   {name:^19}" for name in halves)]
    lines.append(f"{'alarm':{width}}" + 3 * "   precis recall  flows")
    for name, answers in tools.items():
        lines.append(f"{name:{width}}" + "".join(f"   {marks(answers, half)}" for half in halves.values()))
    counts = [
        f"{name}: {sum(c.harmful for c in half.values())} harmful ({sum(bool(c.sinks) for c in half.values())} with a flow), "
        f"{sum(not c.harmful for c in half.values())} benign"
        for name, half in halves.items()
    ]
    return "\n".join([*lines, *counts, *_mistakes(mine[THRESHOLD], cases)])


def _mistakes(answers: Answers, cases: dict[str, Case]) -> Iterable[str]:
    """What was got wrong; of the held-out half only how much, so that it stays held out."""
    wrong: dict[str, list[str]] = {"missed": [], "false alarms": [], "flows not found": []}
    for name, case in cases.items():
        if case.held_out:
            continue
        if case.harmful and not answers[name].alarm:
            wrong["missed"].append(case.name)
        if not case.harmful and answers[name].alarm:
            wrong["false alarms"].append(case.name)
        if case.sinks and not answers[name].lines & set(case.sinks):
            wrong["flows not found"].append(case.name)
    return [f"{what} in the seen half: {', '.join(names) or 'none'}" for what, names in wrong.items()]
