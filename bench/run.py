"""``make bench``: every figure is a ratio against a named peer, measured in turns in the same run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import audit
import hub_goals
import live
import pages
import redaction
import replay
from processes import HubProcess, SchedulerProcess, WorkerProcess
from table import Table

HERE = Path(__file__).resolve().parent


class BenchWorker(WorkerProcess):
    arguments = ("--nthreads", "2")


def bench_live(table: Table, hub: HubProcess, directory: Path, tasks: int, rounds: int) -> None:
    # What runs in the scheduler is pickled by the names of the modules here.
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    env = {"PYTHONPATH": path, "DASK_PILOTHOUSE__FLUSH_INTERVAL": "1s"}
    scheduler = SchedulerProcess(directory, env, preload=())
    worker = BenchWorker(directory, scheduler.address, env)
    try:
        live.bench(table, scheduler.address, hub.address, hub.token, tasks, rounds)
    finally:
        worker.stop()
        scheduler.stop()


def bench_memory(table: Table, directory: Path, rounds: int) -> None:
    command = [sys.executable, str(HERE / "memory.py"), "--directory"]
    mib = []
    for turn in range(rounds):
        done = subprocess.run(
            [*command, str(directory / f"full-{turn}")], check=True, capture_output=True, text=True
        )
        mib.append(float(json.loads(done.stdout.splitlines()[-1])["mib"]))
    table.absolute("recorder's memory, hub away, spool full", "MiB", mib, 64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the CMake build directory")
    parser.add_argument("--quick", action="store_true", help="few rounds, to see that everything runs")
    parser.add_argument(
        "--only",
        action="append",
        choices=["recorder", "redaction", "memory", "live", "sizes", "ingest", "queries", "pages", "audit"],
    )
    parser.add_argument(
        "--semgrep-rules", type=Path, help="a directory of semgrep's own Python rules, for the part audit"
    )
    options = parser.parse_args()
    quick = options.quick
    table = Table()
    texts: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        directory = Path(name)
        hub = HubProcess(directory / "state", 0, "--rate-limit", "0")
        parts = {
            "recorder": lambda: replay.bench(
                table,
                hub.address,
                hub.token,
                str(directory / "spool"),
                5_000 if quick else 20_000,
                3 if quick else 15,
            ),
            "redaction": lambda: redaction.bench(
                table,
                hub.address,
                hub.token,
                str(directory / "redaction"),
                200 if quick else 1_000,
                4 if quick else 16,
            ),
            "memory": lambda: bench_memory(table, directory, 1 if quick else 3),
            "live": lambda: bench_live(table, hub, directory, 2_000 if quick else 5_000, 2 if quick else 6),
            "sizes": lambda: hub_goals.sizes(table, options.build, directory),
            "ingest": lambda: hub_goals.ingest(
                table, options.build, directory, 3 if quick else 9, 20 if quick else 50
            ),
            "queries": lambda: hub_goals.questions(
                table, options.build, directory, 2 if quick else 7, 2 if quick else 10
            ),
            "pages": lambda: pages.bench(table, options.build, directory, quick),
            "audit": lambda: texts.append(audit.bench(table, directory, quick, options.semgrep_rules)),
        }
        try:
            for part in options.only or parts:
                print(f"{part}:", flush=True)
                parts[part]()
        finally:
            hub.stop()
    print("\n\n".join(["", str(table), *texts]))
    print(f"\n{os.cpu_count()} cores, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
