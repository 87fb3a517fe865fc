"""Puts the plugin in a scheduler."""

from distributed import get_client

from .loading import load as _load


def _plugin(**arguments):
    return getattr(_load("insights_plugin"), "InsightsPlugin")(**arguments)


def register():
    """Register the insights plugin with the scheduler of the current client."""
    get_client().register_scheduler_plugin(_plugin())


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this package as its preload."""
    scheduler.add_plugin(_plugin(scheduler=scheduler))
