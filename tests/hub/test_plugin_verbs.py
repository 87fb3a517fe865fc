"""The verbs of signed plugins that speak with a hub, and what docs/plugins.md says of them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pytest
from client_command import FAILED, NOT_FOUND, OK, UNAUTHORIZED, ClientCommand
from hub_process import BINARY, REPOSITORY, HubProcess, eventually

DOCUMENT = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")


class Desk(ClientCommand):
    """Makes and publishes bundles."""

    def __init__(self, hub: HubProcess, place: Path) -> None:
        super().__init__("plugin", hub, place)
        self.hub = hub

    def key(self, name: str = "team.key") -> str:
        self("keygen", name)
        return (self.place / f"{name}.pub").read_text().strip()

    def bundle(self, version: str, key: str = "team.key", name: str = "idle-watch") -> str:
        """A signed bundle; its file."""
        source = self.place / "src"
        source.mkdir(exist_ok=True)
        (source / "idle.py").write_text(f"class IdleWatch:\n    version = {version!r}\n")
        file = f"{name}-{version}.bundle"
        says = ["--name", name, "--version", version, "--entry", "idle:IdleWatch", "--kind", "scheduler"]
        self("pack", "src", "-o", file, *says, "--publisher", f"{key}.pub")
        self("sign", file, "--key", key)
        return file


@pytest.fixture
def desk(workspace: HubProcess, tmp_path: Path) -> Desk:
    return Desk(workspace, tmp_path)


def test_publish_list_and_inspect(desk: Desk) -> None:
    key = desk.key()
    old, new = desk.bundle("1.9"), desk.bundle("1.10")
    assert desk("publish", old).startswith("idle-watch 1.9 is published: sha256 ")
    assert desk("publish", new).startswith("idle-watch 1.10 is published: sha256 ")
    assert desk("publish", new).startswith("idle-watch 1.10 was published before: sha256 ")

    eventually(lambda: all(item["audit"] for item in json.loads(desk("list", "--json"))))
    title, first, second = desk("list").splitlines()
    assert title.split()[:7] == ["name", "version", "kind", "published", "by", "expires", "risk"]
    assert first.split()[:3] == ["idle-watch", "1.10", "scheduler"]
    assert second.split()[:3] == ["idle-watch", "1.9", "scheduler"]
    (listed,) = json.loads(desk("list", "--json", "--limit", "1"))
    assert listed["publisher"] == key
    rows = list(csv.DictReader(io.StringIO(desk("list", "--csv"))))
    assert [json.loads(row["signers"]) for row in rows] == [[key], [key]]
    assert [row["risk"] for row in rows] == ["0.00", "0.00"]
    assert desk("list", "--text", "other") == ""

    shown = json.loads(desk("inspect", "idle-watch", "--json"))
    assert (shown["version"], shown["sha256"]) == ("1.10", listed["sha256"])
    assert shown["report"]["risk"] == 0
    assert desk("inspect", "idle-watch").startswith("NOT VERIFIED: ")
    shown = json.loads(desk("inspect", "idle-watch@1.9", "--json", "--source"))
    assert shown["files"][0]["source"] == "class IdleWatch:\n    version = '1.9'\n"


def test_a_file_is_before_a_plugin_of_that_name(desk: Desk) -> None:
    desk.key()
    desk("publish", desk.bundle("1.0"))
    (desk.place / "idle-watch").write_text("something else")
    assert "(malformed)" in desk("inspect", "idle-watch", code=FAILED)


def test_what_is_not_there(desk: Desk) -> None:
    said = desk("inspect", "idle-watch", code=NOT_FOUND)
    assert said.splitlines()[1] == "See what there is with: pilothouse plugin list"
    desk.key()
    desk("publish", desk.bundle("1.0"))
    desk("inspect", "idle-watch@1.1", code=NOT_FOUND)
    assert desk("publish", "missing", code=NOT_FOUND).splitlines()[1] == "Is the path right?"


def test_what_is_not_published(desk: Desk) -> None:
    desk.key()
    bundle = desk.place / desk.bundle("1.1")
    desk("publish", bundle.name)
    older = desk.bundle("1.0")
    assert "pilothouse: " in desk("publish", older, code=FAILED)
    sound = bundle.read_bytes()
    bundle.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    assert "(bad_signature)" in desk("publish", bundle.name, code=FAILED)
    desk("pack", "src", "-o", "u", "--name", "idle-watch", "--version", "3", "--entry", "idle:IdleWatch",
         "--kind", "worker", "--publisher", "team.key.pub")  # fmt: skip
    assert "(no_signature)" in desk("publish", "u", code=FAILED)
    assert len(json.loads(desk("list", "--json"))) == 1


def test_revocations_are_handed_on(desk: Desk) -> None:
    key = desk.key()
    bundle = desk.bundle("1.0")
    desk("publish", bundle)
    revoke = ["revoke", "--key", "team.key", "--reason", "leaks \x1b memory"]
    said = desk(*revoke, "--bundle", bundle, "--publish")
    assert said.splitlines()[1] == "The hub has it and hands it on."
    (listed,) = json.loads(desk("list", "--json"))
    assert listed["revoked"]["key"] == key
    assert "leaks \N{REPLACEMENT CHARACTER} memory" in desk("list")
    shown = desk("inspect", "idle-watch")
    assert f"revoked      {key} takes this bundle back: leaks \N{REPLACEMENT CHARACTER} memory\n" in shown

    assert "The hub has it" in desk(*revoke, "-o", "team.revocation", "--publish")
    assert f"{key} is not to be trusted any more" in desk("inspect", "idle-watch")
    answer = json.loads(desk("inspect", "idle-watch", "--json"))
    assert sorted(found["sha256"] is None for found in answer["revocations"]) == [False, True]


def test_a_token_without_the_scope(desk: Desk) -> None:
    desk.key()
    bundle = desk.bundle("1.0")
    assert "pilothouse: " in desk("publish", bundle, code=UNAUTHORIZED, DASK_PILOTHOUSE__TOKEN="ph_wrong")
    user = desk.hub.get("/workspace").body["user"]
    wanted = json.dumps({"user": user, "name": "reader", "scopes": ["read"]}).encode()
    token = desk.hub.request("POST", "/api/v1/tokens", body=wanted).body["token"]
    revoke = ["revoke", "--key", "team.key", "--reason", "x", "--publish"]
    for words in (["publish", bundle], revoke):
        assert "publish" in desk(*words, code=UNAUTHORIZED, DASK_PILOTHOUSE__TOKEN=token)
    assert desk("list", DASK_PILOTHOUSE__TOKEN=token) == ""


def test_the_document_does_what_it_says(desk: Desk) -> None:
    source = desk.place / "src"
    source.mkdir()
    files = dict(re.findall(r"`src/(\w+\.py)`:\n\n```python\n(.*?)```", DOCUMENT, re.DOTALL))
    assert sorted(files) == ["guard.py", "rules.py"]
    for name, content in files.items():
        (source / name).write_text(content)
    blocks = re.findall(r"^( *)```sh\n(.*?)^\1```", DOCUMENT, re.DOTALL | re.MULTILINE)
    script = "\n".join(block for _, block in blocks).replace(" --passphrase", "")
    assert all(
        f"pilothouse plugin {verb}" in script for verb in ("keygen", "pack", "sign", "verify", "publish")
    )
    program = desk.place / "bin" / "pilothouse"
    program.parent.mkdir()
    program.symlink_to(BINARY)
    done = subprocess.run(
        ["bash", "-ec", script],
        env={**desk.environment, "PATH": f"{program.parent}:/usr/bin:/bin"},
        cwd=desk.place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == OK, done.stderr
    (listed,) = json.loads(desk("list", "--json"))
    assert listed["name"] == "night-guard"
    assert "(revoked_key)" in desk(
        "verify", "guard.bundle", "--trust", "team.key.pub", "--revocation", "team.revocation", code=FAILED
    )


def test_the_document_knows_every_code() -> None:
    text = (REPOSITORY / "src" / "trust" / "signatures" / "refusal.cpp").read_text()
    codes = set(re.findall(r'return "(\w+)";', text))
    assert codes == set(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)) - {
        "not_offered",
        "unreachable",
    }
