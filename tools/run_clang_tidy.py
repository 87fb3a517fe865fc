"""Runs clang-tidy over our own sources, tests left out, on all cores, and only over what changed since it last passed.

A source is left out when it, every header of ours that it includes, its compiler flags, .clang-tidy and
clang-tidy itself are what they were. Usage: run_clang_tidy.py BUILD_DIRECTORY
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLANG_TIDY = "clang-tidy-16"
ROOT = Path(__file__).resolve().parent.parent
SOURCE_DIRS = [ROOT / name for name in ("src", "apps", "bench")]
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def own_files(source: Path) -> list[Path]:
    """The source and every header of ours that it includes, directly or not."""
    found = {source}
    queue = [source]
    while queue:
        path = queue.pop()
        for name in INCLUDE.findall(path.read_bytes()):
            for base in (ROOT / "src", path.parent):
                header = (base / name.decode()).resolve()
                if header.is_file() and header not in found:
                    found.add(header)
                    queue.append(header)
    return sorted(found)


def flags(command: str) -> list[str]:
    """The compiler flags that mean something to clang: no launcher, no output, no warnings of g++."""
    words = shlex.split(command)
    start = next(index for index, word in enumerate(words) if word.startswith("-"))
    kept: list[str] = []
    rest = iter(words[start:])
    for word in rest:
        if word in {"-o", "-c", "-MF", "-MT"}:
            next(rest)
        elif not word.startswith(("-W", "-M", "-flto", "-fno-fat-lto")):
            kept.append(word)
    return kept


def digest(source: Path, options: list[str], common: bytes) -> str:
    result = hashlib.sha256(common)
    result.update("\0".join(options).encode())
    for path in own_files(source):
        result.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return result.hexdigest()


def check(source: Path, options: list[str]) -> tuple[bool, str, float]:
    started = time.monotonic()
    command = [CLANG_TIDY, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", str(source), "--", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = [
        line
        for line in done.stderr.splitlines()
        if not re.match(r"\d+ warnings? (and \d+ errors? )?generated", line)
    ]
    output = "\n".join(filter(None, [done.stdout.strip(), *(errors if done.returncode else [])]))
    return done.returncode == 0, output, time.monotonic() - started


def main() -> int:
    build = ROOT / sys.argv[1]
    database = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    cache = ROOT / "build" / "clang-tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([CLANG_TIDY, "--version"], check=True, capture_output=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes()

    work: list[tuple[Path, list[str], Path]] = []
    total = 0
    for entry in database:
        source = (Path(entry["directory"]) / entry["file"]).resolve()
        # Sources that end in _impl compile a library's code, not ours. In tests, GoogleTest's macros are most of
        # what there is to examine, and the tests fail by themselves.
        if source.stem.endswith(("_impl", "_test")) or not any(
            source.is_relative_to(top) for top in SOURCE_DIRS
        ):
            continue
        total += 1
        options = flags(entry["command"])
        stamp = cache / digest(source, options, common)
        if not stamp.exists():
            work.append((source, options, stamp))
    # The largest first, so that no core waits long for the last one.
    work.sort(key=lambda item: item[0].stat().st_size, reverse=True)

    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (source, _, stamp), (passed, output, seconds) in zip(
            work, pool.map(lambda item: check(*item[:2]), work)
        ):
            if passed:
                stamp.write_text(str(source.relative_to(ROOT)), encoding="utf-8")
            else:
                failed += 1
                print(output, flush=True)
            if os.environ.get("VERBOSE"):
                print(f"{seconds:6.1f} s {source.relative_to(ROOT)}", flush=True)
    print(
        f"clang-tidy: {total} sources, {len(work)} examined, {total - len(work)} unchanged, {failed} failed"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
