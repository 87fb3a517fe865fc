"""Reads what `pilothouse report` writes, as the page in it does."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from timeline_bytes import decode

SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


class ReportFile:
    def __init__(self, file: Path) -> None:
        self.html = file.read_text(encoding="utf-8")
        self.size = file.stat().st_size
        self.data: dict[str, str] = {}
        self.programs: list[str] = []  # what a browser would run
        for script in SCRIPT.finditer(self.html):
            found = re.fullmatch(r' id="([a-z0-9-]+)" type="([a-z/-]+)"', script["attributes"])
            if found is None:
                self.programs.append(script["text"])
                continue
            assert found[1] not in self.data
            assert found[2] == ("application/json" if found[1] == "report" else "application/octet-stream")
            self.data[found[1]] = script["text"]
        self.index: dict[str, Any] = json.loads(self.data["report"])

    def bytes_of(self, name: str) -> bytes:
        return gzip.decompress(base64.b64decode(self.data[name], validate=True))

    def answer(self, path: str) -> Any:
        return json.loads(self.bytes_of(self.index["answers"][path]))

    def piece(self, number: int) -> dict[str, Any]:
        return decode(self.bytes_of(f"piece-{number}"))

    def pieces(self) -> list[dict[str, Any]]:
        return [self.piece(number) for number in range(len(self.index["pieces"]))]

    def policy(self) -> str:
        [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)" />', self.html)
        return str(policy)

    def check(self) -> None:
        """Only the page's own program may run, and nothing may be asked for."""
        [program] = self.programs
        digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
        policy = dict(part.split(" ", 1) for part in self.policy().split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == f"'sha256-{digest}'"
        assert set(policy) <= {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
        assert policy["img-src"] == "data:"
        assert not re.search(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="(?!data:)', self.html)
