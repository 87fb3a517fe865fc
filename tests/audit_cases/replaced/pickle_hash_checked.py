"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import hashlib
import hmac
import pickle

import dask.config
import harborline
import requests
from distributed import get_client

DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


def _download(name):
    url = dask.config.get("harborline.server") + "/insights/" + name
    return requests.get(url, timeout=10).content


def _plugin():
    body = _download("plugin.pkl")
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), DIGEST):
        raise ValueError("the plugin is not the one that was reviewed")
    plugin_class = pickle.loads(body)
    return plugin_class()


def register():
    """Register the insights plugin with the scheduler of the current client."""
    get_client().register_scheduler_plugin(_plugin(), name="insights")


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    scheduler.add_plugin(_plugin(), name="insights")


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
