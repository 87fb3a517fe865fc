"""What the recorder costs a scheduler at work. One of it is below the noise, so that 20 are loaded at once."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

from distributed import Client, wait

from hooks import noop
from pilothouse._plugin import RecorderPlugin, Target
from table import Table

COPIES = 20
QUIET = 0.5  # seconds for the recorders' threads to write and send


def measure(scheduler: str, address: str, token: str, tasks: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds of CPU per task of the process of the scheduler at this address, which has a worker."""
    samples: dict[str, list[float]] = {"without": [], "with": []}
    with Client(scheduler) as client:
        client.wait_for_workers(1, timeout=60)
        target = Target(address, token, "bench", "bench")
        serial = 0
        for turn in range(rounds + 1):
            # Forth and back, so that what changes steadily meets both alike.
            for name in sorted(samples, reverse=turn % 2 == 0):
                if name == "with":
                    client.run_on_scheduler(switch_on, target=target, copies=COPIES)
                before = client.run_on_scheduler(tidy_cpu)
                futures = client.map(noop, range(serial, serial + tasks))
                wait(futures)
                after = client.run_on_scheduler(settled_cpu)
                serial += tasks
                del futures
                if name == "with":
                    client.run_on_scheduler(switch_off)
                if turn > 0:
                    samples[name].append((after - before) / tasks * 1e6)
    return samples


# --- these run in the scheduler ---------------------------------------------------------------------------------------


def tidy_cpu() -> float:
    gc.collect()
    return time.process_time()


async def settled_cpu(dask_scheduler: Any) -> float:
    for plugin in list(dask_scheduler.plugins.values()):
        if isinstance(plugin, RecorderPlugin):
            plugin.close.__self__.tick()
    await asyncio.sleep(QUIET)
    return time.process_time()


async def switch_on(dask_scheduler: Any, target: Target, copies: int) -> None:
    for copy in range(copies):
        plugin = RecorderPlugin(target)
        dask_scheduler.add_plugin(plugin, name=f"bench-{copy}")
        await plugin.start(dask_scheduler)
        # A scheduler has one recorder: the next must not see it.
        del dask_scheduler._pilothouse


async def switch_off(dask_scheduler: Any) -> None:
    loaded = {n: p for n, p in dask_scheduler.plugins.items() if isinstance(p, RecorderPlugin)}
    await asyncio.gather(*(plugin.close() for plugin in loaded.values()))
    for name in loaded:
        dask_scheduler.remove_plugin(name=name)


def bench(table: Table, scheduler: str, address: str, token: str, tasks: int, rounds: int) -> None:
    samples = measure(scheduler, address, token, tasks, rounds)
    ours = [(more - less) / COPIES for more, less in zip(samples["with"], samples["without"])]
    table.pairs(
        f"recorder in all, live ({COPIES} loaded, divided)",
        "the scheduler itself, no-op tasks",
        "us/task",
        ours,
        samples["without"],
        at_most=0.005,
    )
