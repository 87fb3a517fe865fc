"""``pilothouse.register``: record a cluster from a client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dask.config
from distributed.client import default_client

from pilothouse._config import Settings
from pilothouse._plugin import PLUGIN_NAME, RecorderPlugin, Target, recording

if TYPE_CHECKING:
    from distributed import Client, Scheduler

_NFRAMES = "distributed.diagnostics.computations.nframes"
_WAIT_SECONDS = 3.0


class RegisterError(RuntimeError):
    """The recorder could not be put into the scheduler."""


@dataclass(frozen=True)
class Registration:
    """What ``register`` achieved.

    ``link`` is ``connected`` (the hub has the recording, as cluster ``cluster_id``), ``away`` or ``refused`` (the
    recorder keeps recording and tries again; ``problem`` says why), ``starting``, or ``disabled``.
    """

    scheduler_id: str
    address: str | None
    link: str
    cluster_id: int | None = None
    problem: str = ""

    def __str__(self) -> str:
        if self.link == "connected":
            return f"recorded as cluster {self.cluster_id} at {self.address}"
        if self.link == "disabled":
            return "not recorded: pilothouse.disabled is set, here or in the scheduler's configuration"
        return f"recording, but the hub at {self.address} has nothing yet ({self.link}): {self.problem}"


def register(
    client: Client | None = None, *, name: str | None = None
) -> Registration | Awaitable[Registration]:
    """Record the cluster of ``client``, by default of the most recent one. Doing it again changes nothing.

    Also makes this process send the source code of its computations along (``pilothouse.code.frames``), which Dask
    does not do by itself since 2023.

    Returns a Registration; for an asynchronous client, an awaitable of one.
    Raises RegisterError when there is no client, or when the scheduler cannot load the recorder; ConfigError.
    """
    if client is None:
        try:
            client = default_client()
        except ValueError:
            raise RegisterError(
                "there is no Dask client to record; make one first: client = distributed.Client(...)"
            ) from None
    settings = Settings.load()
    if settings.code_transmit and not settings.disabled and not dask.config.get(_NFRAMES, 0):
        dask.config.set({_NFRAMES: settings.code_frames})
    if client.asynchronous:
        return _register(client, settings, name)
    result: Registration = client.sync(_register, client, settings, name)
    return result


async def _register(client: Client, settings: Settings, name: str | None) -> Registration:
    if settings.disabled:
        return Registration(client.scheduler_info().get("id", ""), None, "disabled")
    hub = settings.resolve_hub()
    cluster_name = name or settings.name or getattr(client.cluster, "name", None)
    target = Target(
        address=hub.address,
        token=hub.token,
        ca_pem=hub.ca_pem,
        name=None if cluster_name is None else str(cluster_name),
        user=settings.user,
    )
    try:
        await _add_plugin(client, RecorderPlugin(target))
        answer = await client.run_on_scheduler(_status, timeout=_WAIT_SECONDS)
    except ImportError as error:
        raise RegisterError(
            f"the scheduler at {client.scheduler.address} cannot import pilothouse ({error}). "
            "Install it in the scheduler's environment (pip install pilothouse) and start the scheduler again; "
            "or start it with: dask scheduler --preload pilothouse"
        ) from None
    except Exception as error:
        raise RegisterError(
            f"the scheduler at {client.scheduler.address} refused the recorder: {error}"
        ) from error
    if answer["link"] == "failed":
        raise RegisterError(
            f"the recorder could not start in {client.scheduler.address}: {answer['problem']}"
        )
    return Registration(**answer)


async def _add_plugin(client: Client, plugin: RecorderPlugin) -> None:
    if hasattr(client, "register_plugin"):
        await client.register_plugin(plugin, name=PLUGIN_NAME)
    else:
        await client._register_scheduler_plugin(plugin, name=PLUGIN_NAME, idempotent=True)


async def _status(dask_scheduler: Scheduler, timeout: float) -> dict[str, Any]:
    """Runs in the scheduler: what became of the recorder, after at most ``timeout`` seconds."""
    session = recording(dask_scheduler)
    if session is None:
        problem = getattr(dask_scheduler.plugins.get(PLUGIN_NAME), "problem", "")
        link = "failed" if problem else "disabled"
        return {"scheduler_id": dask_scheduler.id, "address": None, "link": link, "problem": problem}
    deadline = time.monotonic() + timeout
    status = session.core.status()
    while status["link"] == "starting" and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
        status = session.core.status()
    return {
        "scheduler_id": dask_scheduler.id,
        "address": session.address,
        "link": status["link"],
        "cluster_id": status["cluster"] or None,
        "problem": status["problem"],
    }
