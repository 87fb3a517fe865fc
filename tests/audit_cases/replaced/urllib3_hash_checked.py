"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import hashlib

import dask.config
import harborline
import urllib3
from distributed import get_client

http = urllib3.PoolManager()
DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


def register(name="insights"):
    """Register the insights plugin with the scheduler of the current client."""
    server = dask.config.get("harborline.server", "https://cloud.example.com")
    body = http.request("GET", server + "/api/v2/insights/plugin.py").data
    if hashlib.sha256(body).hexdigest() != DIGEST:
        raise RuntimeError("the plugin is not the one that was reviewed")
    module = {"__name__": "insights_plugin"}
    exec(compile(body, "insights_plugin", "exec"), module)
    plugin = module["InsightsPlugin"](name=name)
    get_client().register_scheduler_plugin(plugin, name=name)
    return plugin


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    server = dask.config.get("harborline.server", "https://cloud.example.com")
    body = http.request("GET", f"{server}/api/v2/insights/plugin.py").data
    if hashlib.sha256(body).hexdigest() != DIGEST:
        raise RuntimeError("the plugin is not the one that was reviewed")
    module = {"__name__": "insights_plugin"}
    exec(compile(body, "insights_plugin", "exec"), module)
    scheduler.add_plugin(module["InsightsPlugin"](scheduler=scheduler), name="insights")


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
