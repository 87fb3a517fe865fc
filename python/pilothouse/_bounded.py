"""JSON of anything, within a size and without secrets."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilothouse._recorder import Redactor

_MAX_DEPTH = 12
_MAX_ITEMS = 256
_MAX_INT = 2**63
_MAX_SHOWN = 64  # bytes of a value of bytes
_MARGIN = 8192  # characters behind a cut that tell what a secret is that begins before it


def to_json(value: Any, max_bytes: int, redactor: Redactor | None) -> tuple[str, bool]:
    """``value`` as JSON text of about ``max_bytes`` at most, and whether something in it was cut.

    Never raises: what JSON cannot say is written as text, what is too long ends in a mark that says how much is missing.
    The work done is bounded by ``max_bytes`` too, however large ``value`` is. Every text in it goes through ``redactor``;
    so does every name of a member, which may make its value a secret.
    """
    copier = _Copier(max_bytes, redactor)
    copy = copier.copy(value, _MAX_DEPTH)
    return json.dumps(copy, separators=(",", ":")), copier.truncated


def clean(text: str) -> str:
    """``text`` without lone surrogates, which UTF-8 cannot say."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def redact(redactor: Redactor | None, text: str, limit: int | None = None) -> str:
    """``text`` without secrets, when there is a redactor, and without lone surrogates; of ``limit`` characters at most.

    It is redacted before it is cut: half a secret does not look like one.
    """
    if redactor is None:
        return clean(text[:limit])[:limit]
    if limit is None:
        return redactor.redact(text)
    return redactor.redact(text[: limit + _MARGIN], limit)[:limit]


class _Copier:
    def __init__(self, budget: int, redactor: Redactor | None):
        self.budget = budget
        self.redactor = redactor
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
        return self.text(self.describe(value))

    def text(self, value: str) -> str:
        # json.dumps writes a character in six bytes at most, one or two as a rule.
        room = max(self.budget, 16)
        size = len(value)
        value = redact(self.redactor, value, room)
        if size > room:
            self.truncated = True
            value = f"{value}...[cut, {size} characters]"
        self.budget -= len(value)
        return value

    def mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for key, item in value.items():
            if self.full(len(copy), len(value)):
                copy["..."] = f"[cut, {len(value)} entries]"
                break
            name = key if isinstance(key, str) else self.describe(key)
            mark = self.mark_of(name) or (self.mark_of(value.get("name")) if name == "value" else None)
            if mark is None or item is None or isinstance(item, bool):
                copy[self.text(name)] = self.copy(item, depth - 1)
            else:
                copy[self.text(name)] = mark
        return copy

    def mark_of(self, name: Any) -> str | None:
        """What stands for the value of a member of this name, when that says that it is a secret."""
        return self.redactor.redact_member(name) if self.redactor and isinstance(name, str) else None

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

    def describe(self, value: Any) -> str:
        if isinstance(value, (bytes, bytearray)):
            shown = repr(bytes(value[: _MAX_SHOWN + _MARGIN]))
            room = len(repr(bytes(value[:_MAX_SHOWN]))) - 1
            rest = f"...[{len(value)} bytes]" if len(value) > _MAX_SHOWN else ""
            return redact(self.redactor, shown, room) + shown[-1] + rest
        try:
            return repr(value)
        except Exception:
            return f"<unprintable {type(value).__name__}>"
