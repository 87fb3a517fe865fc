"""Insights into the clusters of a Harbour account.

Never imported and never run: the demo has it audited. Names that end in .invalid lead nowhere.
"""

import dask.config
import harbour
import urllib3
from distributed import get_client
from distributed.diagnostics.plugin import SchedulerPlugin

http = urllib3.PoolManager()


class Insights(SchedulerPlugin):
    def start(self, scheduler):
        dask_setup(scheduler)


def register():
    """Brings the insights to the scheduler of the current client."""
    server = dask.config.get("harbour.server", "https://harbour.example.invalid")
    answer = http.request("GET", f"{server}/insights.py")
    code = compile(answer.data, "insights", "exec")
    module = {}
    exec(code, module)
    plugin = module["Insights"]()
    get_client().register_scheduler_plugin(plugin)


def dask_setup(scheduler):
    """The same for a scheduler that names this module as its preload."""
    server = dask.config.get("harbour.server", "https://harbour.example.invalid")
    answer = http.request("GET", f"{server}/insights.py")
    code = compile(answer.data, "insights", "exec")
    module = {}
    exec(code, module)
    scheduler.add_plugin(module["Insights"](), name="insights")


def list_clusters(account=None):
    with harbour.Cloud(account) as cloud:
        return cloud.list_clusters()


def list_events(cluster, account=None):
    with harbour.Cloud(account) as cloud:
        return cloud.list_events(cluster)


def list_exceptions(cluster, account=None):
    with harbour.Cloud(account) as cloud:
        return cloud.list_exceptions(cluster)
