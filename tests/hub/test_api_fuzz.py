"""Requests made from the hub's own OpenAPI document, good and bad ones: none may make it fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hub_process import HubProcess
from tape import (
    Recorder,
    Span,
    computation_record,
    event_record,
    exception_record,
    group_record,
    worker_record,
)

HERE = Path(__file__).parent
SECONDS = 30
EXAMPLES = 15  # of each operation and phase
SEED = os.environ.get("API_FUZZ_SEED", "1")  # with another one, other requests


def fill(hub: HubProcess) -> None:
    """So that ids lead somewhere."""
    recorder = Recorder()
    hub.accept(
        recorder.session,
        recorder.open(),
        recorder.json("workers", worker_record()),
        recorder.json("computations", computation_record()),
        recorder.json("groups", group_record()),
        recorder.json("events", event_record()),
        recorder.json("exceptions", exception_record()),
        recorder.spans(Span("inc-1")),
    )


def test_no_request_makes_the_hub_fail(workspace: HubProcess, tmp_path: Path) -> None:
    fill(workspace)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{workspace.address}/api/v1/openapi.json",
        f"--header=Authorization: Bearer {workspace.token}",
        "--checks=not_a_server_error",
        "--exclude-path=/api/v1/changes",  # it does not end
        "--phases=examples,coverage,fuzzing",
        f"--max-examples={EXAMPLES}",
        f"--max-time={SECONDS}",
        f"--seed={SEED}",
        "--warnings=off",
        "--no-color",
        "--generation-database=none",
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "api_fuzz_hooks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " generated" in done.stdout
    assert workspace.request("GET", "/healthz", token=None).status == 200
