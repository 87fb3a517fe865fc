from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import dask
import pytest

sys.path.insert(0, os.path.dirname(__file__))

from distributed import Client

import pilothouse
from processes import HubProcess, Process, SchedulerProcess, WorkerProcess, eventually


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Recorders in this process leave nothing in the user's own state directory, and find nothing there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state-home")))
        yield


@pytest.fixture(scope="session")
def hub_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path_factory.mktemp("hub") / "state", 0, "--lost-after", "3s")
    yield process
    assert process.stop() == 0, process.output()


@pytest.fixture
def hub(hub_process: HubProcess) -> Iterator[pilothouse.Hub]:
    with pilothouse.Hub(hub_process.address, hub_process.token) as hub:
        yield hub


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts a process of a class of `processes`; all are ended with the test."""
    started: list[Process] = []

    def begin(kind: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        process = kind(*args, **kwargs)
        started.append(process)
        return process

    yield begin
    for process in reversed(started):
        process.stop()


class Cluster:
    """A scheduler and its workers in processes of their own, and a client to it."""

    def __init__(self, start: Callable[..., Any], directory: Path, env: dict[str, str], workers: int = 2):
        self._start = start
        self._directory = directory
        self.scheduler: SchedulerProcess = start(SchedulerProcess, directory, env)
        self.workers: list[WorkerProcess] = [self.add_worker() for _ in range(workers)]
        self.client = Client(self.scheduler.address, timeout=30)
        self.client.wait_for_workers(workers, timeout=60)
        self.scheduler_id: str = self.client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.id)

    def add_worker(self) -> WorkerProcess:
        worker: WorkerProcess = self._start(WorkerProcess, self._directory, self.scheduler.address)
        return worker


@pytest.fixture
def make_cluster(
    start: Callable[..., Any], tmp_path: Path, hub_process: HubProcess
) -> Iterator[Callable[..., Cluster]]:
    made: list[Cluster] = []

    def make(workers: int = 2, env: dict[str, str] | None = None) -> Cluster:
        cluster = Cluster(start, tmp_path, env or hub_process.environment(), workers)
        made.append(cluster)
        return cluster

    # As pilothouse.register does for a client: Dask does not capture source code by itself since 2023.
    with dask.config.set({"distributed.diagnostics.computations.nframes": 1}):
        yield make
        for cluster in made:
            cluster.client.close(timeout=5)


@pytest.fixture
def cluster(make_cluster: Callable[..., Cluster]) -> Cluster:
    return make_cluster()


@pytest.fixture
def find(hub: pilothouse.Hub) -> Callable[[str], Any]:
    """The hub's record of the cluster with this scheduler id, as soon as there is one."""

    def of(scheduler_id: str) -> Any:
        def look() -> Any:
            found = [
                c for c in hub.list_clusters(since=None, text=scheduler_id) if c.scheduler_id == scheduler_id
            ]
            return found[0] if found else None

        return eventually(look, what=f"{scheduler_id} in the hub")

    return of


@pytest.fixture
def settled(hub: pilothouse.Hub) -> Callable[..., Any]:
    """The computations of a cluster, oldest first, once they have `tasks` tasks in all and none of them runs."""

    def wait(cluster_id: int, tasks: int) -> Any:
        def look() -> Any:
            found = hub.list_computations(cluster_id)
            over = all(c.state != "running" and c.code is not None for c in found)
            return found[::-1] if over and sum(c.tasks["total"] for c in found) >= tasks else None

        return eventually(look, what=f"computations with {tasks} tasks that are over")

    return wait
