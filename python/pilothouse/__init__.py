"""Pilothouse: a flight recorder for Dask clusters."""

from pilothouse._api import (
    close,
    list_clusters,
    list_computations,
    list_events,
    list_exceptions,
    list_spans,
    list_workers,
)
from pilothouse._config import ConfigError
from pilothouse._hub import BadRequest, Hub, HubError, HubUnreachable, NotFound, Unauthorized
from pilothouse._plugins import PluginOutcome
from pilothouse._preload import dask_setup, dask_teardown
from pilothouse._register import RegisterError, Registration, register
from pilothouse._version import __version__

__all__ = [
    "BadRequest",
    "ConfigError",
    "Hub",
    "HubError",
    "HubUnreachable",
    "NotFound",
    "PluginOutcome",
    "RegisterError",
    "Registration",
    "Unauthorized",
    "__version__",
    "close",
    "dask_setup",
    "dask_teardown",
    "list_clusters",
    "list_computations",
    "list_events",
    "list_exceptions",
    "list_spans",
    "list_workers",
    "register",
]
