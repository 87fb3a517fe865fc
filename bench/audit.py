"""`pilothouse audit` beside bandit, semgrep and guarddog."""

from __future__ import annotations

from pathlib import Path

import audit_detection
import audit_speed
from processes import PILOTHOUSE
from table import Table


def bench(table: Table, directory: Path, quick: bool, semgrep_rules: Path | None) -> str:
    audit_speed.bench(table, PILOTHOUSE, quick)
    return audit_detection.bench(table, PILOTHOUSE, directory, semgrep_rules)
