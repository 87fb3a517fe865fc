"""What `pilothouse audit --json` said, in the terms of the cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).resolve().parents[2] / "src" / "trust" / "audit" / "rules"


@dataclass(frozen=True)
class Flow:
    """A path from a source to a sink; places are file and line."""

    label: str
    category: str
    source: tuple[str, int]
    sink: tuple[str, int]
    checked: str
    functions: frozenset[str]


@cache
def rules() -> dict[str, dict[str, Any]]:
    """All rules by id, as their files have them."""
    return {
        rule["id"]: rule
        for path in sorted(RULES.glob("*.yaml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    }


class AuditReport:
    def __init__(self, text: str) -> None:
        self.document: dict[str, Any] = json.loads(text)
        self.risk: float = self.document["securityRisk"]
        self.malware: float = self.document["malware"]
        self.obfuscated: float = self.document["obfuscated"]
        self.modules: list[dict[str, Any]] = self.document["modules"]
        self._findings: dict[int, dict[str, Any]] = {
            finding["id"]: finding for finding in self.document["findings"]
        }

    @property
    def alarm(self) -> float:
        """The highest of the three scores."""
        return max(self.risk, self.malware, self.obfuscated)

    def found(self, role: str) -> Iterator[dict[str, Any]]:
        """The findings that are a "source", a "sink", a "flow", an "anomaly" or a "fact"."""
        return (finding for finding in self._findings.values() if finding["role"] == role)

    def flows(self) -> list[Flow]:
        """Every flow, with the functions of all sentences about it."""
        functions: dict[int, set[str]] = {}
        for section in (self.document, *self.modules):
            for sentence in section["flows"]:
                named = {*sentence["functions"], *(step["function"] for step in sentence["steps"])} - {""}
                for number in sentence["findings"]:
                    functions.setdefault(number, set()).update(named)
        return [self._flow(finding, functions.get(finding["id"], set())) for finding in self.found("flow")]

    def _flow(self, finding: dict[str, Any], functions: set[str]) -> Flow:
        source, sink = self._findings[finding["source"]], self._findings[finding["sink"]]
        return Flow(
            rules()[source["rule"]].get("label", ""),
            rules()[sink["rule"]].get("category", ""),
            (source["file"], source["line"]),
            (sink["file"], sink["line"]),
            finding["checked"],
            frozenset(functions),
        )

    def wrappers(self) -> set[str]:
        """The functions that are called standard wrappers."""
        return {finding["name"] for finding in self.found("fact") if finding["rule"] == "module.wraps"}
