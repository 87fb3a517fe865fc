"""Modules of the shape that Pilothouse replaces: `pilothouse audit` says of each what tests/audit_cases/replaced/cases.yaml demands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from run_command import Command

from audit_report import AuditReport, Flow

FOLDER = Path(__file__).resolve().parents[1] / "audit_cases" / "replaced"
CASES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "cases.yaml").read_text(encoding="utf-8"))
each = pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case["path"]).stem)


def audited(command: Command, path: str) -> AuditReport:
    said = command("audit", "--json", str(FOLDER / path))
    assert said.out, said.err
    return AuditReport(said.out)


def within(value: float, bounds: dict[str, float]) -> bool:
    return bounds.get("at-least", 0) <= value <= bounds.get("at-most", 1)


def proofs(case: dict[str, Any]) -> list[str]:
    checked = case.get("checked", "")
    return checked if isinstance(checked, list) else [checked]


def test_the_index_names_every_module() -> None:
    there = {path.name for path in FOLDER.iterdir()} - {"cases.yaml", "__pycache__"}
    assert sorted(case["path"] for case in CASES) == sorted(there)


@each
def test_flows(command: Command, case: dict[str, Any]) -> None:
    flows = audited(command, case["path"]).flows()

    def found(wanted: dict[str, Any]) -> list[Flow]:
        return [
            flow
            for flow in flows
            if flow.label == wanted["from"]
            and flow.category in wanted["to"]
            and flow.functions >= set(wanted["functions"])
        ]

    for wanted in case["flows"]:
        those = found(wanted)
        assert those, (wanted, flows)
        assert {flow.checked for flow in those} <= set(proofs(case)), (wanted, those)
    if case["risk"].get("at-most", 1) <= 0.2:
        assert not flows


@each
def test_scores(command: Command, case: dict[str, Any]) -> None:
    report = audited(command, case["path"])
    assert within(report.risk, case["risk"]), report.document["because"]["securityRisk"]
    assert within(report.malware, case.get("malware", {})), report.document["because"]["malware"]
    assert report.document["confidence"] >= 0.7
    for score in ("securityRisk", "malware"):
        assert report.document["because"][score]


@each
def test_a_check_lowers_the_risk_and_is_the_reason(command: Command, case: dict[str, Any]) -> None:
    if "safer-than" not in case:
        pytest.skip("has no twin")
    report = audited(command, case["path"])
    assert report.risk < audited(command, case["safer-than"]).risk - 0.2
    said = " ".join(sentence["sentence"] for sentence in report.document["because"]["securityRisk"])
    assert re.search(r"hash|digest|signature|signed", said), said


@each
def test_the_rest_is_standard_and_open(command: Command, case: dict[str, Any]) -> None:
    report = audited(command, case["path"])
    assert report.wrappers() >= set(case["wrappers"])
    assert report.obfuscated == 0
    assert not [found for found in report.found("anomaly") if re.search("credential|secret", found["rule"])]
    assert report.document["unread"] == []


def test_a_report_is_the_same_each_time(command: Command) -> None:
    first, second = (command("audit", "--json", str(FOLDER)).out for _ in range(2))
    assert first == second


def test_the_plain_shape_is_described_as_an_analyst_would(command: Command) -> None:
    report = audited(command, "urllib3_exec.py").document
    said = {
        name: " ".join(s["sentence"] for s in report[name])
        for name in ("purpose", "sources", "sinks", "flows")
    }
    assert "harborline" in said["purpose"]
    assert "urllib3" in said["sources"]
    assert "dask" in said["sources"]
    assert "exec" in said["sinks"]
    assert "register" in said["flows"]
    assert "dask_setup" in said["flows"]
    rest = " ".join(s["sentence"] for name in ("analysis", "conclusion") for s in report[name])
    assert "register" in rest
    assert "dask_setup" in rest
