from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hub_process import HubProcess
from tape import Recorder

_names = itertools.count(1)


@pytest.fixture
def start_hub(tmp_path: Path) -> Iterator[Callable[..., HubProcess]]:
    """Starts hubs of one's own; all are ended with the test."""
    started: list[HubProcess] = []

    def begin(*flags: str, **options: Any) -> HubProcess:
        hub = HubProcess(tmp_path / "state", *flags, **options)
        started.append(hub)
        return hub

    yield begin
    for hub in started:
        if hub.process.poll() is None:
            hub.stop()


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One hub for all tests that can share it: each works on sessions and workspaces of its own."""
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "state")
    yield hub
    hub.stop()


@pytest.fixture
def workspace(hub: HubProcess) -> Iterator[HubProcess]:
    """The shared hub, seen with the token of an empty workspace."""
    token = hub.token
    hub.token = hub.make_workspace(f"w{next(_names)}")
    yield hub
    hub.token = token


@pytest.fixture
def recorder(workspace: HubProcess) -> Recorder:
    """Of a session that the hub knows."""
    recorder = Recorder()
    workspace.accept(recorder.session, recorder.open())
    return recorder
