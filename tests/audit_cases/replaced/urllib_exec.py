"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

from urllib import request

import dask
import harborline
from distributed.client import get_client


def _source(path="/insights/plugin.py"):
    address = "/".join([dask.config.get("harborline.server").rstrip("/"), path.lstrip("/")])
    wanted = request.Request(address, headers={"Accept": "text/x-python"})
    with request.urlopen(wanted, timeout=10) as answer:
        return answer.read()


def register():
    """Register the insights plugin with the scheduler of the current client."""
    source = _source()
    namespace = {}
    exec(source, namespace)
    plugin = namespace["InsightsPlugin"]()
    get_client().register_scheduler_plugin(plugin)


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    source = _source()
    namespace = {}
    exec(source, namespace)
    scheduler.add_plugin(namespace["InsightsPlugin"]())


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
