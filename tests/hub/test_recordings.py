"""Recordings made by earlier versions, as they were sent, are read for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hub_process import HubProcess, run_command
from read_tape import SPANS, read_chunks, read_span_block
from tape import json_chunk, session_record

RECORDINGS = Path(__file__).parent / "recordings"


@pytest.mark.parametrize("version", [1, 2])
def test_a_recording_of_each_version(workspace: HubProcess, version: int) -> None:
    recording = (RECORDINGS / f"version-{version}.tape").read_bytes()
    first, *_, last = read_chunks(recording)
    assert first.version == version
    answer = workspace.accept(first.session, recording)
    assert answer["mark"] == last.sequence

    (cluster,) = workspace.items("/clusters")
    assert (cluster["name"], cluster["status"]) == (f"sample-v{version}", "stopped")
    erred, done = workspace.items(f"/clusters/{cluster['id']}/computations")
    assert (done["state"], done["tasks"]["memory"]) == ("done", 301)
    assert (erred["state"], erred["tasks"]["erred"], erred["tasks"]["blamed"]) == ("erred", 3, 3)
    spans = workspace.all_items(f"/computations/{done['id']}/spans")
    assert len({span["key"] for span in spans}) == 301
    assert {span["group"] for span in spans} == {"inc", "sum"}


def test_a_second_reader_reads_what_recorders_write(workspace: HubProcess) -> None:
    """`read_tape` knows the format only from its page in docs/formats."""
    recording = (RECORDINGS / "version-2.tape").read_bytes()
    chunks = list(read_chunks(recording))
    assert all(chunk.version == 2 for chunk in chunks)
    spans = []
    for chunk in chunks:
        if chunk.kind == SPANS:
            block = read_span_block(chunk.payload)
            assert len(block) == chunk.records
            spans += [{"kind": "spans", "sequence": chunk.sequence, **span} for span in block]
        else:
            assert len(json.loads(chunk.payload)) == chunk.records
    dumped = run_command("tape", "dump", "--kind", "spans", str(RECORDINGS / "version-2.tape"))
    assert dumped.returncode == 0, dumped.stderr
    assert spans == [json.loads(line) for line in dumped.stdout.splitlines()]
    assert len(spans) == 304


@pytest.mark.parametrize("version", [0, 3, 65535])
def test_a_version_this_hub_does_not_know_leaves_nothing_behind(workspace: HubProcess, version: int) -> None:
    session = f"{version:032x}"
    known = json_chunk("session", session, 1, session_record())
    unknown = json_chunk(
        "clients", session, 2, {"client": "c", "joined_us": 1, "left_us": None}, version=version
    )
    answer = workspace.upload(session, known, unknown)
    assert answer.error == (422, "invalid_chunk")
    assert f"format version {version}, this program reads 1 to 2" in answer.message
    assert workspace.items("/clusters") == []
