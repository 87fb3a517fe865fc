"""Reads the labelled texts of this directory, by which the rules of redaction are judged."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def texts(name: str, gap: str = "") -> list[str]:
    """The texts of a file, in ``secrets.txt`` with ⟦ and ⟧ around what must vanish; ``gap`` for each ¦."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.replace("⏎", "\n").replace("¦", gap) for line in lines if line and not line.startswith("# ")]


def parts(marked: str) -> tuple[str, list[str], list[str]]:
    """The text, its secrets, and what stands around them."""
    pieces = marked.replace("⟧", "⟦").split("⟦")
    return "".join(pieces), pieces[1::2], pieces[::2]
