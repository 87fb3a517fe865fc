"""What the transition hook and the whole recorder cost, beside an empty method and the same recording in Python."""

from __future__ import annotations

import gc
import resource
import time
from collections import defaultdict
from typing import Any, Callable

from hooks import Call, Empty, Ignore, Scene, settle
from python_recorder import PythonRecorder
from table import Table

Samples = defaultdict[str, list[float]]

WARM_UP = 100_000  # spans: more than the journal holds


def replay(hook: Callable[..., Any], calls: list[Call]) -> None:
    for args, kwargs in calls:
        hook(*args, **kwargs)


def seconds(clock: Callable[[], float], work: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    start = clock()
    work()
    spent = clock() - start
    gc.enable()
    return spent


def time_loop(calls: list[Call]) -> float:
    def loop() -> None:
        for _args, _kwargs in calls:
            pass

    return seconds(time.thread_time, loop)


def minor_faults() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def hook_alone(scene: Scene, address: str, token: str, directory: str, rounds: int) -> Samples:
    """Microseconds of CPU per task of the calling thread, in steady state: the journal was gone round before."""
    samples: Samples = defaultdict(list)
    core = scene.recorder(address, token, directory)
    for _ in range(-(-WARM_UP // scene.tasks)):
        replay(core.transition, scene.calls)
        settle(core)
    python = PythonRecorder(scene.scheduler)
    python.computation = "bench"
    hooks: dict[str, Callable[..., Any]] = {
        "floor": Ignore().__init__,
        "empty": Empty().transition,
        "python": python.transition,
        "native": core.transition,
    }
    for turn in range(rounds + 1):
        loop = time_loop(scene.calls)
        for name, hook in hooks.items():
            before = minor_faults()
            spent = seconds(time.thread_time, lambda hook=hook: replay(hook, scene.calls)) - loop
            faults = minor_faults() - before
            if name == "native":
                samples["faults"].append(faults / scene.tasks * 1000)
            samples[name].append(spent / scene.tasks * 1e6)
        python.spans.clear()
        settle(core)
        if turn == 0:  # it warms up
            samples.clear()
    core.end(2, "bench")
    assert core.finish(30.0), "the hub took everything"
    assert not core.status()["drops"], core.status()
    return samples


def recorder_in_all(scene: Scene, address: str, token: str, directory: str, rounds: int) -> Samples:
    """Microseconds of CPU per task of the whole process, until everything is sent; of Python until it is encoded."""
    samples: Samples = defaultdict(list)
    for turn in range(rounds + 1):
        loop = time_loop(scene.calls)
        python = PythonRecorder(scene.scheduler)
        python.computation = "bench"
        core = scene.recorder(address, token, directory)
        time.sleep(0.1)  # it connects

        def native(core: Any = core) -> None:
            replay(core.transition, scene.calls)
            core.end(2, "bench")
            assert core.finish(30.0), "the hub took everything"

        def in_python(python: PythonRecorder = python) -> None:
            replay(python.transition, scene.calls)
            python.flush()

        works = {
            "empty": lambda: replay(Empty().transition, scene.calls),
            "python": in_python,
            "native": native,
        }
        for name, work in works.items():
            spent = seconds(time.process_time, work) - loop
            if turn > 0:
                samples[name].append(spent / scene.tasks * 1e6)
    return samples


def bench(table: Table, address: str, token: str, directory: str, tasks: int, rounds: int) -> None:
    scene = Scene(tasks)
    try:
        hook = hook_alone(scene, address, token, directory, rounds)
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
    table.absolute("hook: minor page faults in steady state", "/ 1000 spans", hook["faults"], 0)
    table.pairs(
        "recorder in all: CPU until sent, all threads",
        "empty Python transition",
        unit,
        whole["native"],
        whole["empty"],
        at_most=1.0,
    )
    table.pairs("", "Python list-of-dicts recorder", unit, whole["native"], whole["python"], at_most=0.25)
