"""Users, tokens, roles, the audit log, and how often a hub may be asked."""

from __future__ import annotations

import getpass
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

import pytest
from hub_process import REPOSITORY, Answer, HubProcess, eventually, run_command
from tape import T0, Recorder, event_record

StartHub = Callable[..., HubProcess]

OLD_SCHEMA = REPOSITORY / "tests" / "hub" / "recordings" / "schema-3.sql"
OLD_TOKENS = {"default": "ph_" + 43 * "d", "research": "ph_" + 43 * "r"}
OLD_SESSION = "b72bc44e440083e0737af561823e2f63"
ALL = ["ingest", "read", "control", "publish", "admin"]


def refused(hub: HubProcess, *arguments: str) -> tuple[int, str]:
    done = run_command(*arguments, "--state-dir", str(hub.state_dir))
    assert done.stdout == ""
    return done.returncode, done.stderr


def post(hub: HubProcess, path: str, body: Any = None, token: str = "") -> Answer:
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return hub.request("POST", f"/api/v1{path}", body=content, token=token)


def audit(hub: HubProcess, **parameters: Any) -> list[Any]:
    return hub.all_items("/audit", **parameters)


def rows(hub: HubProcess, sql: str) -> list[Any]:
    with closing(sqlite3.connect(hub.state_dir / "hub.db")) as database:
        return database.execute(sql).fetchall()


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub whose workspace "default" has the member ada and a second owner, bob."""
    hub = HubProcess(tmp_path_factory.mktemp("doors") / "state")
    hub.local("user", "add", "ada")
    hub.local("user", "add", "bob", "--role", "owner")
    yield hub
    hub.stop()


# What was there before there were users.


def make_old(state_dir: Path) -> None:
    state_dir.mkdir(mode=0o700)
    with closing(sqlite3.connect(state_dir / "hub.db")) as database:
        database.executescript(OLD_SCHEMA.read_text())
    (state_dir / "client.json").write_text(
        json.dumps({"address": "", "token": OLD_TOKENS["default"], "workspace": "default"})
    )


def check_old(hub: HubProcess) -> None:
    for workspace, token in OLD_TOKENS.items():
        body = hub.get("/workspace", token=token).body
        assert (body["name"], body["user"], body["role"]) == (workspace, "owner", "owner")
        assert (body["token"]["scopes"], body["token"]["expires_us"]) == (ALL, None)
    [cluster] = hub.items("/clusters", token=OLD_TOKENS["default"])
    assert hub.items("/clusters", token=OLD_TOKENS["research"]) == []
    assert [user["name"] for user in hub.items("/users")] == ["owner"]
    assert audit(hub) == []

    # The recording goes on; it is nobody's, so a member may not stop it.
    hub.local("user", "add", "ada")
    _, token = hub.make_token("ada")
    assert hub.accept(OLD_SESSION)["cluster"] == cluster["id"]
    assert hub.ask_to_stop(cluster["id"], token=token).error == (403, "forbidden")
    assert hub.ask_to_stop(cluster["id"]).status in (200, 202)


def test_a_database_without_users_goes_on(start_hub: StartHub, tmp_path: Path) -> None:
    make_old(tmp_path / "state")
    listed = run_command("user", "list", "--state-dir", str(tmp_path / "state"))
    assert listed.returncode == 1
    assert "older Pilothouse" in listed.stderr
    hub = start_hub()
    check_old(hub)
    assert rows(hub, "PRAGMA user_version")[0][0] >= 4
    assert rows(hub, "PRAGMA integrity_check") == [("ok",)]
    assert rows(hub, "PRAGMA foreign_key_check") == []


def test_a_backup_without_users_is_restored(tmp_path: Path) -> None:
    make_old(tmp_path / "old")
    done = run_command("restore", str(tmp_path / "old" / "hub.db"), "--state-dir", str(tmp_path / "state"))
    assert done.returncode == 0, done.stderr
    (tmp_path / "state" / "client.json").write_text((tmp_path / "old" / "client.json").read_text())
    hub = HubProcess(tmp_path / "state")
    try:
        for workspace, token in OLD_TOKENS.items():
            assert hub.get("/workspace", token=token).body["name"] == workspace
    finally:
        hub.stop()


def test_the_old_tokens_are_those_of_the_file() -> None:
    text = OLD_SCHEMA.read_text()
    for token in OLD_TOKENS.values():
        assert hashlib.sha256(token.encode()).hexdigest().upper() in text
    assert "CREATE TABLE users" not in text


# On the hub's machine.


def test_the_first_owner_is_named_after_who_made_the_workspace(doors: HubProcess) -> None:
    body = doors.get("/workspace").body
    assert (body["name"], body["user"], body["role"]) == ("default", getpass.getuser(), "owner")
    assert body["token"] == {"id": 1, "name": "owner", "scopes": ALL, "expires_us": None}
    made = doors.local("workspace", "create", "of-grace", "--owner", "grace")
    assert "grace" in made
    assert doors.get("/workspace", token=made.split()[-1]).body["user"] == "grace"
    assert refused(doors, "workspace", "create", "x", "--owner", "no spaces")[0] == 2
    assert refused(doors, "--workspace", "x", "user", "list")[0] == 5, "half of it was made"


def test_users_on_the_command_line(doors: HubProcess) -> None:
    assert "member" in doors.local("user", "add", "carl")
    assert "owner" in doors.local("user", "set-role", "carl", "owner")
    assert "disabled" in doors.local("user", "disable", "carl")
    [carl] = [user for user in json.loads(doors.local("user", "list", "--json")) if user["name"] == "carl"]
    assert (carl["role"], carl["disabled_us"] > carl["created_us"]) == ("owner", True)
    assert "disabled" not in doors.local("user", "enable", "carl")
    assert "carl" in doors.local("user", "list")

    for code, words, *arguments in [
        (1, "already", "add", "carl"),
        (2, "name", "add", "a b"),
        (2, "role", "add", "dora", "--role", "king"),
        (2, "role", "set-role", "carl", "king"),
        (5, "no user", "disable", "nobody"),
        (5, "pilothouse user list", "enable", "nobody"),
        (2, "required", "add"),
    ]:
        returned, message = refused(doors, "user", *arguments)
        assert (returned, words in message) == (code, True), message
    assert refused(doors, "--workspace", "nowhere", "user", "list")[0] == 5


def test_the_last_owner_stays(start_hub: StartHub) -> None:
    hub = start_hub()
    owner = getpass.getuser()
    for arguments in (["disable", owner], ["set-role", owner, "member"]):
        code, message = refused(hub, "user", *arguments)
        assert (code, "last owner" in message) == (1, True)
    assert post(hub, f"/users/{owner}/disable").error == (409, "conflict")
    assert hub.get("/workspace").body["role"] == "owner"


def test_tokens_on_the_command_line(doors: HubProcess) -> None:
    number, text = doors.make_token("ada", "--name", "laptop", "--scopes", "read,ingest", "--expires", "90d")
    body = doors.get("/workspace", token=text).body
    assert (body["user"], body["role"]) == ("ada", "member")
    assert body["token"]["scopes"] == ["ingest", "read"]
    assert abs(body["token"]["expires_us"] / 1e6 - time.time() - 90 * 86400) < 60
    listed = json.loads(doors.local("token", "list", "--user", "ada", "--json"))
    [token] = [item for item in listed if item["id"] == number]
    assert (token["name"], token["state"], token["last_used_us"]) == ("laptop", "valid", None)
    assert {item["user"] for item in listed} == {"ada"}
    assert text not in doors.local("token", "list")

    assert "opens nothing" in doors.local("token", "revoke", str(number))
    assert doors.get("/workspace", token=text).error == (401, "unauthorized")
    for code, words, *arguments in [
        (5, "no user", "create", "nobody"),
        (2, "--scopes", "create", "ada", "--scopes", "write"),
        (2, "--scopes", "create", "ada", "--scopes", ""),
        (2, "--scopes", "create", "ada", "--scopes", "read,read"),
        (2, "--expires", "create", "ada", "--expires", "soon"),
        (2, "--expires", "create", "ada", "--expires", "0s"),
        (2, "--expires", "create", "ada", "--expires", "200000d"),
        (2, "name", "create", "ada", "--name", "a b"),
        (1, "revoked or replaced", "rotate", str(number)),
        (2, "--grace", "rotate", str(number), "--grace", "later"),
        (5, "pilothouse token list", "rotate", "999999"),
        (5, "no token", "revoke", "999999"),
        (2, "TOKEN", "revoke", "0"),
        (2, "TOKEN", "revoke", "laptop"),
    ]:
        returned, message = refused(doors, "token", *arguments)
        assert (returned, words in message) == (code, True), message


@pytest.mark.parametrize("verb", ["user", "token", "audit-log"])
def test_help_has_an_example(verb: str) -> None:
    said = run_command(verb, "--help")
    assert said.returncode == 0
    assert f"\n  pilothouse {verb} " in said.stdout


def test_the_verbs_work_without_a_hub(start_hub: StartHub, tmp_path: Path) -> None:
    hub = start_hub()
    hub.stop()
    hub.local("user", "add", "ada")
    number, text = hub.make_token("ada")
    hub.local("token", "rotate", str(number), "--grace", "1h")
    hub.start()
    assert hub.get("/workspace", token=text).body["user"] == "ada"
    nothing = run_command("token", "list", "--state-dir", str(tmp_path / "nothing"))
    assert nothing.returncode == 5


# How long a token is good.


def test_a_token_expires(doors: HubProcess) -> None:
    _, text = doors.make_token("ada", "--expires", "2s")
    recorder = Recorder()
    doors.accept(recorder.session, recorder.open(), token=text)
    assert doors.get("/clusters", token=text).status == 200
    eventually(lambda: doors.get("/clusters", token=text).status == 401)
    for answer in (doors.get("/clusters", token=text), doors.upload(recorder.session, token=text)):
        assert answer.error == (401, "unauthorized")
        assert answer.message == "the token has expired"


def test_rotation_with_and_without_grace(doors: HubProcess) -> None:
    number, old = doors.make_token("ada", "--name", "robot", "--scopes", "read", "--expires", "90d")
    before = doors.get("/workspace", token=old).body["token"]
    answer = post(doors, f"/tokens/{number}/rotate", {"grace": "2s"})
    assert answer.status == 201
    new = answer.body["token"]
    after = doors.get("/workspace", token=new).body["token"]
    assert (after["name"], after["scopes"]) == ("robot", ["read"])
    assert 0 <= after["expires_us"] - before["expires_us"] < 60_000_000
    assert doors.get("/workspace", token=old).status == 200
    [listed] = [item for item in doors.items("/tokens", user="ada") if item["id"] == number]
    assert listed["replaced_by"] == after["id"]
    assert post(doors, f"/tokens/{number}/rotate").error == (409, "conflict")
    eventually(lambda: doors.get("/workspace", token=old).status == 401)

    said = doors.local("token", "rotate", str(after["id"]))
    assert doors.get("/workspace", token=new).message == "a valid token is required"
    assert doors.get("/workspace", token=said.split()[-1]).status == 200


def test_a_disabled_user_is_kept_out_with_all_tokens(doors: HubProcess) -> None:
    doors.local("user", "add", "eve")
    tokens = [doors.make_token("eve")[1] for _ in range(2)]
    recorder = Recorder()
    doors.accept(recorder.session, recorder.open(), token=tokens[0])
    assert post(doors, "/users/eve/disable").body["disabled_us"] > 0
    for token in tokens:
        assert doors.get("/clusters", token=token).message == "a valid token is required"
        assert doors.upload(recorder.session, token=token).status == 401
    assert post(doors, "/tokens", {"user": "eve", "name": "x", "scopes": ["read"]}).error == (409, "conflict")
    assert post(doors, "/users/eve/enable").body["disabled_us"] is None
    assert doors.accept(recorder.session, token=tokens[1])["mark"] == 1


# Who may stop what.


def test_a_member_stops_what_was_recorded_with_tokens_of_his(doors: HubProcess) -> None:
    _, ada = doors.make_token("ada")
    _, ada_again = doors.make_token("ada", "--scopes", "control")
    _, ada_admin = doors.make_token("ada", "--scopes", "admin")
    doors.local("user", "add", "finn")
    _, finn = doors.make_token("finn")
    _, bob = doors.make_token("bob", "--scopes", "control")
    of_ada, of_finn, of_boss = Recorder(), Recorder(), Recorder()
    by_ada = doors.accept(of_ada.session, of_ada.open(), token=ada)["cluster"]
    by_finn = doors.accept(of_finn.session, of_finn.open(), token=finn)["cluster"]
    by_boss = doors.accept(of_boss.session, of_boss.open())["cluster"]
    doors.accept(of_finn.session, of_finn.json("events", event_record()), token=ada)  # does not make it hers

    for cluster, token in [(by_finn, ada), (by_boss, ada), (by_ada, finn), (by_finn, ada_again)]:
        answer = doors.ask_to_stop(cluster, token=token)
        assert answer.error == (403, "forbidden")
        assert "owner" in answer.message
        assert doors.get(f"/clusters/{cluster}").body["desired_state"] is None
        assert doors.get(f"/clusters/{cluster}", token=finn).status == 200, "everyone sees it"
    assert doors.ask_to_stop(by_ada, token=ada_again).status == 202
    assert doors.ask_to_stop(by_finn, token=bob).status == 202
    assert doors.ask_to_stop(by_boss, token=ada_admin).status == 202

    # Also of one that is over.
    of_finn_again = Recorder()
    chunks = [of_finn_again.open(), of_finn_again.json("end", {"stop_us": T0 + 9, "reason": "closed"})]
    over = doors.accept(of_finn_again.session, *chunks, token=finn)["cluster"]
    assert doors.ask_to_stop(over, token=ada).error == (403, "forbidden")
    assert doors.ask_to_stop(over, token=finn).status == 200


def test_a_members_admin_token_does_not_change_owners(doors: HubProcess) -> None:
    _, token = doors.make_token("ada", "--scopes", "admin")
    bobs, _ = doors.make_token("bob")
    assert post(doors, "/users", {"name": "gil"}, token).status == 201
    for path, body in [
        ("/users", {"name": "hal", "role": "owner"}),
        ("/users/ada/role", {"role": "owner"}),
        ("/users/bob/role", {"role": "member"}),
        ("/users/bob/disable", None),
        ("/tokens", {"user": "bob", "name": "x", "scopes": ["read"]}),
        (f"/tokens/{bobs}/rotate", None),
        (f"/tokens/{bobs}/revoke", None),
    ]:
        answer = post(doors, path, body, token)
        assert answer.error == (403, "forbidden"), path
        assert "owner" in answer.message
    assert doors.get("/workspace", token=token).body["role"] == "member"
    made = post(doors, "/tokens", {"user": "gil", "name": "x", "scopes": ["admin"]}, token)
    assert made.status == 201
    assert post(doors, f"/tokens/{made.body['id']}/revoke", None, token).body["revoked_us"] > 0


# Over REST.


def test_users_and_tokens_over_rest(doors: HubProcess) -> None:
    assert post(doors, "/users", {"name": "ines", "role": "owner"}).body["role"] == "owner"
    assert post(doors, "/users", {"name": "ines"}).error == (409, "conflict")
    assert post(doors, "/users/ines/role", {"role": "member"}).body["role"] == "member"
    assert post(doors, "/users/nobody/disable").error == (404, "not_found")
    body = {"user": "ines", "name": "x", "scopes": ["control", "read"], "expires_in": "7 days"}
    made = post(doors, "/tokens", body)
    assert made.status == 201
    assert made.body["expires_us"] - made.body["created_us"] == 7 * 86_400_000_000
    assert doors.get("/workspace", token=made.body["token"]).body["user"] == "ines"
    listed = doors.all_items("/tokens", user="ines", limit=1)
    assert [{**item, "token": made.body["token"]} for item in listed] == [made.body]
    assert post(doors, "/tokens", {**body, "user": "nobody"}).error == (404, "not_found")
    assert doors.get("/tokens", user="nobody").body["items"] == []
    names = [user["name"] for user in doors.all_items("/users", limit=2)]
    assert names[0] == "ines"
    assert len(names) == len(set(names)) == len(doors.items("/users", limit=1000))


@pytest.mark.parametrize(
    "path", ["/users", "/users/ada/role", "/tokens", "/tokens/1/rotate", "/users/ada/enable"]
)
@pytest.mark.parametrize("body", [b"[]", b"{", b"null", b'{"surplus": 1}', b"\xff", 100 * b"["])
def test_bad_bodies(doors: HubProcess, path: str, body: bytes) -> None:
    before = rows(doors, "SELECT count(*) FROM audit")
    assert post(doors, path, body).error == (400, "malformed")
    assert rows(doors, "SELECT count(*) FROM audit") == before


TOKEN = {"user": "ada", "name": "x", "scopes": ["read"]}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/users", {}, "name"),
        ("/users", {"name": 1}, "name"),
        ("/users", {"name": ""}, "name"),
        ("/users", {"name": ".."}, "name"),
        ("/users", {"name": "a/b"}, "name"),
        ("/users", {"name": 65 * "a"}, "name"),
        ("/users", {"name": "x", "role": "king"}, "role"),
        ("/users", {"name": "x", "role": 1}, "role"),
        ("/users/ada/role", {}, "role"),
        ("/users/ada/role", {"role": None}, "role"),
        ("/users/ada/role", {"role": "king"}, "role"),
        ("/users/ada/disable", {"disabled": True}, "disabled"),
        ("/tokens", {**TOKEN, "user": None}, "user"),
        ("/tokens", {**TOKEN, "name": "a b"}, "name"),
        ("/tokens", {**TOKEN, "scopes": []}, "scopes"),
        ("/tokens", {**TOKEN, "scopes": "read"}, "scopes"),
        ("/tokens", {**TOKEN, "scopes": ["read", "read"]}, "scopes"),
        ("/tokens", {**TOKEN, "scopes": ["root"]}, "scopes"),
        ("/tokens", {**TOKEN, "scopes": [2]}, "scopes"),
        ("/tokens", {"user": "ada", "name": "x"}, "scopes"),
        ("/tokens", {**TOKEN, "expires_in": "soon"}, "expires_in"),
        ("/tokens", {**TOKEN, "expires_in": 90}, "expires_in"),
        ("/tokens", {**TOKEN, "expires_in": "0"}, "expires_in"),
        ("/tokens", {**TOKEN, "expires_in": "999999 weeks"}, "expires_in"),
        ("/tokens", {**TOKEN, "token": "ph_mine"}, "token"),
        ("/tokens/1/rotate", {"grace": "-1s"}, "grace"),
        ("/tokens/1/rotate", {"grace": "3000d"}, "grace"),
        ("/tokens/1/rotate", {"grace": 5}, "grace"),
    ],
)
def test_bad_fields_are_named(doors: HubProcess, path: str, body: Any, field: str) -> None:
    answer = post(doors, path, body)
    assert answer.error == (400, "malformed")
    assert f'"{field}"' in answer.message


def test_ids_of_tokens_are_numbers(doors: HubProcess) -> None:
    for number in ("0", "-1", "x", "999999", "99999999999999999999", "1%2f"):
        for verb in ("rotate", "revoke"):
            assert post(doors, f"/tokens/{number}/{verb}").status == 404, number
    assert doors.get("/workspace").status == 200


def test_bodies_are_bounded(doors: HubProcess) -> None:
    assert post(doors, "/users", 70_000 * b" ").error == (413, "too_large")


# The audit log.


def test_every_change_and_every_refusal_leaves_a_row(start_hub: StartHub) -> None:
    hub = start_hub()
    me = f"local:{getpass.getuser()}"
    hub.local("user", "add", "ada")
    number, ada = hub.make_token("ada", "--name", "laptop")
    hub.local("workspace", "set", "default", "--keep-spans", "30d")
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    hub.ask_to_stop(cluster)
    hub.ask_to_stop(cluster, token=ada)
    hub.ask_to_stop(999, token=ada)
    post(hub, "/users", {"name": "x"}, ada)
    post(hub, "/users/x/disable", None, ada)
    post(hub, f"/tokens/{number}/revoke", None, ada)
    post(hub, "/users", {"name": "ada"})
    made = post(hub, "/tokens", {"user": "ada", "name": "second", "scopes": ["read"]}).body
    post(hub, f"/tokens/{made['id']}/rotate")
    post(hub, f"/tokens/{number}/revoke")
    hub.get("/clusters")
    hub.get("/users", token=ada)

    log = audit(hub)
    said = [(row["actor"], row["token_id"], row["action"], row["subject"], row["outcome"]) for row in log]
    boss = getpass.getuser()
    assert said[::-1] == [
        (me, None, "workspace.create", "workspace default", "done"),
        (me, None, "user.add", f"user {boss}", "done"),
        (me, None, "token.create", "token 1", "done"),
        (me, None, "user.add", "user ada", "done"),
        (me, None, "token.create", f"token {number}", "done"),
        (me, None, "workspace.set", "workspace default", "done"),
        (boss, 1, "cluster.close", f"cluster {cluster}", "done"),
        ("ada", number, "cluster.close", f"cluster {cluster}", "forbidden"),
        ("ada", number, "cluster.close", "cluster 999", "not_found"),
        ("ada", number, "user.add", "", "forbidden"),
        ("ada", number, "user.disable", "user x", "forbidden"),
        ("ada", number, "token.revoke", f"token {number}", "forbidden"),
        (boss, 1, "user.add", "", "conflict"),
        (boss, 1, "token.create", f"token {made['id']}", "done"),
        (boss, 1, "token.rotate", f"token {made['id']}", "done"),
        (boss, 1, "token.revoke", f"token {number}", "done"),
    ]
    assert all(abs(row["time_us"] / 1e6 - time.time()) < 60 for row in log)
    text = json.dumps(log)
    for secret in (hub.token, ada, made["token"], "ph_"):
        assert secret not in text

    # What the hub is asked for is found; a page boundary stays where it was.
    assert [row["action"] for row in audit(hub, text="TOKEN.")] == [
        "token.revoke",
        "token.rotate",
        "token.create",
        "token.revoke",
        "token.create",
        "token.create",
    ]
    assert {row["actor"] for row in audit(hub, text="ada")} == {"ada", me}
    middle = log[8]["time_us"]
    assert audit(hub, until=iso(middle)) == [row for row in log if row["time_us"] < middle]
    assert audit(hub, since=iso(middle)) == [row for row in log if row["time_us"] >= middle]
    first = hub.get("/audit", limit=5).body
    hub.local("user", "add", "meanwhile")
    second = hub.get("/audit", limit=5, cursor=first["next"]).body
    assert first["items"] + second["items"] == log[:10]
    assert hub.get("/audit", workspace="other").error == (404, "not_found")
    assert hub.get("/users", cursor=first["next"]).error == (400, "invalid_parameter")


def iso(time_us: int) -> str:
    seconds, rest = divmod(time_us, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:06}Z"


def test_workspaces_have_logs_of_their_own(doors: HubProcess) -> None:
    token = doors.make_workspace("apart")
    log = doors.get("/audit", token=token).body["items"]
    assert [row["action"] for row in log] == ["token.create", "user.add", "workspace.create"]
    cluster = Recorder()
    number = doors.accept(cluster.session, cluster.open())["cluster"]
    assert doors.ask_to_stop(number, token=token).status == 404
    assert doors.get("/audit", token=token).body["items"][0]["outcome"] == "not_found"


def test_who_is_refused_again_and_again_does_not_fill_the_log(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s", "--retention-interval", "100ms")
    hub.local("user", "add", "ada")
    number, token = hub.make_token("ada", "--scopes", "read")
    for _ in range(200):
        assert post(hub, "/users", {"name": "x"}, token).status == 403
    summary = eventually(lambda: audit(hub, text="refusals"))
    listed = [row for row in audit(hub, text="user.add") if row["outcome"] == "forbidden"]
    assert len(listed) < 30
    counted = sum(int(row["subject"].split()[0]) for row in summary)
    assert len(listed) + counted == 200
    assert {(row["actor"], row["token_id"]) for row in summary} == {("ada", number)}


def test_the_audit_log_verb(doors: HubProcess) -> None:
    def command(*arguments: str, token: str = "") -> Any:
        return run_command(
            "--address", doors.address, "--token", token or doors.token, "audit-log", *arguments
        )

    doors.local("user", "add", "jo")
    assert "user jo" in command("--text", "user.add").stdout
    [row] = json.loads(command("--limit", "1", "--json", "--text", "user jo").stdout)
    assert (row["action"], row["outcome"]) == ("user.add", "done")
    lines = command("--csv", "--all").stdout.splitlines()
    assert lines[0] == "time,actor,action,subject,outcome,detail,token,id"
    assert len(lines) == len(audit(doors)) + 1
    assert command("--since", "1h", "--until", "0s").returncode == 0
    assert "no rows" in command("--until", "2020-01-01").stderr
    assert command("--since", "yesterday").returncode == 2
    _, token = doors.make_token("ada", "--scopes", "read")
    said = command(token=token)
    assert (said.returncode, "scope admin" in said.stderr) == (4, True)


# When a token was used last.


def last_used(hub: HubProcess, number: int) -> int | None:
    [[used]] = rows(hub, f"SELECT last_used_us FROM tokens WHERE id = {number}")
    assert used is None or isinstance(used, int)
    return used


def test_the_last_use_is_remembered_and_written_at_the_end(start_hub: StartHub) -> None:
    hub = start_hub()
    hub.local("user", "add", "ada")
    number, token = hub.make_token("ada", "--scopes", "read")
    unused, _ = hub.make_token("ada")
    with closing(sqlite3.connect(hub.state_dir / "hub.db")) as database:
        hub.get("/clusters", token=token)
        before = database.execute("PRAGMA data_version").fetchone()
        for _ in range(50):
            assert hub.get("/clusters", token=token).status == 200
        assert database.execute("PRAGMA data_version").fetchone() == before, "a read wrote something"
    assert last_used(hub, number) is None
    hub.stop()
    used = last_used(hub, number)
    assert used is not None
    assert abs(used / 1e6 - time.time()) < 60
    assert last_used(hub, unused) is None


def test_the_last_use_is_written_now_and_then(start_hub: StartHub) -> None:
    hub = start_hub("--lost-after", "1s", "--retention-interval", "100ms")
    hub.local("user", "add", "ada")
    number, token = hub.make_token("ada", "--scopes", "ingest")
    recorder = Recorder()
    hub.accept(recorder.session, recorder.open(), token=token)
    used = eventually(lambda: last_used(hub, number))
    hub.get("/clusters", token=token)  # is refused for its scope, and a use
    eventually(lambda: (last_used(hub, number) or 0) > used)
    [listed] = hub.items("/tokens", user="ada")
    assert listed["last_used_us"] == last_used(hub, number)


# How often a hub may be asked.


def test_a_token_may_be_used_so_often(start_hub: StartHub) -> None:
    hub = start_hub("--rate-limit", "2")
    hub.local("user", "add", "ada")
    _, token = hub.make_token("ada")
    recorder = Recorder()
    hub.accept(recorder.session, recorder.open(), token=token)
    answers = [hub.get("/clusters", token=token) for _ in range(10)]
    statuses = [answer.status for answer in answers]
    assert statuses[:3] == [200, 200, 200]
    assert statuses[-1] == 429
    assert answers[-1].error == (429, "too_many_requests")
    assert answers[-1].headers["Retry-After"] == "1"
    assert "this token" in answers[-1].message
    assert hub.upload(recorder.session, token=token).error == (429, "too_many_requests")
    assert hub.get("/nothing", token=token).status == 429
    assert hub.get("/clusters").status == 200, "others are not held up"
    assert hub.request("GET", "/healthz", token=token).status == 200
    said = run_command("--address", hub.address, "--token", token, "clusters")
    assert (said.returncode, "too many requests" in said.stderr) == (1, True)
    eventually(lambda: hub.get("/clusters", token=token).status == 200)


def test_an_address_may_be_wrong_so_often(start_hub: StartHub) -> None:
    hub = start_hub("--refusal-limit", "2")
    answers = [
        hub.get("/clusters", token=token) for token in (None, "ph_wrong", None, "ph_wrong") for _ in "12"
    ]
    statuses = [answer.status for answer in answers]
    assert statuses[:4] == [401, 401, 401, 401]
    assert statuses[-1] == 429
    assert answers[-1].headers["Retry-After"] == "1"
    assert "address" in answers[-1].message
    recorder = Recorder()
    assert hub.upload(recorder.session, 2_000_000 * b"x", token="ph_wrong").status == 429
    hub.accept(recorder.session, recorder.open())  # who has a valid token is let in all the same
    eventually(lambda: hub.get("/clusters", token=None).status == 401)


def test_without_limits(start_hub: StartHub) -> None:
    hub = start_hub("--rate-limit", "0", "--refusal-limit", "0")
    assert {hub.get("/workspace", token="ph_wrong").status for _ in range(150)} == {401}
    assert {hub.get("/workspace").status for _ in range(150)} == {200}


@pytest.mark.parametrize("flag", ["--rate-limit", "--refusal-limit"])
@pytest.mark.parametrize("value", ["-1", "many", "1.5", "99999999999"])
def test_limits_are_numbers(tmp_path: Path, flag: str, value: str) -> None:
    done = run_command("serve", "--port", "0", "--state-dir", str(tmp_path), flag, value)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
