"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import aiohttp
import dask.config
import harborline
from distributed import get_client


async def _download(path):
    server = dask.config.get("harborline.server")
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with session.get(server + path) as answer:
            return await answer.read()


async def _plugin_class():
    body = await _download("/insights/plugin.py")
    module = {"__name__": "insights_plugin"}
    exec(compile(body, "insights_plugin", "exec"), module)
    return module["InsightsPlugin"]


async def register():
    """Register the insights plugin with the scheduler of the current client."""
    plugin_class = await _plugin_class()
    await get_client().register_scheduler_plugin(plugin_class(), name="insights")


async def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    plugin_class = await _plugin_class()
    scheduler.add_plugin(plugin_class(), name="insights")


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
