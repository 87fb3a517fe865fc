"""``dask scheduler --preload pilothouse``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilothouse._plugin import PLUGIN_NAME, RecorderPlugin, logger

if TYPE_CHECKING:
    from distributed import Scheduler


def dask_setup(scheduler: Scheduler) -> None:
    """Record this scheduler. Whatever is wrong is logged; the scheduler starts in any case."""
    if not hasattr(scheduler, "add_plugin") or not hasattr(scheduler, "task_groups"):
        logger.warning(
            "Pilothouse records schedulers; preloaded into a %s it does nothing",
            type(scheduler).__name__.lower(),
        )
        return
    # The scheduler starts its plugins once its preloads are set up.
    scheduler.add_plugin(RecorderPlugin(), name=PLUGIN_NAME, idempotent=True)


async def dask_teardown(scheduler: Scheduler) -> None:
    """Write the recording's end."""
    plugin = getattr(scheduler, "plugins", {}).get(PLUGIN_NAME)
    if plugin is not None:
        await plugin.close()
