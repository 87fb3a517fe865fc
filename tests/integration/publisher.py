"""Somebody who makes, signs and publishes plugins with the command line, as a platform team does."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from processes import PILOTHOUSE

SCHEDULER_PLUGIN = {
    "guard.py": """
from distributed.diagnostics.plugin import SchedulerPlugin
from .words import GREETING

class Guard(SchedulerPlugin):
    async def start(self, scheduler):
        scheduler.guard_says = GREETING
""",
    "words.py": 'GREETING = "all is well"\n',
}
WORKER_PLUGIN = {
    "lamp.py": """
from distributed.diagnostics.plugin import WorkerPlugin

class Lamp(WorkerPlugin):
    def setup(self, worker):
        worker.lamp = "lit"

    def teardown(self, worker):
        worker.lamp = "out"
"""
}
NANNY_PLUGIN = {
    "nurse.py": """
from distributed.diagnostics.plugin import NannyPlugin

class Nurse(NannyPlugin):
    def setup(self, nanny):
        nanny.nurse = "here"
"""
}


def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PILOTHOUSE, *map(str, arguments)], capture_output=True, text=True, timeout=60, env=env, check=False
    )


def succeed(*arguments: object) -> str:
    done = run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def with_audit(bundle: bytes, key: Ed25519PrivateKey, **changes: Any) -> bytes:
    """The bundle with another audit in its manifest, signed again by this one key."""
    length, size = struct.unpack("<IQ", bundle[12:24])
    manifest = json.loads(bundle[24 : 24 + length])
    manifest["audit"].update(changes)
    text = json.dumps(manifest).encode()
    files = bundle[24 + length : 24 + length + size]
    signed = bundle[:12] + struct.pack("<IQ", len(text), size) + text + files
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return signed + struct.pack("<I", 1) + public + key.sign(signed)


class Publisher:
    """Keys and bundles in a directory of its own."""

    def __init__(self, directory: Path, address: str, token: str):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._hub = ("--address", address, "--token", token)

    def key(self, name: str) -> str:
        """The key id of a new key."""
        file = self.directory / f"{name}.key"
        succeed("plugin", "keygen", file)
        return Path(f"{file}.pub").read_text().strip()

    def private_key(self, name: str) -> Ed25519PrivateKey:
        key = load_pem_private_key((self.directory / f"{name}.key").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return key

    def pack(
        self,
        files: dict[str, str],
        entry: str,
        kind: str = "scheduler",
        *,
        name: str = "night-guard",
        version: str = "1.0",
        by: str = "ada",
        **options: str,
    ) -> Path:
        """An unsigned bundle."""
        source = self.directory / f"source-{name}-{version}"
        source.mkdir(exist_ok=True)
        for path, text in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text)
        bundle = self.directory / f"{name}-{version}.bundle"
        bundle.unlink(missing_ok=True)
        command: list[Any] = ["plugin", "pack", source, "-o", bundle, "--name", name, "--version", version]
        command += ["--entry", entry, "--kind", kind, "--publisher", self.directory / f"{by}.key.pub"]
        for option, value in options.items():
            command += [f"--{option}", value]
        succeed(*command)
        return bundle

    def sign(self, bundle: Path, by: str = "ada") -> Path:
        succeed("plugin", "sign", bundle, "--key", self.directory / f"{by}.key")
        return bundle

    def publish(self, bundle: Path) -> None:
        succeed(*self._hub, "plugin", "publish", bundle)

    def revoke(self, by: str, *arguments: object) -> None:
        key = self.directory / f"{by}.key"
        succeed(*self._hub, "plugin", "revoke", "--key", key, "--reason", "lost", "--publish", *arguments)

    def offer(self, files: dict[str, str], entry: str, kind: str = "scheduler", **options: Any) -> Path:
        """Packed, signed by its publisher, and published."""
        bundle = self.sign(self.pack(files, entry, kind, **options), options.get("by", "ada"))
        self.publish(bundle)
        return bundle
