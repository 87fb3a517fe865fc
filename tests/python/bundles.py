"""Bundles and revocations, made from the description of their format alone: a second implementation."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILES = {"watch.py": b"class Watch: pass\n", "lamps/red.py": "ON = 'größe'\n".encode()}
FOREVER = 250_000_000_000_000_000
AUDIT = {
    "sha256": 64 * "a",
    "rules": 64 * "b",
    "risk": 25,
}  # a manifest may have it; by rules that nobody has


def private_key(which: str) -> Ed25519PrivateKey:
    """The same key in every run for the same letter."""
    return Ed25519PrivateKey.from_private_bytes(32 * which.encode())


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: Ed25519PrivateKey) -> str:
    return "ed25519:" + base64.urlsafe_b64encode(public_bytes(key)).decode().rstrip("=")


def files_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]


def manifest_of(publisher: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    return {
        "name": "night-watch",
        "version": "1.2.0",
        "kind": "scheduler",
        "entry": "watch:Watch",
        "python": ">=3.9",
        "distributed": ">=2022.12",
        "publisher": key_id(publisher),
        "created_us": 1_700_000_000_000_000,
        "expires_us": FOREVER,
        "files": files_of(FILES),
        **changes,
    }


def signed_bytes(manifest: dict[str, Any] | bytes, files: dict[str, bytes]) -> bytes:
    text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    content = b"".join(files.values())
    return b"PHPLUGIN" + struct.pack("<IIQ", 1, len(text), len(content)) + text + content


def bundle(
    keys: list[Ed25519PrivateKey],
    manifest: dict[str, Any] | bytes | None = None,
    files: dict[str, bytes] | None = None,
    signatures: list[tuple[bytes, bytes]] | None = None,
) -> bytes:
    """A bundle by `keys`, the first of them the publisher, or with these signatures in this order."""
    signed = signed_bytes(
        manifest_of(keys[0]) if manifest is None else manifest, FILES if files is None else files
    )
    if signatures is None:
        signatures = sorted((public_bytes(key), key.sign(signed)) for key in keys)
    return (
        signed
        + struct.pack("<I", len(signatures))
        + b"".join(key + signature for key, signature in signatures)
    )


def revocation(by: Ed25519PrivateKey, /, **members: Any) -> bytes:
    text = json.dumps(
        {"key": key_id(by), "time_us": 1_700_000_000_000_000, "reason": "lost", **members}
    ).encode()
    signed = b"PHREVOKE" + struct.pack("<II", 1, len(text)) + text
    return signed + by.sign(signed)
