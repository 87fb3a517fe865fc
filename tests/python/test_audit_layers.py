"""`pilothouse audit` sees through what Python itself has encoded: random chains of layers around a program."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import json
import lzma
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from run_command import Command

# What a layer does to bytes, and the expression that takes it off again.
LAYERS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "base64": (base64.b64encode, "base64.b64decode({})"),
    "lines": (base64.encodebytes, "base64.decodebytes({})"),
    "url": (base64.urlsafe_b64encode, "base64.urlsafe_b64decode({})"),
    "base32": (base64.b32encode, "base64.b32decode({})"),
    "base85": (base64.b85encode, "base64.b85decode({})"),
    "ascii85": (base64.a85encode, "base64.a85decode({})"),
    "hex": (lambda data: data.hex().encode(), "bytes.fromhex({}.decode())"),
    "unhexlify": (lambda data: data.hex().encode(), "binascii.unhexlify({})"),
    "zlib": (zlib.compress, "zlib.decompress({})"),
    "gzip": (lambda data: gzip.compress(data, mtime=0), "gzip.decompress({})"),
    "bz2": (bz2.compress, "bz2.decompress({})"),
    "lzma": (lzma.compress, "lzma.decompress({})"),
    "backwards": (lambda data: data[::-1], "{}[::-1]"),
    "xor": (lambda data: bytes(c ^ 23 for c in data), "bytes(c ^ 23 for c in {})"),
}


@pytest.mark.parametrize("seed", range(8))
def test_chains_of_layers(command: Command, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = ["import base64, binascii, bz2, codecs, gzip, lzma, zlib"]
    chains = []
    for i in range(25):
        data = f"import os\nos.system('tool-{i}')  # {chance.random()} äöü\n".encode()
        expression = "{}"
        chain = [chance.choice(sorted(LAYERS)) for _ in range(chance.randint(1, 4))]
        for name in chain:
            encode, undo = LAYERS[name]
            data = encode(data)
            expression = expression.format(undo)
        if chance.random() < 0.3:
            text = codecs.encode(base64.b64encode(data).decode(), "rot13")
            constant = f"base64.b64decode(codecs.decode({text!r}, 'rot13'))"
        else:
            constant = repr(data)
        lines.append(f"exec({expression.replace('{}', constant)})")
        chains.append(chain)
    path = tmp_path / "plugin.py"
    path.write_text("\n".join(lines) + "\n")
    said = command("audit", "--json", str(path))
    assert said.code == 0, said.err
    seen = {
        finding["line"] for finding in json.loads(said.out)["findings"] if finding["rule"] == "sinks.command"
    }
    missed = {line: chain for line, chain in enumerate(chains, 2) if line not in seen}
    assert not missed
