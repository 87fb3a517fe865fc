"""What is taken out of texts before they are recorded, and what is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pilothouse._recorder import Redactor

CORPUS = Path(__file__).resolve().parents[1] / "corpus_redact"


def corpus(name: str) -> list[str]:
    lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("# ")]
    return [line.replace("⏎", "\n").replace("¦", "") for line in texts]


SECRETS = corpus("secrets.txt")
ORDINARY = corpus("ordinary.txt")


def parts(marked: str) -> tuple[str, list[str], list[str]]:
    """The text, its secrets, and what stands around them."""
    pieces = marked.replace("⟧", "⟦").split("⟦")
    return "".join(pieces), pieces[1::2], pieces[::2]


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
