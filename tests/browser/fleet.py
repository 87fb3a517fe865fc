"""Real Dask clusters, recorded by a hub."""

from __future__ import annotations

import time
from pathlib import Path

from distributed import Client

import pilothouse
from processes import HubProcess, SchedulerProcess, WorkerProcess, eventually

HERE = {"PYTHONPATH": str(Path(__file__).parent)}  # of what the tasks are made


class TwoThreads(WorkerProcess):
    arguments = ("--memory-limit", "1GiB", "--nthreads", "2")  # the last one counts


class Cluster:
    """A scheduler and its workers, each a process, and a client to it."""

    def __init__(self, directory: Path, hub: HubProcess, name: str, user: str, workers: int = 2):
        self.name = name
        self._directory = directory
        env = hub.environment(DASK_PILOTHOUSE__NAME=name, DASK_PILOTHOUSE__USER=user, **HERE)
        self.scheduler = SchedulerProcess(directory, env)
        self.workers: list[TwoThreads] = []
        try:
            for _ in range(workers):
                self.add_worker()
            self.client = Client(self.scheduler.address, timeout=30)
            self.client.wait_for_workers(workers, timeout=60)
            scheduler_id: str = self.client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.id)
            self.id = self._known(hub, scheduler_id)
        except BaseException:
            self.kill()
            raise

    def add_worker(self) -> None:
        self.workers.append(TwoThreads(self._directory, self.scheduler.address, HERE))

    def become_idle(self) -> None:
        """Dask begins a new computation only when the one before is over."""
        eventually(lambda: not any(self.client.processing().values()), what="the cluster is idle")
        time.sleep(0.1)

    def stop(self) -> None:
        self.client.close(timeout=5)
        self.scheduler.stop()
        for worker in self.workers:
            worker.stop()

    def kill(self) -> None:
        for process in (self.scheduler, *self.workers):
            if process.running():
                process.kill()

    @staticmethod
    def _known(hub: HubProcess, scheduler_id: str) -> int:
        with pilothouse.Hub(hub.address, hub.token) as known:
            return int(
                eventually(
                    lambda: next((c.id for c in known.list_clusters(text=scheduler_id)), None),
                    what=f"{scheduler_id} in the hub",
                )
            )
