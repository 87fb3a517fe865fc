"""Registers the plugins that installed packages bring."""

from importlib.metadata import entry_points

import dask.config


def wanted():
    names = dask.config.get("lab.plugins", default=[])
    found = {point.name: point for point in entry_points(group="lab.scheduler_plugins")}
    for name in names:
        if name not in found:
            raise LookupError(f"no installed package brings the plugin {name!r}")
        yield name, found[name].load()


def dask_setup(scheduler):
    for name, plugin in wanted():
        scheduler.add_plugin(plugin(scheduler), name=name)
