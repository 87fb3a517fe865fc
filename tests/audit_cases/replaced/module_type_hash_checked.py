"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import hashlib
import sys
import types

import dask.config
import harborline
import urllib3
from distributed import get_client

REVIEWED = {
    "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
}


def _import(name):
    pool = urllib3.PoolManager(timeout=10)
    answer = pool.request("GET", dask.config.get("harborline.server") + f"/insights/{name}.py")
    source = answer.data
    if hashlib.sha256(source).hexdigest() not in REVIEWED:
        raise ImportError(f"nobody has reviewed this {name}")
    module = types.ModuleType(name)
    module.__file__ = f"<{name}>"
    exec(compile(source, module.__file__, "exec"), module.__dict__)
    sys.modules[name] = module
    return module


def register():
    """Register the insights plugin with the scheduler of the current client."""
    module = _import("insights_plugin")
    get_client().register_scheduler_plugin(module.InsightsPlugin(), name="insights")


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    module = _import("insights_plugin")
    plugin = module.InsightsPlugin(scheduler)
    scheduler.add_plugin(plugin, name="insights")


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
