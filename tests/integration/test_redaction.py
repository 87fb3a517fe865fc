"""A secret that a cluster comes across is in no byte of what is kept of it."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path

import dask
import pytest
from distributed import Client, wait

from processes import PILOTHOUSE, HubProcess, eventually

# Where each is, and in which listing. They are invented, and stand nowhere else in a source than where they are used.
PLACES = {
    "message": "exceptions",
    "traceback": "exceptions",
    "code": "computations",
    "event": "events",
    "member": "events",
    "payroll": "events",
}
SECRETS = {name: f"inv3nted-{name}-" + "01xyzzy" for name in PLACES}
ANNOTATION = "inv3nted-annotation-" + "01xyzzy"
OWN_PATTERN = "DASK_PILOTHOUSE__REDACT__PATTERNS"
ENABLED = "DASK_PILOTHOUSE__REDACT__ENABLED"


def connect(address: str, password: str) -> None:
    raise ConnectionError(f"cannot reach {address}")


def load(address: str) -> None:
    connect(address, password="inv3nted-traceback-01xyzzy")


def work(client: Client) -> None:
    """What a user writes; the client sends this source along."""
    api_key = "inv3nted-code-01xyzzy"
    wait(client.submit(load, f"postgres://bob:{SECRETS['message']}@db/flights", key="load-flights"))
    client.log_event(
        "mine", {"note": f"tried token='{SECRETS['event']}'", "nested": [{"password": SECRETS["member"]}]}
    )
    client.log_event("mine", {"note": f"of payroll {SECRETS['payroll']}", "length": len(api_key)})


class Kept:
    """Everything that is kept of a cluster, as bytes, while it lives and afterwards."""

    def __init__(self, spool: Path, hub: HubProcess):
        self.spool = spool
        self.hub = hub
        self.copies: dict[str, bytes] = {}

    def answer(self, path: str) -> bytes:
        request = urllib.request.Request(
            f"{self.hub.address}/api/v1{path}", headers={"Authorization": f"Bearer {self.hub.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            body: bytes = response.read()
        return body

    def items(self, path: str) -> list[dict[str, object]]:
        body = self.answer(path)
        self.copies[path] = body
        items: list[dict[str, object]] = json.loads(body)["items"]
        return items

    def look(self) -> None:
        for file in [*self.spool.glob("*.tape"), *self.hub.state_dir.glob("hub.db*")]:
            self.copies[file.name] = file.read_bytes()
            if file.suffix == ".tape":
                # Segments are compressed: what is in them shows only when they are read.
                dump = subprocess.run(
                    [PILOTHOUSE, "tape", "dump", str(file)], check=True, capture_output=True
                )
                self.copies[f"dump of {file.name}"] = dump.stdout
        (cluster,) = self.items("/clusters?since=1h")
        for path in ("/computations", "/exceptions", "/exceptions/groups"):
            self.items(f"{path}?since=1h")
        for path in ("", "/computations", "/events?limit=1000", "/workers", "/samples"):
            self.copies[f"cluster{path}"] = self.answer(f"/clusters/{cluster['id']}{path}")
        for computation in self.items(f"/clusters/{cluster['id']}/computations"):
            self.items(f"/computations/{computation['id']}/spans")

    def holders_of(self, text: str) -> set[str]:
        return {name for name, content in self.copies.items() if text.encode() in content}


def record(start, make_cluster, tmp_path: Path, **environment: str) -> tuple[Kept, str]:
    """Everything kept of a cluster that came across all secrets, and what its scheduler said."""
    hub = start(HubProcess, tmp_path / "hub")
    cluster = make_cluster(1, hub.environment(**environment))
    kept = Kept(cluster.scheduler.spool, hub)
    with dask.annotate(api_key=ANNOTATION):
        work(cluster.client)
    (found,) = eventually(lambda: kept.items("/clusters?since=1h"))
    eventually(lambda: kept.items("/exceptions?since=1h"))
    eventually(lambda: len(kept.items(f"/clusters/{found['id']}/events?topic=mine")) == 2)
    eventually(
        lambda: [c for c in kept.items("/computations?since=1h") if c["state"] == "erred" and c["code"]]
    )
    kept.look()  # the journal still has the records as they were written
    assert [name for name in kept.copies if name.endswith(".tape")]
    cluster.client.close()
    assert cluster.scheduler.stop() == 0
    hub.stop()  # closing the database moves its log into it
    for file in hub.state_dir.glob("hub.db*"):
        kept.copies[f"{file.name} at the end"] = file.read_bytes()
    return kept, cluster.scheduler.output()


def test_nothing_of_a_secret_is_kept(start, make_cluster, tmp_path):
    kept, said = record(start, make_cluster, tmp_path, **{OWN_PATTERN: "['payroll (inv3nted-[a-z0-9-]+)']"})
    for secret in [*SECRETS.values(), ANNOTATION]:
        assert kept.holders_of(secret) == set()
        # Nor a part of it.
        assert kept.holders_of(secret[: len("inv3nted-") + 4]) == set()
    assert kept.holders_of("inv3nted") == set()
    (exception,) = json.loads(kept.copies["/exceptions?since=1h"])["items"]
    assert exception["message"] == "cannot reach postgres://bob:[redacted:url-password]@db/flights"
    assert 'password="[redacted:password]"' in exception["traceback"]
    assert exception["key"] == "load-flights"
    for mark in ("[redacted:token]", "[redacted:password]", "[redacted:pattern-1]"):
        assert mark in kept.copies["cluster/events?limit=1000"].decode()
    assert "[redacted:api-key]" in kept.copies["cluster/computations"].decode()
    assert "Pilothouse took secrets out of what it recorded: " in said
    assert "as they are" not in said


def test_without_redaction_everything_is_kept(start, make_cluster, tmp_path):
    """So it is not for another reason that nothing was found."""
    kept, said = record(start, make_cluster, tmp_path, **{ENABLED: "false"})
    for name, listing in PLACES.items():
        holders = kept.holders_of(SECRETS[name])
        assert [holder for holder in holders if listing in holder], (name, holders)
        assert [holder for holder in holders if holder.endswith(".tape")], (
            name,
            holders,
        )
    everywhere = set.union(*(kept.holders_of(secret) for secret in SECRETS.values()))
    assert "hub.db at the end" in everywhere
    assert "[redacted" not in kept.copies["/exceptions?since=1h"].decode()
    assert said.count("Pilothouse records exceptions, code and events as they are") == 1


def test_a_rule_that_is_left_out(start, make_cluster, tmp_path):
    kept, _ = record(start, make_cluster, tmp_path, DASK_PILOTHOUSE__REDACT__IGNORE="['url-password']")
    assert kept.holders_of(SECRETS["message"])
    assert kept.holders_of(SECRETS["payroll"])
    for name in ("traceback", "code", "event", "member"):
        assert kept.holders_of(SECRETS[name]) == set()


@pytest.mark.parametrize("setting", ["['(open']", "7"])
def test_a_wrong_expression_stops_no_scheduler(start, make_cluster, tmp_path, setting):
    hub = start(HubProcess, tmp_path / "hub")
    cluster = make_cluster(1, hub.environment(**{OWN_PATTERN: setting}))
    assert cluster.client.submit(abs, -1).result(timeout=30) == 1
    said = cluster.scheduler.output()
    assert (
        "Pilothouse does not record this cluster: pilothouse.redact.patterns must be a list of regular"
        in said
    )
    assert not list(cluster.scheduler.spool.glob("*.tape"))
