"""Runs each fuzzer of a build tree for some seconds, from the corpora in tests/corpus on.

What it finds interesting is kept in the build tree; --keep adds what reaches new code to tests/corpus. An input that
breaks something is printed with the command that repeats it, and the run fails.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
MAX_LENGTH = 64 * 1024
# A corpus is read by every test run: what is over these is left out, the largest inputs first.
MAX_FILES = 120
MAX_BYTES = 300 * 1024


def run(fuzzer: Path, seconds: int, environment: dict[str, str]) -> bool:
    found = fuzzer.parent / "found" / fuzzer.name
    findings = fuzzer.parent / "findings"
    corpus = CORPUS / fuzzer.name
    for directory in (found, findings, corpus):
        directory.mkdir(parents=True, exist_ok=True)
    command = [
        str(fuzzer),
        f"-max_total_time={seconds}",
        f"-max_len={MAX_LENGTH}",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={findings}/{fuzzer.name}-",
        str(found),
        str(corpus),
    ]
    print(f"=== {fuzzer.name}, {seconds} s", flush=True)
    before = set(findings.iterdir())
    log = fuzzer.parent / f"{fuzzer.name}.log"
    with open(log, "wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, env=environment, check=False)
    lines = log.read_text(errors="replace").splitlines()
    broken = done.returncode != 0
    summary = [line for line in lines if line.startswith(("stat::", "Done "))]
    print("\n".join(lines[-60:] if broken else summary), flush=True)
    for finding in sorted(set(findings.iterdir()) - before):
        kept = CORPUS.relative_to(ROOT) / fuzzer.name / finding.name
        print(f"\nA finding. To see it again:  {fuzzer} {finding}")
        print(f"To keep it as a test:       cp {finding} {kept}", flush=True)
    return not broken


def keep(fuzzer: Path, environment: dict[str, str]) -> None:
    """Replaces the corpus by the smallest part of it and of what was found that reaches the same code."""
    corpus = CORPUS / fuzzer.name
    merged = fuzzer.parent / "merged" / fuzzer.name
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir(parents=True)
    sources = [str(path) for path in (corpus, fuzzer.parent / "found" / fuzzer.name) if path.is_dir()]
    subprocess.run(
        [str(fuzzer), "-merge=1", f"-max_len={MAX_LENGTH}", str(merged), *sources],
        env=environment,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    # Seeds and findings have names of their own and stay.
    named = [path for path in corpus.iterdir() if not re.fullmatch("[0-9a-f]{40}", path.name)]
    for path in corpus.iterdir():
        if path not in named:
            path.unlink()
    size = 0
    kept = []
    for path in sorted(merged.iterdir(), key=lambda path: path.stat().st_size)[:MAX_FILES]:
        size += path.stat().st_size
        if size > MAX_BYTES:
            break
        kept.append(path)
    for path in kept:
        shutil.copyfile(path, corpus / path.name)
    print(f"{corpus.relative_to(ROOT)}: {len(kept)} files, {len(named)} named ones")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the build tree of the preset fuzz")
    parser.add_argument("--seconds", type=int, default=60, help="for each fuzzer")
    parser.add_argument("--keep", action="store_true", help="only bring what was found into tests/corpus")
    parser.add_argument("--only", help="the name of one fuzzer")
    given = parser.parse_args()
    fuzzers = sorted(
        path
        for path in (given.build.resolve() / "fuzz").iterdir()
        if path.is_file() and os.access(path, os.X_OK)
    )
    fuzzers = [path for path in fuzzers if given.only in (None, path.name)]
    if not fuzzers:
        sys.exit("there is no such fuzzer")
    environment = {**os.environ, "ASAN_OPTIONS": "allocator_may_return_null=1:detect_leaks=1"}
    if given.keep:
        for fuzzer in fuzzers:
            keep(fuzzer, environment)
        return 0
    broken = [fuzzer.name for fuzzer in fuzzers if not run(fuzzer, given.seconds, environment)]
    print(
        f"=== {len(fuzzers)} fuzzers, " + (f"findings in: {', '.join(broken)}" if broken else "no findings")
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
