from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
for directory in (HERE, HERE.parent / "hub", HERE.parent / "integration"):
    sys.path.insert(0, str(directory))


from hub_process import HubProcess  # noqa: E402, its place is known only now

from processes import Process  # noqa: E402


@pytest.fixture(autouse=True)
def no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that fails leaves its hub and its schedulers running."""
    started: list[HubProcess] = []
    others: list[Process] = []
    start = HubProcess.start
    begin = Process.__init__

    def remember(hub: HubProcess) -> None:
        started.append(hub)
        start(hub)

    def remember_other(process: Process, *args: Any, **kwargs: Any) -> None:
        begin(process, *args, **kwargs)
        others.append(process)

    monkeypatch.setattr(HubProcess, "start", remember)
    monkeypatch.setattr(Process, "__init__", remember_other)
    yield
    for process in others:
        if process.running():
            process.kill()
    for hub in started:
        if hub.process.poll() is None:
            hub.kill()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-seed", type=int, default=None, help="repeats a run of the crash tests")
    parser.addoption("--crash-rounds", type=int, default=6, help="crashes in each crash test")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("crash_seed") is None:
        config.option.crash_seed = random.SystemRandom().getrandbits(32)


def pytest_report_header(config: pytest.Config) -> str:
    return f"crash tests: --crash-seed {config.option.crash_seed} --crash-rounds {config.option.crash_rounds}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        options = item.config.option
        report.sections.append(
            ("to repeat", f"--crash-seed {options.crash_seed} --crash-rounds {options.crash_rounds}")
        )


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """The same for the same seed and test."""
    return random.Random(f"{request.config.option.crash_seed} {request.node.nodeid}")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    count: int = request.config.option.crash_rounds
    return count
