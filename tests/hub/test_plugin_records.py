"""What became of the signed plugins of a cluster, in its listing."""

from __future__ import annotations

from hub_process import HubProcess
from tape import T0, Recorder, plugin_record


def test_a_cluster_shows_what_was_loaded_and_what_was_refused(workspace: HubProcess) -> None:
    recorder = Recorder()
    loaded = plugin_record()
    refused = plugin_record(
        name="night-watch",
        version=None,
        kind=None,
        sha256=None,
        signed_by=[],
        state="refused",
        code="bad_signature",
        reason="a signature is wrong",
    )
    cluster = workspace.accept(recorder.session, recorder.open(), recorder.json("plugins", loaded, refused))[
        "cluster"
    ]
    assert workspace.get(f"/clusters/{cluster}").body["plugins"] == [refused, loaded]
    assert workspace.items("/clusters")[0]["plugins"] == [refused, loaded]


def test_a_later_record_replaces_an_earlier_one(workspace: HubProcess) -> None:
    recorder = Recorder()
    first = plugin_record(version="1.0", state="refused", code="expired", reason="it expired")
    second = plugin_record(version="1.1", time_us=T0 + 99)
    cluster = workspace.accept(
        recorder.session, recorder.open(), recorder.json("plugins", first), recorder.json("plugins", second)
    )["cluster"]
    assert workspace.get(f"/clusters/{cluster}").body["plugins"] == [second]


def test_a_cluster_has_64_plugins_at_most(workspace: HubProcess) -> None:
    recorder = Recorder()
    records = [plugin_record(name=f"plugin-{i:03}") for i in range(70)]
    cluster = workspace.accept(recorder.session, recorder.open(), recorder.json("plugins", *records))[
        "cluster"
    ]
    detail = workspace.get(f"/clusters/{cluster}").body
    assert len(detail["plugins"]) == 64
    assert detail["refused"] == {"plugins": 6}
