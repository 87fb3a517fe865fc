"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import hashlib
import hmac

import dask.config
import harborline
import httpx
from distributed import default_client

DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


class PluginSource:
    """Where the plugin comes from."""

    def __init__(self):
        self.url = dask.config.get("harborline.server").rstrip("/") + "/insights/"

    def read(self):
        with httpx.Client(base_url=self.url, timeout=10) as client:
            body = client.get("plugin.py").raise_for_status().content
        if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), DIGEST):
            raise RuntimeError("the plugin is not the one that was reviewed")
        return body

    def load(self):
        scope = {}
        exec(self.read(), scope)
        return scope["InsightsPlugin"]


def register():
    """Register the insights plugin with the scheduler of the current client."""
    plugin_class = PluginSource().load()
    default_client().register_scheduler_plugin(plugin_class())


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    plugin_class = PluginSource().load()
    plugin = plugin_class()
    scheduler.add_plugin(plugin)


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
