"""Bundles and revocations, written a second time and from docs/formats/bundle.md alone."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SOURCE = {"guard.py": b"class Guard:\n    pass\n"}
YEAR = 365 * 86_400 * 1_000_000


class Key:
    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = "ed25519:" + base64.urlsafe_b64encode(self.public).decode().rstrip("=")

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def manifest(publisher: Key, files: dict[str, bytes] = SOURCE, **fields: Any) -> dict[str, Any]:
    now = time.time_ns() // 1000
    return {
        "name": "night-guard",
        "version": "1.0",
        "kind": "scheduler",
        "entry": "guard:Guard",
        "python": ">=3.9",
        "distributed": ">=2022.12",
        "publisher": publisher.id,
        "created_us": now,
        "expires_us": now + YEAR,
        "files": [
            {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ],
        **fields,
    }


def signed_bytes(about: dict[str, Any] | bytes, files: dict[str, bytes] = SOURCE) -> bytes:
    text = about if isinstance(about, bytes) else json.dumps(about).encode()
    content = b"".join(files.values())
    return struct.pack("<8sIIQ", b"PHPLUGIN", 1, len(text), len(content)) + text + content


def with_signatures(signed: bytes, *keys: Key) -> bytes:
    ordered = sorted(keys, key=lambda key: key.public)
    return signed + struct.pack("<I", len(keys)) + b"".join(key.public + key.sign(signed) for key in ordered)


def bundle(publisher: Key, *others: Key, files: dict[str, bytes] = SOURCE, **fields: Any) -> bytes:
    return with_signatures(signed_bytes(manifest(publisher, files, **fields), files), publisher, *others)


def revocation(by: Key, sha256: str | None = None, reason: str = "lost", **fields: Any) -> bytes:
    about = {"key": by.id, "time_us": time.time_ns() // 1000, "reason": reason, **fields}
    if sha256 is not None:
        about["sha256"] = sha256
    text = json.dumps(about).encode()
    signed = struct.pack("<8sII", b"PHREVOKE", 1, len(text)) + text
    return signed + by.sign(signed)
