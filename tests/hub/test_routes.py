"""Every route of the hub, and who may come in by it.

The table says for each operation which scopes open it. It is held against the OpenAPI document, and that against
the hub: a route that is not in both, with the same scopes, fails here.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bundle import Key, bundle, revocation
from hub_process import REPOSITORY, Answer, HubProcess, eventually
from tape import Recorder, computation_record

DOCUMENT = json.loads((REPOSITORY / "src" / "hub" / "api" / "openapi.json").read_text())
ROUTES_SOURCE = (REPOSITORY / "src" / "hub" / "api" / "routes.cpp").read_text()

SCOPES = ("ingest", "read", "control", "publish", "admin")
READ = {"read"}
CONTROL = {"control"}
INGEST = {"ingest"}
PUBLISH = {"publish"}
PUBLISHER = Key()
ADMIN: set[str] = set()  # admin opens everything


@dataclass(frozen=True)
class Entry:
    """`opened_by`: the lesser scopes, any of which is enough; None where no token is needed. `ok`: what its holder
    is answered to `body`, which may be made for each request."""

    opened_by: set[str] | None
    ok: int = 200
    body: Any = None


TABLE = {
    ("get", "/api/v1/clusters"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/workers"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/samples"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/computations"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/events"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/history"): Entry(READ),
    ("get", "/api/v1/clusters/{cluster}/topics"): Entry(READ),
    ("post", "/api/v1/clusters/{cluster}/desired-state"): Entry(CONTROL, 202, {"state": "stopped"}),
    ("get", "/api/v1/computations"): Entry(READ),
    ("get", "/api/v1/computations/{computation}"): Entry(READ),
    ("get", "/api/v1/computations/{computation}/spans"): Entry(READ),
    ("get", "/api/v1/computations/{computation}/timeline"): Entry(READ),
    ("get", "/api/v1/spans"): Entry(READ),
    ("get", "/api/v1/exceptions"): Entry(READ),
    ("get", "/api/v1/exceptions/groups"): Entry(READ),
    ("get", "/api/v1/changes"): Entry(READ),
    ("get", "/api/v1/exceptions/fingerprints"): Entry(READ),
    ("get", "/api/v1/workspace"): Entry(set(SCOPES)),
    ("get", "/api/v1/users"): Entry(ADMIN),
    ("post", "/api/v1/users"): Entry(ADMIN, 201, {"name": "NEW"}),
    ("post", "/api/v1/users/{user}/disable"): Entry(ADMIN),
    ("post", "/api/v1/users/{user}/enable"): Entry(ADMIN),
    ("post", "/api/v1/users/{user}/role"): Entry(ADMIN, 200, {"role": "member"}),
    ("get", "/api/v1/tokens"): Entry(ADMIN),
    ("post", "/api/v1/tokens"): Entry(ADMIN, 201, {"user": "spare", "name": "new", "scopes": ["read"]}),
    ("post", "/api/v1/tokens/{token}/rotate"): Entry(ADMIN, 201, {"grace": "1h"}),
    ("post", "/api/v1/tokens/{token}/revoke"): Entry(ADMIN),
    ("get", "/api/v1/audit"): Entry(ADMIN),
    ("get", "/api/v1/plugins"): Entry(READ),
    ("post", "/api/v1/plugins"): Entry(PUBLISH, 201, lambda n: bundle(PUBLISHER, name=f"plugin-{n}z")),
    ("get", "/api/v1/plugins/{plugin}"): Entry(READ | INGEST),
    ("get", "/api/v1/plugins/{plugin}/{version}/bundle"): Entry(READ | INGEST),
    ("get", "/api/v1/plugins/{plugin}/{version}/audit"): Entry(READ),
    ("post", "/api/v1/plugins/revocations"): Entry(PUBLISH, 201, lambda n: revocation(Key())),
    ("post", "/api/v1/sessions/{session}/chunks"): Entry(INGEST),
    ("get", "/api/v1/openapi.json"): Entry(None),
    ("get", "/healthz"): Entry(None),
    ("get", "/readyz"): Entry(None),
}
OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item]
GUARDED = [operation for operation in TABLE if TABLE[operation].opened_by is not None]
OPEN = [operation for operation in TABLE if TABLE[operation].opened_by is None]


def routes_of_the_hub() -> dict[tuple[str, str], set[str] | None]:
    """As its source has them."""
    found: dict[tuple[str, str], set[str] | None] = {}
    for kind, pattern, scopes in re.findall(
        r"^    (get|get_open|stream|change|upload)\(\s*\"([^\"]+)\",\s*(Scopes::all\(\)|[^,)]+)",
        ROUTES_SOURCE,
        re.MULTILINE,
    ):
        method = "post" if kind in ("change", "upload") else "get"
        words = (
            set(SCOPES) if scopes == "Scopes::all()" else {word[1:].lower() for word in scopes.split(" | ")}
        )
        found[method, pattern] = None if kind == "get_open" else words
    return found


def test_the_table_has_every_route() -> None:
    assert set(TABLE) == set(OPERATIONS), "a route has no entry in the table, or the table one too many"
    assert set(TABLE) == set(routes_of_the_hub()), "the document and routes.cpp differ"
    table = ROUTES_SOURCE[ROUTES_SOURCE.index("kRoutes{") :]
    assert len(re.findall(r'"(/[^"]+)"', table)) == len(TABLE), (
        "a route is written so that this test misses it"
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_document_table_and_hub_name_the_same_scopes(method: str, path: str) -> None:
    entry = TABLE[method, path]
    operation = DOCUMENT["paths"][path][method]
    assert (operation.get("security") == []) == (entry.opened_by is None)
    named = operation.get("x-scopes")
    assert named == (
        None if entry.opened_by is None else [s for s in SCOPES if s in entry.opened_by | {"admin"}]
    )
    of_the_hub = routes_of_the_hub()[method, path]
    assert (of_the_hub is None) == (entry.opened_by is None)
    assert (of_the_hub or set()) - {"admin"} == (entry.opened_by or set()) - {"admin"}
    if entry.opened_by is not None:
        every_scope = set(SCOPES) <= entry.opened_by
        assert {"401", "429"} | (set() if every_scope else {"403"}) <= operation["responses"].keys()


class Scene:
    """A hub with one of everything in the workspace "default", and with tokens of all kinds."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub = hub
        self._names = 0
        # The one who asks is a member: what he records is his, and he is no owner.
        self.hub.local("user", "add", "ada")
        self.hub.local("user", "add", "spare")
        self.scoped = {scope: self.token("--scopes", scope) for scope in SCOPES}
        self.recorder = Recorder()
        receipt = hub.accept(
            self.recorder.session,
            self.recorder.open(),
            self.recorder.json("computations", computation_record()),
            token=self.scoped["ingest"],
        )
        self.cluster = receipt["cluster"]
        [computation] = hub.items("/computations")
        self.computation = computation["id"]
        hub.request("POST", "/api/v1/plugins", body=bundle(PUBLISHER))
        eventually(lambda: hub.get("/plugins/night-guard/1.0/audit").status == 200)
        self.expired = self.token("--expires", "1s", "--scopes", ",".join(SCOPES))
        self.revoked = self.token("--scopes", ",".join(SCOPES))
        self.hub.local("token", "revoke", str(self.last_id))
        self.of_a_disabled_user = self.token("--scopes", ",".join(SCOPES), user="spare")
        self.hub.local("user", "disable", "spare")
        self.elsewhere = hub.make_workspace("elsewhere")
        time.sleep(1.1)

    def token(self, *flags: str, user: str = "ada") -> str:
        self.last_id, text = self.hub.make_token(user, *flags)
        return text

    def ask(self, method: str, path: str, token: str | None) -> Answer:
        """Each time with a user or token of its own, so that what is asked for can be done."""
        self._names += 1
        entry = TABLE[method, path]
        captures = {
            "cluster": self.cluster,
            "computation": self.computation,
            "session": self.recorder.session,
            "user": "spare",
            "token": "1",
            "plugin": "night-guard",
            "version": "1.0",
        }
        if token in self.scoped.values() and entry.ok in (200, 201):
            if "{user}" in path:
                captures["user"] = f"u{self._names}"
                self.hub.local("user", "add", captures["user"])
            if "{token}" in path or path == "/api/v1/tokens":
                self.hub.local("user", "enable", "spare")
            if "{token}" in path:
                self.token(user="spare")
                captures["token"] = self.last_id
        url = re.sub(r"{(\w+)}", lambda match: str(captures[match[1]]), path)
        if path == "/api/v1/spans":
            url += "?key=x"
        if callable(entry.body):
            return self.hub.request(method.upper(), url, body=entry.body(self._names), token=token)
        body = (
            None if entry.body is None else json.dumps(entry.body).replace("NEW", f"n{self._names}").encode()
        )
        return self.hub.request(method.upper(), url, body=body, token=token)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    hub = HubProcess(tmp_path_factory.mktemp("routes") / "state", "--refusal-limit", "0")
    yield Scene(hub)
    hub.stop()


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_valid_token(scene: Scene, method: str, path: str) -> None:
    for token in (None, "ph_wrong", "ph_" + 43 * "A", scene.revoked, scene.of_a_disabled_user):
        if token == scene.of_a_disabled_user:
            scene.hub.local("user", "disable", "spare")
        answer = scene.ask(method, path, token)
        assert answer.error == (401, "unauthorized"), token
        assert answer.message == "a valid token is required"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = scene.ask(method, path, scene.expired)
    assert answer.error == (401, "unauthorized")
    assert answer.message == "the token has expired"


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("scope", SCOPES)
def test_with_one_scope(scene: Scene, method: str, path: str, scope: str) -> None:
    entry = TABLE[method, path]
    assert entry.opened_by is not None
    answer = scene.ask(method, path, scene.scoped[scope])
    if scope == "admin" or scope in entry.opened_by:
        assert answer.status == entry.ok, answer.body
        return
    assert answer.error == (403, "forbidden")
    for named in entry.opened_by | {"admin"}:
        assert named in answer.message


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_with_a_token_of_another_workspace(scene: Scene, method: str, path: str) -> None:
    """Its owner, who has all scopes there, sees and changes nothing here."""
    answer = scene.ask(method, path, scene.elsewhere)
    if "{session}" in path:
        assert answer.error == (403, "forbidden")
    elif "{" in path:
        assert answer.error == (404, "not_found")
    elif callable(TABLE[method, path].body):
        assert answer.status == 201  # it is offered there, not here
    elif method == "post" and "user" in (TABLE[method, path].body or {}):
        assert answer.error == (404, "not_found")  # the user is one of another workspace
    elif method == "post":
        assert answer.status == 201
    elif path == "/api/v1/workspace":
        assert answer.body["name"] == "elsewhere"
    else:
        assert answer.status == 200
        text = json.dumps(answer.body)
        assert "Scheduler-1" not in text
        assert '"ada"' not in text
        assert '"spare"' not in text


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_what_needs_no_token(scene: Scene, method: str, path: str) -> None:
    for token in (None, "ph_wrong", scene.expired, scene.scoped["publish"]):
        assert scene.ask(method, path, token).status == TABLE[method, path].ok


def test_unknown_paths_tell_nothing_without_a_token(scene: Scene) -> None:
    for path in ("/api/v1/nothing", "/api/v1/users/x", "/api/v1/tokens/1/x"):
        assert scene.hub.request("GET", path, token=None).error == (401, "unauthorized")
        assert scene.hub.request("GET", path, token=scene.scoped["ingest"]).error == (404, "not_found")


def test_nothing_of_a_token_is_written_anywhere(scene: Scene) -> None:
    """Not into the database, which holds the audit log."""
    texts = [*scene.scoped.values(), scene.expired, scene.revoked, scene.elsewhere, scene.hub.token]
    files = [scene.hub.state_dir / name for name in ("hub.db", "hub.db-wal")]
    content = b"".join(file.read_bytes() for file in files if file.exists())
    for text in texts:
        assert text.encode() not in content
