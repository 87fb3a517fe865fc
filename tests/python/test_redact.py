"""What is taken out of texts before they are recorded, and what is left alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from labelled import parts, texts

from pilothouse._bounded import redact, to_json
from pilothouse._recorder import Redactor

SECRETS = texts("secrets.txt")
ORDINARY = texts("ordinary.txt")


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def test_the_corpus_is_large_enough() -> None:
    assert len(SECRETS) >= 120
    assert len(set(ORDINARY)) >= 120
    assert all(parts(text)[1] for text in SECRETS)


@pytest.mark.parametrize("marked", SECRETS)
def test_secrets_vanish_and_the_rest_stays(redactor: Redactor, marked: str) -> None:
    text, _, around = parts(marked)
    redacted = redactor.redact(text)
    assert re.fullmatch(r"\[redacted:[a-z-]+\]".join(map(re.escape, around)), redacted), redacted
    assert redactor.redact(redacted) == redacted


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(redactor: Redactor, text: str) -> None:
    assert redactor.redact(text) == text


def test_all_at_once(redactor: Redactor) -> None:
    """Neighbours change nothing."""
    text = "\n\n".join(parts(marked)[0] for marked in SECRETS)
    redacted = redactor.redact(text)
    secrets = [secret for marked in SECRETS for secret in parts(marked)[1] if len(secret) > 12]
    assert [secret for secret in secrets if secret in redacted] == []
    everything = "\n\n".join(ORDINARY)
    assert redactor.redact(everything) == everything


def test_what_a_redactor_is_made_of() -> None:
    names = Redactor.rule_names()
    assert len(names) == len(set(names)) > 20
    assert {name for name, _ in Redactor().rules()} == set(names)
    assert ("pattern-1", "x+") in Redactor(patterns=["x+"]).rules()
    assert "jwt" not in {name for name, _ in Redactor(ignore=["jwt"]).rules()}
    with pytest.raises(ValueError, match="expression 1"):
        Redactor(patterns=["("])
    with pytest.raises(ValueError, match="no rule"):
        Redactor(ignore=["x"])
    with pytest.raises(TypeError):
        Redactor(patterns="x")  # type: ignore[arg-type]
    with pytest.raises(RuntimeError):
        Redactor.__new__(Redactor).redact("x")


def test_counts() -> None:
    redactor = Redactor(patterns=["EMP-[0-9]+"])
    redactor.redact("EMP-1 EMP-2 password='x1'")
    redactor.redact_member("api_key")
    assert redactor.counts() == {"pattern-1": 2, "password": 1, "api-key": 1}


@pytest.mark.parametrize("text", ["", "plain", "größe 日本語 🚀", "a\0b", "\ud800 lone", "x" * 100_000])
def test_any_text(redactor: Redactor, text: str) -> None:
    as_utf8 = text.encode("utf-8", "backslashreplace").decode()
    assert redactor.redact(text) == as_utf8
    assert redactor.redact(text, 3) == as_utf8[:3]
    assert redactor.redact(f"{text} password='{text}1'") == f"{as_utf8} password='[redacted:password]'"


def test_what_is_kept_is_counted_in_characters(redactor: Redactor) -> None:
    text = "日本 token='🚀🚀🚀🚀🚀🚀1' 日本"
    assert redactor.redact(text, 2) == "日本"
    assert redactor.redact(text, 12) == "日本 token='[redacted:token]"
    assert redactor.redact(text, 18) == "日本 token='[redacted:token]'"
    assert redactor.redact(text, 1000) == "日本 token='[redacted:token]' 日本"


def as_json(value: Any, room: int = 4096, **options: Any) -> Any:
    text, truncated = to_json(value, room, Redactor(**options))
    return json.loads(text), truncated


def test_members_whose_names_say_that_they_are_secret() -> None:
    value = {
        "password": {"old": "a", "new": ["b"]},
        "API_KEY": 123456,
        "nested": [{"accessToken": b"x", "tokens": 3, "token": None, "secret": False}],
        "env": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "HOME", "value": "/root"}],
        ("token",): 1,
    }
    assert as_json(value) == (
        {
            "password": "[redacted:password]",
            "API_KEY": "[redacted:api-key]",
            "nested": [{"accessToken": "[redacted:token]", "tokens": 3, "token": None, "secret": False}],
            "env": [
                {"name": "DB_PASSWORD", "value": "[redacted:password]"},
                {"name": "HOME", "value": "/root"},
            ],
            "('token',)": 1,
        },
        False,
    )
    assert as_json({"password": "x"}, ignore=["password"]) == ({"password": "x"}, False)


def test_texts_within_json() -> None:
    class Config:
        def __repr__(self) -> str:
            return "Config(password='hunter2')"

    deep: Any = {"password": "hunter2"}
    for _ in range(15):
        deep = [deep]
    value = {
        "postgres://u:hunter2@h": ["x password='hunter2' y", Config()],
        "deep": deep,
        "b": b"pwd='hunter2'",
    }
    text, _ = to_json(value, 4096, Redactor())
    assert "hunter2" not in text
    assert text.count("[redacted:password]") == 4
    assert "hunter2" in to_json(value, 4096, None)[0]


@pytest.mark.parametrize("room", range(16, 120, 7))
def test_a_secret_at_a_cut(room: int) -> None:
    token = "gh" + "p_" + 9 * "FAKE"
    for before in ("ab ", "längst ", "\ud800."):
        text = before * 5 + token + " and more" * 10
        for shown in (as_json(text, room)[0], as_json({"m": text}, room)[0].get("m", "")):
            assert "gh" + "p_" not in shown
        assert "gh" + "p_" not in redact(Redactor(), text, room)
        assert len(redact(Redactor(), text, room)) <= room
    binary = b"x" * (room % 64) + b" " + token.encode() + b"y" * 100
    assert "gh" + "p_" not in as_json(binary)[0]
    assert as_json(b"x" * 65) == ("b'" + 64 * "x" + "'...[65 bytes]", False)
    assert as_json(b"it's") == ('b"it\'s"', False)


def test_the_room_of_json_is_kept() -> None:
    value = {f"k{i}": "?pwd=a1& " * 50 for i in range(100)}
    text, truncated = to_json(value, 2000, Redactor())
    assert truncated
    assert len(text) < 2000 + 500
