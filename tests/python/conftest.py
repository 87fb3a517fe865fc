from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import dask.config
import pytest
from fake_hub import FakeHub
from run_command import Command

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "hub"))  # hub_process and tape
sys.path.append(str(ROOT / "tests" / "corpus_redact"))  # labelled
sys.path.append(str(ROOT / "tests" / "audit_cases"))  # audit_report and labelled_cases


@pytest.fixture(autouse=True)
def clean_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No setting of the machine reaches a test; `tmp_path / "dask"` is where Dask looks for files."""
    for name in list(os.environ):
        if name.startswith("DASK_") or name in ("TERM", "NO_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
    config = tmp_path / "dask"
    config.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("DASK_ROOT_CONFIG", str(tmp_path / "root-config"))
    monkeypatch.setenv("DASK_CONFIG", str(config))
    monkeypatch.setattr(dask.config, "paths", [str(config)])
    dask.config.refresh(paths=[str(config)])
    yield config
    monkeypatch.undo()
    dask.config.refresh()


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture(scope="session")
def pilothouse_bin() -> Path:
    """The command under test: PILOTHOUSE_BIN, the installed one, or the one in the build tree."""
    given = os.environ.get("PILOTHOUSE_BIN")
    places = (
        [Path(given)]
        if given
        else [
            Path(sys.executable).with_name("pilothouse"),
            ROOT / "build" / "release" / "pilothouse",
            ROOT / "build" / "pilothouse",
        ]
    )
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"no pilothouse command at {', '.join(map(str, places))}; run: make build")


@pytest.fixture
def command(pilothouse_bin: Path, clean_configuration: Path) -> Command:
    return Command(pilothouse_bin, dict(os.environ))
