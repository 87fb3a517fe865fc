"""What the documents say of `pilothouse audit`: commands run as written, and outputs are those of today."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from run_command import Command

REPOSITORY = Path(__file__).resolve().parents[2]
HARMFUL = REPOSITORY / "demo" / "harmful" / "insights.py"
AUDIT = (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## The auditor\n(.*?)^## ", README, re.DOTALL | re.MULTILINE)
assert SECTION
TEXTS = {"docs/audit.md": AUDIT, "README.md": SECTION[1]}
each = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shell(command: Command, script: str, place: Path) -> str:
    """What bash says, with `pilothouse` in its path."""
    done = subprocess.run(
        ["bash", "-ec", script],
        env={**command.environment, "PATH": f"{command.binary.parent}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@each
def test_commands_run_as_written(command: Command, tmp_path: Path, text: str) -> None:
    place = tmp_path / "project"
    (place / "src").mkdir(parents=True)
    (place / "dist").mkdir()
    (place / "src" / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    shutil.copy(HARMFUL, place / "plugin.py")
    with zipfile.ZipFile(place / "dist" / "sums-1.0-py3-none-any.whl", "w") as wheel:
        wheel.write(place / "src" / "sums.py", "sums.py")
    scripts = blocks(text, "sh")
    assert any("--fail-above" in script for script in scripts)
    shell(command, "\n".join(scripts), place)
    assert json.loads((place / "audit.sarif").read_text())["version"] == "2.1.0"


@each
def test_outputs_are_those_of_today(command: Command, text: str) -> None:
    (example,) = blocks(text, "console")
    typed, _, shown = example.partition("\n")
    said = shell(command, typed.removeprefix("$ "), REPOSITORY)
    at = 0
    for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE):
        assert part in said[at:], f"not in the output, or not behind what is before it:\n{part}\n{said}"
        at = said.index(part, at) + len(part)


def test_the_worked_example_is_right(command: Command) -> None:
    report = json.loads(command("audit", "--json", str(HARMFUL)).out)
    for score in ("securityRisk", "malware", "obfuscated", "confidence"):
        (said,) = re.findall(rf"^{score} +=.*?(\d\.\d\d)(?:, for .*)?$", AUDIT, re.MULTILINE)
        assert float(said) == report[score], score
    rules = {finding["rule"] for finding in report["findings"] if finding["role"] == "flow"}
    assert rules == set(re.findall(r"^\| `(flows\.[\w-]+)`:", AUDIT, re.MULTILINE))


def test_every_key_of_a_report_is_explained(command: Command) -> None:
    report = json.loads(command("audit", "--json", str(HARMFUL)).out)
    (module,) = report["modules"]
    (flow, *_) = report["flows"]
    (finding,) = [finding for finding in report["findings"] if finding["id"] == flow["findings"][0]]
    keys = {*report, *module, *report["subject"], *flow, *flow["steps"][0], *finding}
    assert {key for key in keys if f"`{key}`" not in AUDIT and f'"{key}"' not in AUDIT} == set()


def test_the_rule_of_ones_own_is_a_rule(command: Command, tmp_path: Path) -> None:
    text = (REPOSITORY / "docs" / "audit_rules.md").read_text(encoding="utf-8")
    (rules,) = blocks(text, "yaml")
    (rule,) = yaml.safe_load(rules)["rules"]
    (tmp_path / "ours.yaml").write_text(rules)
    for kind, expected in (("match", True), ("no-match", False)):
        (program,) = rule["examples"][kind]
        (tmp_path / "program.py").write_text(program)
        said = command("audit", "--json", str(tmp_path / "program.py"), "--rules", str(tmp_path))
        assert said.code == 0, said.err
        assert (rule["id"] in {finding["rule"] for finding in json.loads(said.out)["findings"]}) == expected


def test_every_exit_code_is_explained(command: Command) -> None:
    said = command("audit", "--help").out
    codes = set(
        re.findall(r"(?<![\w.])(\d)(?= [a-z])", said.partition("Exit codes:")[2].partition("Examples")[0])
    )
    assert codes == set(re.findall(r"^\| (\d) \|", AUDIT, re.MULTILINE))
