"""The labelled snippets are what their index says; the auditor reads each of them. How well it tells them apart is for `make bench`."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from run_command import Command

import labelled_cases
from audit_report import AuditReport
from labelled_cases import Case

CASES = labelled_cases.read()


def text(case: Case, file: Path | str) -> str:
    return (case.path if case.path.is_file() else case.path / file).read_text(encoding="utf-8")


def test_the_index_names_every_snippet_once() -> None:
    there = {
        path
        for folder in ("seen", "held_out")
        for path in (labelled_cases.ROOT / folder).iterdir()
        if path.name != "__pycache__"
    }
    assert Counter(case.path for case in CASES) == Counter(there)


def test_there_are_enough_of_each_kind() -> None:
    counts = Counter((case.harmful, case.held_out) for case in CASES)
    assert min(counts[True, half] for half in (True, False)) >= 30
    assert min(counts[False, half] for half in (True, False)) >= 30


def test_half_of_each_family_is_held_out() -> None:
    families: dict[str, list[Case]] = {}
    for case in CASES:
        families.setdefault(case.family, []).append(case)
    for family, cases in families.items():
        assert len({case.harmful for case in cases}) == 1, family
        assert [case.held_out for case in cases] == [n % 2 == 0 for n in range(1, len(cases) + 1)], family
        for number, case in enumerate(cases, 1):
            assert case.name.startswith(f"{family.replace('-', '_')}_{number:02}_")
            assert case.path.parent.name == ("held_out" if case.held_out else "seen")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_snippet_is_well_formed(case: Case) -> None:
    for file in case.files():
        source = text(case, file)
        if file.suffix == ".py":
            ast.parse(source)
        assert len(source.splitlines()) <= 60
    assert bool(case.sources) == bool(case.sinks)
    assert case.harmful or not case.sinks
    for name, line in (*case.sources, *case.sinks):
        assert text(case, name).splitlines()[line - 1].strip()


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_the_auditor_reads_all_of_it(command: Command, held_out: bool) -> None:
    folder = labelled_cases.ROOT / ("held_out" if held_out else "seen")
    report = AuditReport(command("audit", "--json", str(folder)).out)
    files = {
        (
            case.path.relative_to(folder) / file if case.path.is_dir() else case.path.relative_to(folder)
        ).as_posix()
        for case in CASES
        if case.held_out is held_out
        for file in case.files()
    }
    assert {module["path"] for module in report.modules} == files
    assert report.document["unread"] == []
    assert report.risk >= 0.8
