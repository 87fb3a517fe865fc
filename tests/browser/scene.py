"""A hub with recorded clusters for the tests in a browser.

Says on standard output, a JSON object a line, where the hub is, then what became of each command that comes on standard
input. Ends, with every process that it started, at the end of standard input.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
from distributed import as_completed

import pilothouse
import stowaways
import tapes
import voyage
from fleet import Cluster
from processes import PILOTHOUSE, HubProcess, eventually

REPOSITORY = Path(__file__).resolve().parents[2]

HUB = ("--lost-after", "4s", "--rate-limit", "0", "--log-requests")
FILL = Path(os.environ.get("PILOTHOUSE_BUILD", REPOSITORY / "build" / "release")) / "bench" / "bench_fleet"


class Scene:
    def __init__(self, directory: Path):
        self._directory = directory
        self._hub = HubProcess(directory / "state", 0, *HUB)
        self._clusters: dict[str, Cluster] = {}
        self._running: list[Any] = []

    # --- the hub ------------------------------------------------------------------------------------------------

    def where(self) -> dict[str, Any]:
        return {"address": self._hub.address, "token": self._hub.token}

    def stop_hub(self) -> None:
        self._hub.stop()

    def start_hub(self) -> None:
        port = self._hub.port
        self._hub = HubProcess(self._directory / "state", port, *HUB)

    def restart_hub(self) -> None:
        self.stop_hub()
        self.start_hub()

    def took(self, part: str) -> list[int]:
        """The microseconds that the hub needed for each request with `part` in its address, since it started."""
        lines = (line.split() for line in self._hub.output().splitlines() if line.endswith(" us"))
        return [int(words[-2]) for words in lines if part in words[-4]]

    def add_workspace(self, name: str) -> str:
        """The token of a new, empty workspace."""
        return self._token("workspace", "create", name)

    def add_token(self, scopes: str, workspace: str = "default") -> dict[str, Any]:
        user = f"guest-{time.monotonic_ns()}"
        self._run("user", "add", user, "--workspace", workspace)
        token = self._token("token", "create", user, "--scopes", scopes, "--workspace", workspace)
        return {"user": user, "token": token}

    def revoke_tokens(self, user: str) -> None:
        for token in json.loads(self._run("token", "list", "--user", user, "--json")):
            request = urllib.request.Request(
                f"{self._hub.address}/api/v1/tokens/{token['id']}/revoke",
                data=b"{}",
                headers={
                    "Authorization": f"Bearer {self._hub.token}",
                    "Content-Type": "application/json",
                },
            )
            urllib.request.urlopen(request, timeout=10).close()

    # --- clusters --------------------------------------------------------------------------------------------------

    def record(self) -> dict[str, int]:
        """A cluster that is over: several computations, failures, a lost worker, events. And its computations."""
        cluster = self._start("north-sea", "ada")
        client = cluster.client
        steps: list[Callable[[], None]] = [
            lambda: voyage.square_all(client, 400),
            lambda: voyage.sum_of_tides(client),
            lambda: voyage.square_all(client, 1200),
            lambda: voyage.read_gauges(client),
            lambda: self._lose_a_worker(cluster),
        ]
        for step in steps:
            step()
            cluster.become_idle()
        client.log_event("tides", {"harbour": "Cuxhaven", "tide": "high"})
        client.log_event("tides", {"harbour": "Bergen", "tide": "low"})
        found = self._settled(cluster.id, len(steps))
        del self._clusters[cluster.name]
        cluster.stop()
        names = ("squares", "tides", "more_squares", "gauges", "lost_worker")
        return {"cluster": cluster.id, **dict(zip(names, found))}

    def start_live(self, name: str = "baltic", workers: int = 2) -> int:
        return self._start(name, "grace", workers).id

    def run_slow(self, name: str = "baltic", tasks: int = 200, seconds: float = 0.1) -> None:
        self._running.append(voyage.sail_away(self._clusters[name].client, tasks, seconds))

    def forget_work(self) -> None:
        self._running.clear()

    def fail(self, name: str = "baltic") -> None:
        voyage.read_gauges(self._clusters[name].client)

    def add_worker(self, name: str = "baltic") -> None:
        self._clusters[name].add_worker()

    def kill_worker(self, name: str = "baltic") -> str:
        worker = self._clusters[name].workers.pop()
        worker.kill()
        return worker.name

    def stop_live(self, name: str = "baltic") -> None:
        self._running.clear()
        self._clusters.pop(name).stop()

    def fill(self, workspace: str, clusters: int = 0, tasks: int = 0) -> dict[str, Any]:
        """A workspace with so many made-up clusters, and one with a computation of so many tasks."""
        token = self.add_workspace(workspace)
        command = [str(FILL), "--address", self._hub.address, "--token", token]
        subprocess.run(
            [*command, "--clusters", str(clusters), "--tasks", str(tasks)],
            check=True,
            timeout=300,
            stdout=sys.stderr,
        )
        with pilothouse.Hub(self._hub.address, token) as hub:
            largest = max(hub.list_computations(), key=lambda one: one.tasks["total"], default=None)
            return {"token": token, "computation": largest.id if largest else None}

    def take_stowaways(self, workspace: str) -> dict[str, Any]:
        """A workspace with a cluster that tries to take over whoever looks at it."""
        token = self.add_workspace(workspace)
        stowaways.board(self._hub.address, token)
        with pilothouse.Hub(self._hub.address, token) as hub:
            computations = [one.id for one in hub.list_computations()]
            return {
                "token": token,
                "cluster": hub.list_clusters(since=None)[0].id,
                "computations": computations,
            }

    def send_wide(self, workspace: str, workers: int, threads: int) -> dict[str, Any]:
        token = self.add_workspace(workspace)
        tapes.send_wide(self._hub.address, token, workers, threads)
        with pilothouse.Hub(self._hub.address, token) as hub:
            return {"token": token, "computation": hub.list_computations()[0].id}

    def report(self, computation: int, name: str, max_size: str = "20MB", token: str = "") -> str:
        """The file that was made of a computation."""
        file = self._directory / name
        hub = {
            "DASK_PILOTHOUSE__ADDRESS": self._hub.address,
            "DASK_PILOTHOUSE__TOKEN": token or self._hub.token,
        }
        subprocess.run(
            [PILOTHOUSE, "report", str(computation), "-o", str(file), "--max-size", max_size],
            check=True,
            capture_output=True,
            timeout=120,
            env={**os.environ, **hub},
        )
        return str(file)

    def end(self) -> None:
        for cluster in self._clusters.values():
            cluster.kill()
        self._hub.stop()

    def _start(self, name: str, user: str, workers: int = 2) -> Cluster:
        cluster = Cluster(self._directory, self._hub, name, user, workers)
        self._clusters[name] = cluster
        return cluster

    def _lose_a_worker(self, cluster: Cluster) -> None:
        futures = voyage.sail_away(cluster.client, 150, 0.01)
        for done, _ in enumerate(as_completed(futures), start=1):
            if done == 60:
                cluster.workers.pop().kill()
                break
        cluster.client.gather(futures)

    def _settled(self, cluster: int, count: int) -> list[int]:
        """The computations of a cluster, oldest first, once there are so many and none of them runs."""
        with pilothouse.Hub(self._hub.address, self._hub.token) as hub:

            def look() -> list[int] | None:
                found = hub.list_computations(cluster)
                over = [c.id for c in found if c.state != "running"]
                return over[::-1] if len(found) == count == len(over) else None

            return eventually(look, what=f"{count} computations that are over") or []

    def _run(self, *words: str) -> str:
        command = [PILOTHOUSE, *words, "--state-dir", str(self._hub.state_dir)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def _token(self, *words: str) -> str:
        return next(word for word in self._run(*words).split() if word.startswith("ph_"))


def commands() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def answer(scene: Scene, command: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": getattr(scene, command["do"])(**command.get("with", {}))}
    except Exception as error:
        return {"error": f"{command['do']}: {error!r}"}


def main() -> None:
    for name in [name for name in os.environ if name.startswith("DASK_")]:
        del os.environ[name]
    say = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever else is printed is no answer
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    dask.config.set({"distributed.diagnostics.computations.nframes": 1})
    with tempfile.TemporaryDirectory(prefix="pilothouse-scene-") as directory:
        os.environ["XDG_STATE_HOME"] = directory
        scene = Scene(Path(directory))
        try:
            for command in commands():
                say.write(json.dumps(answer(scene, command)) + "\n")
        finally:
            scene.end()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
