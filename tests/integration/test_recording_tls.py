"""Real schedulers that are recorded by a hub with TLS."""

from __future__ import annotations

import os
import subprocess

import dask
import pytest
import trustme
from distributed import Client

import pilothouse
from processes import PILOTHOUSE, HubProcess, SchedulerProcess, WorkerProcess, eventually


@pytest.fixture
def certificates(tmp_path):
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    made = ca.issue_cert("127.0.0.1")
    (tmp_path / "hub.pem").write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
    (tmp_path / "hub.key").touch(mode=0o600)
    (tmp_path / "hub.key").write_bytes(made.private_key_pem.bytes())
    return tmp_path


@pytest.fixture
def tls_flags(certificates):
    return ("--tls-cert", str(certificates / "hub.pem"), "--tls-key", str(certificates / "hub.key"))


@pytest.fixture
def tls_hub(start, certificates, tls_flags):
    hub = start(HubProcess, certificates / "state", 0, "--lost-after", "3s", *tls_flags)
    assert hub.address.startswith("https://")
    return hub


@pytest.fixture
def trusting(tls_hub, certificates):
    """The environment of a scheduler that knows the CA."""
    return tls_hub.environment(DASK_PILOTHOUSE__TLS__CA_FILE=str(certificates / "ca.pem"))


@pytest.fixture
def asking(tls_hub, certificates):
    with pilothouse.Hub(tls_hub.address, tls_hub.token, ca_file=certificates / "ca.pem") as hub:
        yield hub


def work(client):
    assert client.gather(client.map(lambda n: n + 1, range(20))) == list(range(1, 21))


def test_a_preloaded_scheduler_is_recorded(start, tmp_path, trusting, asking):
    scheduler = start(SchedulerProcess, tmp_path, trusting)
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        work(client)
    scheduler.stop()
    (cluster,) = eventually(lambda: [c for c in asking.list_clusters() if c.status == "stopped"])
    assert cluster.dropped == {}
    (computation,) = asking.list_computations(cluster.id)
    assert len(asking.list_spans(computation.id)) == 20


def test_the_certificates_of_the_client_travel_with_register(start, tmp_path, tls_hub, certificates, asking):
    """The scheduler knows no CA, and need not reach the client's file."""
    scheduler = start(SchedulerProcess, tmp_path, {}, preload=())
    start(WorkerProcess, tmp_path, scheduler.address)
    ca_file = certificates / "ca.pem"
    settings = {"address": tls_hub.address, "token": tls_hub.token, "tls.ca-file": str(ca_file)}
    with (
        dask.config.set({f"pilothouse.{key}": value for key, value in settings.items()}),
        Client(scheduler.address) as client,
    ):
        registration = pilothouse.register(client)
        assert registration.link == "connected", registration
        ca_file.rename(tmp_path / "elsewhere.pem")
        work(client)
    scheduler.stop()
    assert eventually(lambda: asking.get_cluster(registration.cluster_id).status == "stopped")


def test_a_hub_that_is_not_trusted_gets_nothing(start, tmp_path, tls_hub, asking):
    scheduler = start(SchedulerProcess, tmp_path, tls_hub.environment())
    with Client(scheduler.address) as client:
        eventually(lambda: "is not trusted" in scheduler.output())
        assert client.scheduler_info()
    assert "pilothouse.tls.ca-file" in scheduler.output()
    assert asking.list_clusters() == []


def test_a_wrong_ca_file_lets_the_scheduler_start(start, tmp_path, tls_hub):
    env = tls_hub.environment(DASK_PILOTHOUSE__TLS__CA_FILE=str(tmp_path / "nowhere.pem"))
    scheduler = start(SchedulerProcess, tmp_path, env)
    with Client(scheduler.address) as client:
        assert client.scheduler_info()
    assert "pilothouse.tls.ca-file cannot be read" in scheduler.output()


def test_what_killed_schedulers_left_comes_over_tls(start, tmp_path, tls_hub, tls_flags, trusting, asking):
    """By the next recorder, and by `pilothouse recover`."""

    spool = tmp_path / "spool"
    killed = start(SchedulerProcess, tmp_path, trusting)
    with Client(killed.address) as client:
        scheduler_id = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.id)
    tls_hub.stop()
    killed.kill()
    start(HubProcess, tmp_path / "state", tls_hub.port, *tls_flags)
    following = start(SchedulerProcess, tmp_path, trusting)

    def brought():
        (record,) = [c for c in asking.list_clusters() if c.scheduler_id == scheduler_id]
        return record.stop_reason == "lost" and len(list(spool.iterdir())) == 1

    eventually(brought)
    following.kill()
    done = subprocess.run(
        [PILOTHOUSE, "recover", str(spool)],
        check=False,
        env={**os.environ, **trusting},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "cluster " in done.stdout
    assert list(spool.iterdir()) == []
