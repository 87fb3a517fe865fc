"""``make bench``: every figure is a ratio against a named peer, measured in turns in the same run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median, quantiles

import recorder
from processes import HubProcess, SchedulerProcess, WorkerProcess

HERE = Path(__file__).resolve().parent


class BenchWorker(WorkerProcess):
    arguments = ("--nthreads", "2")


def ratios(samples: list[float], peers: list[float]) -> str:
    """The median of the ratios of neighbours in time, with the middle half of them."""
    pairs = [mine / peer for mine, peer in zip(samples, peers)]
    low, _, high = quantiles(pairs, n=4)
    return f"{median(pairs):.2f}x ({low:.2f} to {high:.2f})"


def bench_replay(hub: HubProcess, tasks: int, rounds: int) -> None:
    print(
        f"\nThe transition hook, {tasks} tasks replayed, {rounds} rounds in turns, CPU of the calling thread"
    )
    samples = recorder.replay(hub.address, hub.token, tasks, rounds)
    print(
        f"  native recorder / an empty Python transition        {ratios(samples['native'], samples['empty'])}"
    )
    print(
        f"  native recorder / the same recording in Python      {ratios(samples['native'], samples['python'])}"
    )


def bench_live(hub: HubProcess, directory: Path, tasks: int, rounds: int) -> None:
    print(
        f"\nA scheduler's CPU per task, {tasks} no-op tasks, {rounds} rounds in turns, all threads of the process"
    )
    # What runs in the scheduler is pickled by the names of the modules here.
    env = {"PYTHONPATH": str(HERE), "DASK_PILOTHOUSE__FLUSH_INTERVAL": "1s"}
    scheduler = SchedulerProcess(directory, env, preload=())
    worker = BenchWorker(directory, scheduler.address, env)
    try:
        samples = recorder.live(scheduler.address, hub.address, hub.token, tasks, rounds)
    finally:
        worker.stop()
        scheduler.stop()
    print(
        f"  with the native recorder / without any recorder     {ratios(samples['native'], samples['none'])}"
    )
    print(
        f"  with the Python recorder / without any recorder     {ratios(samples['python'], samples['none'])}"
    )


def bench_ingest(hub: HubProcess, build: Path, rounds: int, scratch: Path) -> None:
    command = [str(build / "bench" / "bench_ingest"), "--address", hub.address, "--token", hub.token]
    command += ["--pid", str(hub.pid), "--state-dir", str(hub.state_dir), "--scratch", str(scratch)]
    lines = subprocess.run(
        [*command, "--rounds", str(rounds)], check=True, capture_output=True, text=True
    ).stdout
    results = [json.loads(line) for line in lines.splitlines()]
    mine = [r for r in results if r["what"] == "hub"]
    rows = [r for r in results if r["what"] == "rows"]
    print(
        f"\nIngest of {mine[0]['spans']} spans, {rounds} rounds in turns, acknowledged once they are on disk"
    )
    print(
        "  against: one SQLite row per span, prepared INSERT, 1000 rows a transaction, WAL, synchronous=FULL, in C"
    )
    for label, field in (("spans per second", "wall"), ("spans per CPU-second", "cpu")):
        faster = [r["spans"] / max(r[field], 0.01) for r in mine]
        peer = [r["spans"] / r[field] for r in rows]
        print(f"  hub / rows, {label:<22}                  {ratios(faster, peer)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", type=Path, required=True, help="the CMake build directory with bench_ingest"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, to see that everything runs")
    options = parser.parse_args()
    rounds = 3 if options.quick else 11
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as directory:
        hub = HubProcess(Path(directory) / "state")
        try:
            bench_replay(hub, 5_000 if options.quick else 20_000, rounds)
            bench_ingest(hub, options.build, rounds, Path(directory) / "scratch")
            bench_live(hub, Path(directory), 1_000 if options.quick else 5_000, rounds)
        finally:
            hub.stop()


if __name__ == "__main__":
    main()
