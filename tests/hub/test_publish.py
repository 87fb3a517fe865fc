"""What a hub takes in and offers of signed plugins."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from bundle import RISKY, SOURCE, Key, bundle, manifest, revocation, signed_bytes, with_signatures
from hub_process import Answer, HubProcess, eventually

ADA = Key()
BOB = Key()


def publish(hub: HubProcess, content: bytes) -> Answer:
    return hub.request("POST", "/api/v1/plugins", body=content)


def revoke(hub: HubProcess, content: bytes) -> Answer:
    return hub.request("POST", "/api/v1/plugins/revocations", body=content)


def fetch(hub: HubProcess, name: str, version: str) -> tuple[int, str, bytes]:
    answer = hub.get(f"/plugins/{name}/{version}/bundle")
    return answer.status, answer.headers["Content-Type"], answer.body


def audit(hub: HubProcess) -> list[tuple[str, str, str]]:
    rows = hub.items("/audit", text="plugin.")
    return [(row["action"], row["subject"], row["outcome"]) for row in rows]


def audited(hub: HubProcess, version: str = "1.0") -> Any:
    """The report on a version, once it is there."""
    path = f"/plugins/night-guard/{version}/audit"
    eventually(lambda: hub.get(path).status == 200)
    return hub.get(path).body


def test_what_is_published_is_offered_byte_for_byte(workspace: HubProcess) -> None:
    content = bundle(ADA, BOB)
    sha256 = hashlib.sha256(signed_bytes_of(content)).hexdigest()
    answer = publish(workspace, content)
    assert (answer.status, answer.body) == (
        201,
        {"name": "night-guard", "version": "1.0", "sha256": sha256, "new": True},
    )
    assert publish(workspace, content).body["new"] is False
    assert fetch(workspace, "night-guard", "1.0") == (200, "application/vnd.pilothouse.bundle", content)
    audited(workspace)
    (listed,) = workspace.items("/plugins")
    assert listed["sha256"] == sha256
    assert listed["size"] == len(content)
    assert listed["signers"] == sorted([ADA.id, BOB.id], key=key_bytes)
    assert listed["publisher"] == ADA.id
    assert listed["published_by"] == workspace.get("/workspace").body["user"]
    offer = workspace.get("/plugins/night-guard").body
    assert offer == {"name": "night-guard", "versions": [listed], "revocations": []}
    assert audit(workspace) == [("plugin.publish", "plugin night-guard 1.0", "done")]


def key_bytes(key_id: str) -> bytes:
    return base64.urlsafe_b64decode(key_id.removeprefix("ed25519:") + "=")


def signed_bytes_of(content: bytes) -> bytes:
    return content[: len(content) - 4 - 2 * 96]


def test_versions_only_go_up(workspace: HubProcess) -> None:
    for version in ("1.9", "1.10"):
        assert publish(workspace, bundle(ADA, version=version)).status == 201
    assert publish(workspace, bundle(ADA, version="1.9.1")).error == (409, "conflict")
    assert publish(workspace, bundle(ADA, version="1.10.0", kind="worker")).error == (409, "conflict")
    offered = workspace.get("/plugins/night-guard").body["versions"]
    assert [version["version"] for version in offered] == ["1.10", "1.9"]
    assert ("plugin.publish", "", "conflict") in audit(workspace)


@pytest.mark.parametrize("name", ["nightguard", "n1ght-guard", "nlght-guard", "night-9uard"])
def test_names_that_look_alike(workspace: HubProcess, name: str) -> None:
    assert publish(workspace, bundle(ADA)).status == 201
    answer = publish(workspace, bundle(ADA, name=name))
    assert answer.status == (201 if "9" in name else 409)


def test_revocations_come_with_what_is_offered(workspace: HubProcess) -> None:
    content = bundle(ADA, BOB)
    sha256 = publish(workspace, content).body["sha256"]
    withdrawn = revocation(BOB, sha256)
    assert revoke(workspace, withdrawn).body == {"key": BOB.id, "sha256": sha256, "new": True}
    lost = revocation(ADA)
    assert revoke(workspace, lost).status == 201
    assert revoke(workspace, revocation(ADA)).status == 200
    assert revoke(workspace, revocation(Key())).status == 201
    offer = workspace.get("/plugins/night-guard").body
    assert [base64.b64decode(text) for text in offer["revocations"]] == [withdrawn, lost]
    assert offer["versions"][0]["revoked"]["key"] == BOB.id
    assert ("plugin.revoke", f"key {ADA.id}", "done") in audit(workspace)


def broken_bundles() -> dict[str, bytes]:
    good = bundle(ADA)
    flipped = bytearray(good)
    flipped[60] ^= 1
    foreign = with_signatures(signed_bytes(manifest(ADA), SOURCE), BOB)
    unsigned = with_signatures(signed_bytes(manifest(ADA), SOURCE))
    twice = b'{"name":"a","name":"b"}'
    return {
        "nothing": b"",
        "text": b"hello",
        "flipped": bytes(flipped),
        "unsigned": unsigned,
        "cut": good[:-1],
        "longer": good + b"x",
        "duplicate": with_signatures(signed_bytes(twice, SOURCE), ADA),
        "traversal": bundle(ADA, files={"../guard.py": b""}, entry="guard:Guard"),
        "absolute": bundle(ADA, files={"/guard.py": b""}, entry="guard:Guard"),
        "hash": with_signatures(
            signed_bytes(manifest(ADA), {"guard.py": b"x" * len(SOURCE["guard.py"])}), ADA
        ),
        "name": bundle(ADA, name="n\u0456ght-guard"),
        "publisher": foreign[:-1] + bytes([foreign[-1] ^ 1]),
    }


@pytest.mark.parametrize("case", broken_bundles())
def test_what_is_no_bundle(workspace: HubProcess, case: str) -> None:
    assert publish(workspace, broken_bundles()[case]).error == (422, "invalid_bundle")
    assert workspace.items("/plugins") == []
    assert audit(workspace) == [("plugin.publish", "", "invalid")]


def test_what_is_no_revocation(workspace: HubProcess) -> None:
    good = revocation(ADA)
    for content in (b"", b"x", good[:-1], good + b"x", good[:-1] + bytes([good[-1] ^ 1])):
        assert revoke(workspace, content).error == (422, "invalid_bundle")
    assert revoke(workspace, revocation(ADA, key=BOB.id)).error == (422, "invalid_bundle")


def test_too_large(workspace: HubProcess) -> None:
    assert publish(workspace, b"x" * (2**20 + 1)).error == (413, "too_large")
    assert revoke(workspace, b"x" * (2**16 + 1)).error == (413, "too_large")


def test_what_is_not_offered(workspace: HubProcess) -> None:
    publish(workspace, bundle(ADA))
    nowhere = ("/plugins/night-guard/1.1", "/plugins/other/1.0")
    for path in ("/plugins/other", *(f"{place}/{what}" for place in nowhere for what in ("bundle", "audit"))):
        assert workspace.get(path).error == (404, "not_found")


def test_what_the_auditor_says_is_shown(workspace: HubProcess) -> None:
    assert publish(workspace, bundle(ADA, version="1.0")).status == 201
    assert publish(workspace, bundle(ADA, version="1.1", files=RISKY)).status == 201
    plain, risky = audited(workspace, "1.0"), audited(workspace, "1.1")
    assert plain["securityRisk"] < 0.3
    assert risky["securityRisk"] > 0.7
    second, first = workspace.items("/plugins")
    assert (first["version"], first["audit"]["risk"]) == ("1.0", plain["securityRisk"])
    assert (second["version"], second["audit"]["risk"]) == ("1.1", risky["securityRisk"])
    assert second["audit"]["problem"] is None
    assert first["audit"]["rules"] == second["audit"]["rules"]
    assert workspace.get("/plugins/night-guard").body["versions"] == [second, first]


def test_a_report_is_made_by_the_hub_and_not_believed_of_the_manifest(workspace: HubProcess) -> None:
    said = {"sha256": 64 * "a", "rules": 64 * "b", "risk": 0}
    assert publish(workspace, bundle(ADA, files=RISKY, audit=said)).status == 201
    assert audited(workspace)["securityRisk"] > 0.7


def test_what_the_auditor_cannot_read_is_published_all_the_same(workspace: HubProcess) -> None:
    broken = {"guard.py": b"class Guard(\n" + 5000 * b"(" + b"\0"}
    assert publish(workspace, bundle(ADA, files=broken)).status == 201
    (listed,) = eventually(lambda: [p for p in workspace.items("/plugins") if p["audit"]])
    assert listed["version"] == "1.0"
    assert fetch(workspace, "night-guard", "1.0")[0] == 200


def test_each_workspace_has_its_own(workspace: HubProcess) -> None:
    publish(workspace, bundle(ADA))
    other = workspace.make_workspace("plugins-elsewhere")
    assert workspace.get("/plugins", token=other).body["items"] == []
    assert workspace.get("/plugins/night-guard", token=other).error == (404, "not_found")
    assert workspace.get("/plugins/night-guard/1.0/bundle", token=other).error == (404, "not_found")
    audited(workspace)
    assert workspace.get("/plugins/night-guard/1.0/audit", token=other).error == (404, "not_found")


def test_pages(workspace: HubProcess) -> None:
    versions: list[Any] = [f"1.{minor}" for minor in range(5)]
    for version in versions:
        publish(workspace, bundle(ADA, version=version))
    listed = workspace.all_items("/plugins", limit=2)
    assert [plugin["version"] for plugin in listed] == versions[::-1]
    assert workspace.items("/plugins", text="other") == []
