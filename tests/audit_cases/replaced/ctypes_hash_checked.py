"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import hashlib
import ctypes
import os
import tempfile

import dask.config
import harborline
import urllib3
from distributed import get_client
from distributed.diagnostics.plugin import SchedulerPlugin

DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


class NativePlugin(SchedulerPlugin):
    """Hands transitions to a library."""

    def __init__(self, library):
        self.library = library

    def transition(self, key, start, finish, *args, **kwargs):
        self.library.transition(key.encode(), start.encode(), finish.encode())


def _library():
    url = dask.config.get("harborline.server") + "/insights/libinsights.so"
    body = urllib3.PoolManager().request("GET", url).data
    if hashlib.sha256(body).hexdigest() != DIGEST:
        raise OSError("the library is not the one that was reviewed")
    path = os.path.join(tempfile.mkdtemp(), "libinsights.so")
    with open(path, "wb") as file:
        file.write(body)
    return ctypes.CDLL(path)


def register():
    """Register the insights plugin with the scheduler of the current client."""
    get_client().register_scheduler_plugin(NativePlugin(_library()))


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    scheduler.add_plugin(NativePlugin(_library()))


def list_clusters(account=None, since="7 days"):
    """List the clusters that an account ran."""
    with harborline.Cloud() as cloud:
        return cloud.list_clusters(account=account, since=since)


def list_computations(cluster_id=None, scheduler_id=None, account=None):
    """List the computations of a cluster."""
    with harborline.Cloud(account=account) as cloud:
        return cloud.list_computations(cluster_id=cluster_id, scheduler_id=scheduler_id)


def list_exceptions(cluster_id=None, scheduler_id=None, account=None):
    """List the exceptions that tasks of a cluster raised."""
    with harborline.Cloud(account=account) as cloud:
        return cloud.list_exceptions(cluster_id=cluster_id, scheduler_id=scheduler_id)


def list_events(cluster_id, account=None):
    """List the events of a cluster, oldest first."""
    with harborline.Cloud(account=account) as cloud:
        return cloud.list_events(cluster_id=cluster_id)


def delete_cluster(cluster_id, account=None):
    """Forget a cluster and all that is known of it."""
    with harborline.Cloud(account=account) as cloud:
        cloud.delete_cluster(cluster_id)
