"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

from .account import delete_cluster, list_clusters, list_computations, list_events, list_exceptions
from .preload import dask_setup, register

__all__ = [
    "dask_setup",
    "delete_cluster",
    "list_clusters",
    "list_computations",
    "list_events",
    "list_exceptions",
    "register",
]
