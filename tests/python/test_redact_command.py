"""`pilothouse redact`: what a recorder would keep of a text."""

from __future__ import annotations

import subprocess
from pathlib import Path

from run_command import Command

from pilothouse._recorder import Redactor


def test_a_file(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"password='hunter2' EMP-123456 gr\xc3\xb6\xc3\x9fe token='abcdef1'\n")
    said = command("redact", str(file), "--pattern", "EMP-[0-9]{6}", "--ignore", "token")
    assert said.code == 0, said.err
    assert said.out == "password='[redacted:password]' [redacted:pattern-1] größe token='abcdef1'\n"


def test_a_pipe(command: Command) -> None:
    done = subprocess.run(
        [str(command.binary), "redact", "--ignore", "jwt", "--ignore", "token"],
        input=b"a://b:hunter2@c \xff token='abcdef1'\n",
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == b"a://b:[redacted:url-password]@c \xff token='abcdef1'\n"


def test_the_rules(command: Command) -> None:
    assert command("redact", "--list").out.splitlines() == Redactor.rule_names()


def test_wrong_use(command: Command, tmp_path: Path) -> None:
    assert command("redact", str(tmp_path / "none")).code == 5
    assert command("redact", str(tmp_path)).code == 1
    said = command("redact", "--pattern", "(open", str(tmp_path / "none"))
    assert said.code != 0
    assert 'expression 1, "(open", is not one that RE2 takes' in said.err
    said = command("redact", "--ignore", "pasword", str(tmp_path / "none"))
    assert said.code == 5
    assert 'there is no rule "pasword"' in said.err
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate((16 << 20) + 1)
    assert command("redact", str(large)).code == 1
