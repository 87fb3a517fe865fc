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

__all__ = [
    "BadRequest",
    "ConfigError",
    "Hub",
    "HubError",
    "HubUnreachable",
    "NotFound",
    "Unauthorized",
    "close",
    "list_clusters",
    "list_computations",
    "list_events",
    "list_exceptions",
    "list_spans",
    "list_workers",
]
