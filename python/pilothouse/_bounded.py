"""JSON of anything, within a size."""

from __future__ import annotations

import json
import math
from typing import Any

_MAX_DEPTH = 12
_MAX_ITEMS = 256
_MAX_INT = 2**63


def to_json(value: Any, max_bytes: int) -> tuple[str, bool]:
    """``value`` as JSON text of about ``max_bytes`` at most, and whether something in it was cut.

    Never raises: what JSON cannot say is written as text, what is too long ends in a mark that says how much is missing.
    The work done is bounded by ``max_bytes`` too, however large ``value`` is.
    """
    copier = _Copier(max_bytes)
    copy = copier.copy(value, _MAX_DEPTH)
    return json.dumps(copy, separators=(",", ":")), copier.truncated


def clean(text: str) -> str:
    """``text`` without lone surrogates, which UTF-8 cannot say."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


class _Copier:
    def __init__(self, budget: int):
        self.budget = budget
        self.truncated = False

    def copy(self, value: Any, depth: int) -> Any:
        self.budget -= 4
        if value is None or isinstance(value, bool):
            return value
        if type(value) is int and -_MAX_INT <= value < _MAX_INT:
            self.budget -= 8
            return value
        if type(value) is float:
            self.budget -= 16
            return value if math.isfinite(value) else str(value)
        if isinstance(value, str):
            return self.text(value)
        if depth > 0 and isinstance(value, dict):
            return self.mapping(value, depth)
        if depth > 0 and isinstance(value, (list, tuple, set, frozenset)):
            return self.sequence(value, depth)
        return self.text(_describe(value))

    def text(self, value: str) -> str:
        # json.dumps writes a character in six bytes at most, one or two as a rule.
        room = max(self.budget, 16)
        if len(value) > room:
            self.truncated = True
            value = f"{value[:room]}...[cut, {len(value)} characters]"
        value = clean(str(value))
        self.budget -= len(value)
        return value

    def mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for key, item in value.items():
            if self.full(len(copy), len(value)):
                copy["..."] = f"[cut, {len(value)} entries]"
                break
            name = key if isinstance(key, str) else _describe(key)
            copy[self.text(name)] = self.copy(item, depth - 1)
        return copy

    def sequence(self, value: Any, depth: int) -> list[Any]:
        copy: list[Any] = []
        for item in value:
            if self.full(len(copy), len(value)):
                copy.append(f"...[cut, {len(value)} items]")
                break
            copy.append(self.copy(item, depth - 1))
        return copy

    def full(self, done: int, size: int) -> bool:
        if done < size and (done >= _MAX_ITEMS or self.budget <= 0):
            self.truncated = True
            return True
        return False


def _describe(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return repr(bytes(value[:64])) + (f"...[{len(value)} bytes]" if len(value) > 64 else "")
    try:
        return repr(value)
    except Exception:
        return f"<unprintable {type(value).__name__}>"
