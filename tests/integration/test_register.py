"""pilothouse.register from every kind of client, and the preload in every form."""

from __future__ import annotations

import asyncio
import threading

import dask
import pytest
from distributed import Client, LocalCluster

import pilothouse
from processes import HubProcess, SchedulerProcess, WorkerProcess, eventually


@pytest.fixture
def configured(hub_process):
    with dask.config.set(
        {
            "pilothouse.address": hub_process.address,
            "pilothouse.token": hub_process.token,
            "pilothouse.flush-interval": "100ms",
            "distributed.diagnostics.computations.nframes": 0,
        }
    ):
        yield


def local_cluster(**kwargs):
    return LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, **kwargs)


def test_a_local_cluster(configured, hub):
    with local_cluster(name="my local cluster") as cluster, Client(cluster):
        registration = pilothouse.register()
        assert registration.link == "connected"
        assert registration.problem == ""
        again = pilothouse.register()
        assert again == registration
        assert registration.url == f"{registration.address}/clusters/{registration.cluster_id}"
        assert str(registration).splitlines() == [
            f"recorded as cluster {registration.cluster_id} at {registration.address}",
            registration.url,
        ]
        assert f'<a href="{registration.url}"' in registration._repr_html_()
        record = hub.get_cluster(registration.cluster_id)
        assert record.name == "my local cluster"
        assert record.scheduler_id == registration.scheduler_id == cluster.scheduler.id
        assert record.status == "running"
    stopped = eventually(lambda: hub.get_cluster(registration.cluster_id).stop and hub.get_cluster(record.id))
    assert stopped.status == "stopped"
    assert stopped.stop_reason == "scheduler closed"
    assert stopped.workers == {"now": 0, "total": 1, "lost": 0}
    # Registering made this process send its source code along, as Dask does not by itself.
    assert dask.config.get("distributed.diagnostics.computations.nframes") == 1


def test_an_asynchronous_client(configured, hub):
    async def main():
        async with (
            LocalCluster(
                n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, asynchronous=True
            ) as cluster,
            Client(cluster, asynchronous=True) as client,
        ):
            first, second = await asyncio.gather(pilothouse.register(client), pilothouse.register(client))
            assert first.link == "connected"
            assert first == second
            assert await client.submit(sum, [1, 2]) == 3
            return first

    registration = asyncio.run(main())
    assert hub.get_cluster(registration.cluster_id).status == "stopped"
    assert len(hub.list_computations(registration.cluster_id)) == 1


def test_two_registers_at_once(configured, hub, start, tmp_path, hub_process):
    scheduler = start(SchedulerProcess, tmp_path, hub_process.environment(), preload=())
    answers = []

    def one():
        with Client(scheduler.address) as client:
            answers.append(pilothouse.register(client))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 4
    assert len({answer.cluster_id for answer in answers}) == 1
    assert answers[0].link == "connected"


def test_a_preloaded_scheduler_is_recorded_once(configured, cluster, hub, find):
    record = find(cluster.scheduler_id)
    registration = pilothouse.register(cluster.client)
    assert registration.cluster_id == record.id
    assert len([c for c in hub.list_clusters(since=None) if c.scheduler_id == cluster.scheduler_id]) == 1


def test_the_preload_in_the_environment(start, tmp_path, hub_process, find):
    env = hub_process.environment(DASK_DISTRIBUTED__SCHEDULER__PRELOAD="pilothouse")
    scheduler = start(SchedulerProcess, tmp_path, env, preload=())
    with Client(scheduler.address) as client:
        scheduler_id = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.id)
        assert find(scheduler_id).status == "running"


def test_two_clusters_of_one_name(configured, hub):
    with local_cluster(name="twins") as one, local_cluster(name="twins") as two:
        with Client(one) as client:
            first = pilothouse.register(client)
        with Client(two) as client:
            second = pilothouse.register(client)
    assert first.cluster_id != second.cluster_id
    names = {c.id: c.name for c in hub.list_clusters(since=None, text="twins")}
    assert names == {first.cluster_id: "twins", second.cluster_id: "twins"}


def test_without_a_client():
    with pytest.raises(pilothouse.RegisterError, match="make one first"):
        pilothouse.register()


def test_disabled(configured, hub):
    before = len(hub.list_clusters(since=None))
    with dask.config.set({"pilothouse.disabled": True}), local_cluster() as cluster, Client(cluster):
        registration = pilothouse.register()
        assert registration.link == "disabled"
        assert "disabled" in str(registration)
    assert len(hub.list_clusters(since=None)) == before


def test_a_wrong_setting_is_named(configured):
    with (
        dask.config.set({"pilothouse.flush-interval": "often"}),
        local_cluster() as cluster,
        Client(cluster) as client,
    ):
        with pytest.raises(pilothouse.ConfigError) as caught:
            pilothouse.register(client)
        assert "pilothouse.flush-interval" in str(caught.value)


def test_a_scheduler_that_cannot_import_pilothouse(configured, start, tmp_path):
    class BareScheduler(SchedulerProcess):
        module = "bare_scheduler"

    (tmp_path / "bare_scheduler.py").write_text(
        "import sys\n"
        "sys.modules['pilothouse'] = None  # as if it were not installed\n"
        "from distributed.cli.dask_scheduler import main\n"
        "main()\n"
    )
    scheduler = start(BareScheduler, tmp_path, {"PYTHONPATH": str(tmp_path)}, preload=())
    with Client(scheduler.address) as client:
        with pytest.raises(pilothouse.RegisterError) as caught:
            pilothouse.register(client)
        assert scheduler.address in str(caught.value)
        assert "pip install pilothouse" in str(caught.value)
        assert "--preload pilothouse" in str(caught.value)
        assert client.scheduler_info()


def test_a_preload_with_a_wrong_setting_lets_the_scheduler_start(start, tmp_path, hub_process):
    scheduler = start(
        SchedulerProcess, tmp_path, hub_process.environment(DASK_PILOTHOUSE__SPOOL__MAX_BYTES="much")
    )
    with Client(scheduler.address) as client:
        assert client.scheduler_info()
    assert "DASK_PILOTHOUSE__SPOOL__MAX_BYTES" in scheduler.output()


def test_preloaded_into_a_worker_it_does_nothing(cluster, start, tmp_path):
    class PreloadedWorker(WorkerProcess):
        arguments = ("--preload", "pilothouse")

    worker = start(PreloadedWorker, tmp_path, cluster.scheduler.address)
    cluster.client.wait_for_workers(3, timeout=30)
    assert "records schedulers" in worker.output()


def test_the_hub_comes_after_the_scheduler(start, tmp_path):
    """A scheduler that starts without its hub starts, records, and delivers when the hub is there."""
    first = HubProcess(tmp_path / "state")
    port, env = first.port, first.environment()
    assert first.stop() == 0
    scheduler = start(SchedulerProcess, tmp_path, env)
    start(WorkerProcess, tmp_path, scheduler.address)
    with Client(scheduler.address) as client:
        assert client.submit(sum, [1, 2, 3]).result(timeout=30) == 6
        scheduler_id = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.id)
        second = start(HubProcess, tmp_path / "state", port)
        with pilothouse.Hub(second.address, second.token) as hub:
            (record,) = eventually(lambda: hub.list_clusters(since=None))
            assert record.scheduler_id == scheduler_id
            assert record.dropped_spans == 0
            eventually(lambda: [c.tasks["memory"] for c in hub.list_computations(record.id)] == [1])
            assert eventually(lambda: hub.list_workers(record.id))
