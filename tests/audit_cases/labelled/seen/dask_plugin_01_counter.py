from collections import Counter

from distributed.diagnostics.plugin import SchedulerPlugin


class Transitions(SchedulerPlugin):
    """Counts the transitions of tasks."""

    name = "transitions"

    def __init__(self):
        self.counts = Counter()

    def transition(self, key, start, finish, *args, **kwargs):
        self.counts[start, finish] += 1

    async def close(self):
        for (start, finish), count in self.counts.most_common():
            print(f"{start:>12} -> {finish:<12} {count}")


def dask_setup(scheduler):
    scheduler.add_plugin(Transitions())
