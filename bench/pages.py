"""What the pages are measured by: how soon there is something to see in a browser, and what the hub does for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from distributed import Client, performance_report, wait

import pilothouse
from processes import PILOTHOUSE, HubProcess, SchedulerProcess, WorkerProcess, eventually
from programs import run
from table import Table

HERE = Path(__file__).resolve().parent
BOKEH = HERE.parent / "build" / "bench-pages" / "bokeh"
MB = 1_000_000
WHEEL_TURNS = 40  # from a million tasks to a few

Visit = dict[str, Any]


def visits(wanted: list[Visit]) -> list[Visit]:
    """What each visit of open_pages.mjs was like."""
    done = subprocess.run(
        ["node", str(HERE / "open_pages.mjs")],
        input="\n".join(map(json.dumps, wanted)),
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit("open_pages.mjs failed")
    return [json.loads(line) for line in done.stdout.splitlines()]


def hub_times(hub: HubProcess, part: str, since: int) -> list[float]:
    """The milliseconds that the hub needed for each request with `part` in its address."""
    lines = [line.split() for line in hub.output()[since:].splitlines() if line.endswith(" us")]
    return [int(words[-2]) / 1000 for words in lines if part in words[-4]]


def hub_share(table: Table, what: str, times: list[float]) -> None:
    table.absolute(f"{what}: the hub's share of an answer, median", "ms", times, 50)
    p95 = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    print(f"  {what}: {len(times)} answers, p95 {p95:.3g} ms, at most {max(times):.3g} ms")


def computation_of(hub: HubProcess, **where: Any) -> int:
    with pilothouse.Hub(hub.address, hub.token) as client:
        return int(client.list_computations(limit=1, **where)[0].id)


def page(hub: HubProcess, path: str) -> str:
    return f"{hub.address}{path}#token={hub.token}"


def full_hub(table: Table, build: Path, directory: Path, clusters: int, tasks: int, rounds: int) -> None:
    hub = HubProcess(directory / "full", 0, "--rate-limit", "0", "--log-requests")
    try:
        run(build, "fleet", "--tasks", tasks, hub=hub)
        computation = computation_of(hub)
        run(build, "fleet", "--clusters", clusters, "--seed", 8, hub=hub)
        list_page = {"name": "list", "url": page(hub, "/"), "shown": "rows"}
        stream_page = {"name": "stream", "url": page(hub, f"/computations/{computation}"), "shown": "canvas"}
        visits([list_page, stream_page])  # the first browser reads its own files from the disk
        since = len(hub.output())
        lists = visits([list_page] * rounds)
        list_times = hub_times(hub, "/api/v1/clusters", since)
        streams = visits([stream_page] * rounds)
        [zoomed] = visits([{**stream_page, "zoom": WHEEL_TURNS}])
        stream_times = hub_times(hub, f"/computations/{computation}/timeline", since)
    finally:
        hub.stop()
    for what, seen, times in (
        (f"list of {clusters:,} clusters", lists, list_times),
        (f"computation of {tasks:,} tasks", streams, stream_times),
    ):
        table.only(f"{what}: first paint", "ms", [visit["paint"] for visit in seen])
        table.only(f"{what}: all of it shown", "ms", [visit["shown"] for visit in seen])
        hub_share(table, what, times)
        answers = [size for visit in seen for size in visit["answers"]]
        table.absolute(f"{what}: largest answer", "B", [max(answers)], MB)
    table.absolute("the same, zoomed to single tasks: largest answer", "B", [max(zoomed["answers"])], MB)
    frames = zoomed["frames"]
    p95 = quantiles(frames, n=20, method="inclusive")[-1]
    print(f"  while zooming: {len(frames)} frames, {1000 / median(frames):.0f} a second, p95 {p95:.1f} ms")
    print(f"  files of the pages: {sum(lists[0]['files']):,} B for the list, {sum(streams[0]['files']):,} B")


class ReportWorker(WorkerProcess):
    arguments = ("--nthreads", "2")


def install_bokeh() -> None:
    requirements = HERE / "pages_dependencies.txt"
    stamp = BOKEH / "requirements"
    if stamp.is_file() and stamp.read_text() == requirements.read_text():
        return
    print("  installing bokeh", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    subprocess.run([*pip, "--target", str(BOKEH), "--requirement", str(requirements)], check=True)
    stamp.write_text(requirements.read_text())


def tiny(number: int) -> int:
    return number


def against_report(table: Table, directory: Path, tasks: int, rounds: int) -> None:
    """One run, as Dask's own report has it and as the hub has it."""
    install_bokeh()
    hub = HubProcess(directory / "run", 0, "--rate-limit", "0")
    path = os.pathsep.join([str(BOKEH), str(HERE), os.environ.get("PYTHONPATH", "")])
    env = {**hub.environment(), "PYTHONPATH": path}
    file = directory / "report.html"
    scheduler = SchedulerProcess(directory, env)
    worker = ReportWorker(directory, scheduler.address, env)
    try:
        began = time.monotonic()
        with Client(scheduler.address, timeout=30) as client:
            client.wait_for_workers(1, timeout=60)
            with performance_report(filename=str(file), mode="inline"):
                futures = client.map(tiny, range(tasks))
                wait(futures)
            del futures
        print(f"  {tasks:,} tasks in {time.monotonic() - began:.0f} s, the report among it", flush=True)
        computation = computation_of(hub)
        eventually(lambda: spans_of(hub, computation) == tasks, what="the hub has every run")
        peer = {"name": "peer", "url": file.as_uri(), "shown": "bokeh"}
        ours = {"name": "ours", "url": page(hub, f"/computations/{computation}"), "shown": "canvas"}
        kept = directory / "kept.html"
        command = [PILOTHOUSE, "report", str(computation), "-o", str(kept)]
        subprocess.run(
            command, check=True, env={**os.environ, **hub.environment()}, stderr=subprocess.DEVNULL
        )
        file_of_ours = {"name": "kept", "url": kept.as_uri(), "shown": "canvas"}
        seen = visits([peer, ours, file_of_ours] * rounds)
    finally:
        worker.stop()
        scheduler.stop()
        hub.stop()
    peers, mine, files = seen[::3], seen[1::3], seen[2::3]
    name = "performance_report"
    sizes = [float(sum(visit["answers"] + visit["files"])) for visit in mine]
    for what, size, visited in (
        (f"a run of {tasks:,} tasks: bytes to open it", sizes, mine),
        (f"pilothouse report of {tasks:,} tasks: bytes", [kept.stat().st_size] * rounds, files),
    ):
        table.pairs(what, name, "B", size, [file.stat().st_size] * rounds)
        table.pairs(
            "the same: time until it is shown",
            name,
            "ms",
            [visit["shown"] for visit in visited],
            [visit["shown"] for visit in peers],
            at_most=1,
        )
    table.shares("tasks to be seen, page and report", name, 1.0, peers[0]["tasks"] / tasks)


def spans_of(hub: HubProcess, computation: int) -> int:
    with pilothouse.Hub(hub.address, hub.token) as client:
        return int(next(c for c in client.list_computations() if c.id == computation).spans)


def bench(table: Table, build: Path, directory: Path, quick: bool) -> None:
    rounds = 3 if quick else 9
    full_hub(table, build, directory, 1_000 if quick else 10_000, 100_000 if quick else 1_000_000, rounds)
    against_report(table, directory, 20_000 if quick else 200_000, rounds)
