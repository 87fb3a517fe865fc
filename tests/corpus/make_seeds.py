"""Writes the inputs that fuzzing begins with, from what the tests say of the formats. Corpora grow by `make fuzz-keep`."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hub"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "corpus_redact"))

from labelled import parts, texts
from tape import EXAMPLES, NONE, T0, Recorder, Span, span_block

from bundles import AUDIT, bundle, files_of, key_id, manifest_of, private_key, revocation

HERE = Path(__file__).resolve().parent
PEM = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh
-----END PRIVATE KEY-----
"""
SPANS = [
    Span("inc-1"),
    Span("('größe', 0)", "sum-1a2b", None, None, None, 0, -1, True, []),
    Span("inc-0123456789abcdef00112233445566ff", "inc"),
    Span("load-01234567-89ab-cdef-0011-2233445566ff\x01\x04", "load"),
    Span("inc-2", actions=[("transfer", T0, T0 + 5), ("compute", T0 + 5, T0 + 9)]),
]


def baseline() -> str:
    finding = {"fingerprint": 64 * "a", "rule": "a.b", "path": "a.py", "message": "does", "reason": "known"}
    return json.dumps({"format": "pilothouse-audit-baseline/1", "findings": [finding]})


def bodies() -> list[bytes]:
    recorder = Recorder(32 * "5")
    chunks = [recorder.json(kind, example) for kind, example in EXAMPLES.items()]
    chunks += [recorder.json("events", *(10 * [EXAMPLES["events"]]), compress=True)]
    chunks += [recorder.spans(*SPANS, compress=False), recorder.spans(*(SPANS * 30), compress=True)]
    return [*chunks, b"".join(chunks)]


def frame(kind: int, detail: int, content: bytes = b"") -> bytes:
    """One frame of a spool's journal."""
    size = (8 + len(content) + 7) // 8 * 8
    return (struct.pack("<IHH", size, kind, detail) + content).ljust(size, b"\0")


def define(table: int, text: bytes, computation: int = NONE) -> bytes:
    return frame(1, table, struct.pack("<II", computation, len(text)) + text)


def journal() -> bytes:
    span = struct.pack("<IIIIQq", 0, 0, 0, 5, 7, 28) + struct.pack("<qq", T0, 500 << 8) + b"inc-1"
    frames = [
        define(0, b"c-1"),
        define(1, b"inc", 0),
        define(2, b"tcp://10.0.0.1:1"),
        define(3, b"int"),
        define(4, b"compute"),
        frame(2, 1 << 8, span),
        frame(3, 6, struct.pack("<II", 15, 0) + b'{"topic":"all"}'),
        frame(4, 0),
    ]
    return b"".join(frames)


def change(where: int, content: bytes) -> bytes:
    return struct.pack("<IB", where, len(content)) + content


def bundles() -> list[bytes]:
    one, two = private_key("a"), private_key("b")
    empty = {"watch.py": b"", "lamps/__init__.py": b"", "lamps/red.py": b""}
    nothing = bundle([one, two], manifest_of(one, files=files_of(empty)), empty)
    audited = bundle([one], manifest_of(one, audit=AUDIT))
    return [bundle([one]), bundle([one, two]), nothing, bundle([one], signatures=[]), audited]


def redactions() -> list[str]:
    """A byte that says how much is kept, and texts with secrets and without. The fuzzer leaves out each byte of 1."""
    every = [parts(text)[0] for text in texts("secrets.txt", gap="\x01")] + texts("ordinary.txt")
    return [chr(number % 3) + "\n".join(every[number::24]) for number in range(24)]


SOURCES = {
    "p/setup.py": b"import os\n",
    "p/run": b"#!/usr/bin/env python3\n",
    "p/größe.pth": b"import p\n",
    "p/x.whl": b"PK",
    "../out.py": b"",
    "p/c.pyc": b"",
    "p/README": b"text " * 40,
}


def zip_of(method: int, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in SOURCES.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
        archive.comment = comment
    return out.getvalue()


def tar_of(form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in SOURCES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo("p/" + "long" * 40 + ".py")
            member.type, member.linkname = kind, "p/setup.py"
            archive.addfile(member)
    return out.getvalue()


def archives() -> list[bytes]:
    """A byte that says by which kind of name the archive goes, and the archive."""
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    zips = [*(zip_of(method) for method in methods), zip_of(zipfile.ZIP_STORED, b"comment" * 20)]
    zips += [zips[1][:300], b"#!/usr/bin/python\n" + zips[1]]
    tar = tar_of(tarfile.PAX_FORMAT)
    tars = [
        tar[:8192],
        tar_of(tarfile.GNU_FORMAT),
        gzip.compress(tar, mtime=0),
        bz2.compress(tar),
        lzma.compress(tar),
    ]
    return [b"\0" + item for item in zips] + [b"\1" + item for item in tars]


def sources() -> list[bytes | str]:
    return [
        "größe = 1\r\nb = 2\r",
        b"\xef\xbb\xbf# coding: utf-8\n",
        b"# coding: latin-1\n'\xe4'\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'\n",
        b"# coding: shift_jis\n'\x93\xfa'\n",
        b"# coding: iso2022_jp\n'\x1b$BF|\x1b(B'\n",
        b"# coding: euc_jp\n'\xc6",
        b"# coding: utf-7\n+AGUAeABlAGM-('+2D3egA-')\n",
        b"# coding: unicode_escape\n# \\x0aimport os\\12\\u0065xit\\U0001f680\\\n",
        b"# coding: raw_unicode_escape\n\\u0065\\n\\\\u0065\\",
        "\ufeffa = 1\n".encode("utf-16-le"),
        "\ufeffa = 1\n".encode("utf-32-be"),
        b"a = 1\0\n",
        b"# coding: rot13\n",
        b"x = '\xff'\n",
    ]


def seeds() -> dict[str, list[bytes | str]]:
    return {
        "audit_archive": list(archives()),
        "audit_decode": sources(),
        "chunk": list(bodies()),
        "check_body": list(bodies()),
        "span_block": [span_block(SPANS), span_block([]), span_block(SPANS * 5)],
        "journal": [journal(), journal() * 3, journal()[:-8]],
        "spool": [
            b"",
            change(4096, bytes(48)),
            change(4608, bytes(48)),
            change(8192, struct.pack("<Q", 64)),
            change(28672, journal()[:200]),
            change(28672 + 262144, b"PHSEGMT\0"),
        ],
        "json_parse": [json.dumps(record) for record in EXAMPLES.values()]
        + ['[1.5e300,-0.0,18446744073709551615,"\\ud83d\\ude80\\u0001",null,true,{"a":{"b":[[]]}}]'],
        "bundle": list(bundles()),
        "audit_baseline": [baseline(), baseline().replace("reason", "fingerprint"), "{}"],
        "audit_frame": [
            "\x05\x09\x50    exec(code)",
            "\x20\x28\x10\tx = '日本語' + \x1b[2J\u202e" + 40 * "y",
        ],
        "key_id": [key_id(private_key("a")), "ed25519:" + 43 * "A", "ed25519:"],
        "private_key": [PEM, PEM.replace("PRIVATE", "ENCRYPTED PRIVATE")],
        "revocation": [
            revocation(private_key("a")),
            revocation(private_key("a"), sha256=64 * "a", reason="größe"),
        ],
        "version_range": [">=3.9,<3.14", "==1.2.0,!=1.2.0.1", "2026.8.0+12.g0123", "<=999999999", ">0"],
        "cursor": ["clusters.j5k.7", "computations.zzz.0", ".1.2"],
        "duration": ["7 days", "1.5e3 us", "h", "2026-02-01T13:45:10.5+02:00", "2026-02-01", "1_0.5 minutes"],
        "utf8": ["aé日🚀", "plain"],
        "hub_address": [
            "http://127.0.0.1:8790",
            "http://[::1]:80/prefix/",
            "http://hub",
            "https://hub.example.org",
            "https://[::1]:443/x",
        ],
        "exception_text": ["ValueError('no such flight')", 'KeyError("a\\n\\\'b")', "E(1, 'x')", "odd"],
        "redact": redactions(),
        "text": ["one\ttwo\nthree", "größe 日本語 🚀 \x1b[31mred\x1b[0m", "\x9b2J\u202e"],
        "read_query": [
            "/api/v1/clusters?since=7%20days&status=lost&user=a&text=b&limit=5&cursor=clusters.1.1",
            "/api/v1/computations?cluster_id=1&status=erred&until=2026-02-01",
            "/api/v1/exceptions?scheduler_id=S&type=ValueError&text=x&since=1h",
            "/api/v1/clusters/1/events?topic=all&limit=1000",
            "/api/v1/clusters/1/workers",
            "/api/v1/clusters/1/samples?since=2026-02-01T00:00:00Z",
            "/api/v1/computations/1/spans?status=erred&text=inc",
            "/api/v1/workspace",
            "/healthz",
            '/api/v1/clusters/1/desired-state\n{"state": "stopped"}',
            "/api/v1/users?limit=2&cursor=users.5.0",
            "/api/v1/tokens?user=owner&limit=5",
            "/api/v1/audit?since=1h&until=2026-02-01&text=token&limit=5&cursor=audit.zz.1",
            '/api/v1/users\n{"name": "ada", "role": "member"}',
            '/api/v1/users/owner/role\n{"role": "owner"}',
            "/api/v1/users/%ff/disable\n",
            "/api/v1/users/ada/enable\n{}",
            '/api/v1/tokens\n{"user": "owner", "name": "x", "scopes": ["read", "admin"], "expires_in": "90d"}',
            '/api/v1/tokens/2/rotate\n{"grace": "1h"}',
            "/api/v1/tokens/2/revoke\n",
        ],
    }


def main() -> None:
    for name, inputs in seeds().items():
        (HERE / name).mkdir(exist_ok=True)
        for number, content in enumerate(inputs):
            path = HERE / name / f"seed-{number:02}"
            path.write_bytes(content.encode(errors="surrogatepass") if isinstance(content, str) else content)


if __name__ == "__main__":
    main()
