"""The threat model names a test for each defence: it must be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "threat_model.md").read_text(encoding="utf-8")
PYTHON_TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", TEXT)))
CPP_TESTS = sorted(set(re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", TEXT)) - {"Suite.Test"})


def test_there_are_many() -> None:
    assert len(PYTHON_TESTS) > 30
    assert len(CPP_TESTS) > 15


@pytest.mark.parametrize("name", PYTHON_TESTS)
def test_a_test_in_python_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    assert re.search(rf"^def {function}\(", (REPOSITORY / file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", CPP_TESTS)
def test_a_test_in_cpp_is_there(name: str) -> None:
    suite, _, test = name.partition(".")
    sources = (REPOSITORY / "src").rglob("*_test.cpp")
    pattern = re.compile(rf"^TEST(?:_F|_P)?\({suite}, {test}\)", re.MULTILINE)
    assert any(pattern.search(source.read_text(encoding="utf-8")) for source in sources)
