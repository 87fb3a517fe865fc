"""What the transition hook and the whole recorder cost, beside an empty method and the same recording in Python."""

from __future__ import annotations

import gc
import resource
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

from hooks import DETAILS, Call, Empty, Ignore, Scene, settle
from python_recorder import PythonRecorder
from table import Table

Samples = defaultdict[str, list[float]]
Hook = Callable[..., Any]

WARM_UP = 100_000  # spans: more than the journal holds
WINDOW = 250  # calls: their objects fit into the cache of one core


class Replay:
    """The calls of a scene, window by window and in their order, to one hook after the other.

    A scheduler calls a hook with what it has just made or looked at. So before a hook is measured, a window is shown
    to a recorder in Python, which looks at everything, be it the window's objects or the tasks they name.
    """

    def __init__(self, scene: Scene) -> None:
        self.tasks = scene.tasks
        self.calls = scene.calls
        self._windows = [self.calls[i : i + WINDOW] for i in range(0, len(self.calls), WINDOW)]
        self._toucher = PythonRecorder(scene.scheduler)
        self._bystanders = [
            time.pthread_getcpuclockid(thread.ident)
            for thread in threading.enumerate()
            if thread.ident is not None and thread is not threading.current_thread()
        ]

    def touch(self, window: list[Call]) -> None:
        replay(self._toucher.transition, window)
        self._toucher.spans.clear()

    def in_turns(self, hooks: dict[str, Hook], after_window: Callable[[], Any]) -> dict[str, float]:
        """Seconds of CPU of this thread for each hook, without those of the loop."""
        spent = dict.fromkeys(hooks, 0.0)
        with no_collection():
            for window in self._windows:
                self.touch(window)
                loop = timed(loop_over, window)
                for name, hook in hooks.items():
                    self.touch(window)
                    spent[name] += timed(replay, hook, window) - loop
                after_window()
        return spent

    def _of_bystanders(self) -> float:
        """Seconds of CPU of the other threads that were there before any recorder: those of Dask."""
        return sum(map(time.clock_gettime, self._bystanders))

    def whole(self, hook: Hook, at_end: Callable[[], Any]) -> float:
        """Seconds of CPU of this process for all calls and the end, without those of the loop and of touching."""
        touching = loop = 0.0
        with no_collection():
            of_bystanders = self._of_bystanders()
            start = time.process_time()
            for window in self._windows:
                touching += timed(self.touch, window)
                loop += timed(loop_over, window)
                replay(hook, window)
            at_end()
            spent = time.process_time() - start
            of_bystanders = self._of_bystanders() - of_bystanders
        return spent - of_bystanders - touching - 2 * loop


def replay(hook: Hook, calls: list[Call]) -> None:
    for args, kwargs in calls:
        hook(*args, **kwargs)


def loop_over(calls: list[Call]) -> None:
    for _args, _kwargs in calls:
        pass


def timed(work: Callable[..., Any], *args: Any) -> float:
    start = time.thread_time()
    work(*args)
    return time.thread_time() - start


@contextmanager
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def minor_faults() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def hook_alone(
    scene: Scene, address: str, token: str, directory: str, rounds: int
) -> tuple[Samples, Samples]:
    """Microseconds of CPU per task of the calling thread, in steady state: the journal was gone round before.

    With the calls' objects in the caches, and with those of all calls at once, which fit into none.
    """
    calls = Replay(scene)
    core = scene.recorder(address, token, directory)
    for _ in range(-(-WARM_UP // scene.tasks)):
        replay(core.transition, scene.calls)
        settle(core)
    python = PythonRecorder(scene.scheduler)
    hooks: dict[str, Hook] = {
        "floor": Ignore().__init__,
        "empty": Empty().transition,
        "python": python.transition,
        "native": core.transition,
    }
    warm: Samples = defaultdict(list)
    cold: Samples = defaultdict(list)
    for turn in range(rounds + 1):
        # In each round the tasks are those of a new computation.
        python.computation = f"bench-{turn}"
        core.open_computation(python.computation, turn + 1, DETAILS)
        for name, spent in calls.in_turns(hooks, python.spans.clear).items():
            warm[name].append(spent / scene.tasks * 1e6)
        settle(core)
        for name, hook in hooks.items():
            with no_collection():
                loop = timed(loop_over, scene.calls)
                before = minor_faults()
                spent = timed(replay, hook, scene.calls) - loop
                faults = minor_faults() - before
            cold[name].append(spent / scene.tasks * 1e6)
            if name == "native":
                cold["faults"].append(faults / scene.tasks * 1000)
        python.spans.clear()
        settle(core)
        if turn == 0:  # it warms up
            warm.clear()
            cold.clear()
    core.end(2, "bench")
    assert core.finish(30.0), "the hub took everything"
    assert not core.status()["drops"], core.status()
    return warm, cold


def recorder_in_all(scene: Scene, address: str, token: str, directory: str, rounds: int) -> Samples:
    """Microseconds of CPU per task of the whole process, until everything is sent; of Python until it is encoded."""
    samples: Samples = defaultdict(list)
    calls = Replay(scene)
    for turn in range(rounds + 1):
        python = PythonRecorder(scene.scheduler)
        python.computation = "bench"
        spent = {
            "empty": calls.whole(Empty().transition, lambda: None),
            "python": calls.whole(python.transition, python.flush),
        }
        core = scene.recorder(address, token, directory)
        time.sleep(0.2)  # it connects

        def send(core: Any = core) -> None:
            core.end(2, "bench")
            assert core.finish(30.0), "the hub took everything"

        spent["native"] = calls.whole(core.transition, send)
        del core
        time.sleep(0.1)  # its thread ends
        for name, seconds in spent.items():
            if turn > 0:
                samples[name].append(seconds / scene.tasks * 1e6)
    return samples


def bench(table: Table, address: str, token: str, directory: str, tasks: int, rounds: int) -> None:
    scene = Scene(tasks)
    try:
        hook, cold = hook_alone(scene, address, token, directory, rounds)
        whole = recorder_in_all(scene, address, token, directory, rounds)
    finally:
        scene.close()
    unit = "us/task"
    table.pairs(
        "hook: CPU of the calling thread",
        "empty Python transition",
        unit,
        hook["native"],
        hook["empty"],
        at_most=0.6,
    )
    table.pairs(
        "", "Python list-of-dicts recorder", unit, hook["native"], hook["python"], at_most=round(1 / 6, 3)
    )
    table.pairs(
        "the least: a C function that does nothing",
        "empty Python transition",
        unit,
        hook["floor"],
        hook["empty"],
    )
    what = "hook, arguments in no cache"
    table.pairs(what, "empty Python transition", unit, cold["native"], cold["empty"])
    table.pairs("", "Python list-of-dicts recorder", unit, cold["native"], cold["python"])
    table.absolute("hook: minor page faults in steady state", "/ 1000 spans", cold["faults"], 0)
    table.pairs(
        "recorder in all: CPU until sent, all threads",
        "empty Python transition",
        unit,
        whole["native"],
        whole["empty"],
        at_most=1.0,
    )
    table.pairs("", "Python list-of-dicts recorder", unit, whole["native"], whole["python"], at_most=0.25)
