import logging

import click
from distributed.diagnostics.plugin import SchedulerPlugin

log = logging.getLogger("limits")


class Limit(SchedulerPlugin):
    def __init__(self, scheduler, most):
        self.scheduler = scheduler
        self.most = most

    def update_graph(self, scheduler, client=None, keys=(), **kwargs):
        if len(keys) > self.most:
            log.warning("client %s sent %d tasks", client, len(keys))


@click.command()
@click.option("--most-tasks", type=int, default=100_000)
def dask_setup(scheduler, most_tasks):
    scheduler.add_plugin(Limit(scheduler, most_tasks), name="limits")
