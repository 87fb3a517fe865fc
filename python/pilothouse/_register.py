"""``pilothouse.register``: record a cluster from a client."""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dask.config
from distributed.client import default_client

from pilothouse._config import ConfigError, PluginPolicy, Settings
from pilothouse._plugin import PLUGIN_NAME, RecorderPlugin, Target, cluster_url, recording
from pilothouse._plugins import PluginOutcome

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
    ``url`` is the address of the cluster's page, as the scheduler knows the hub; None when there is no cluster yet.
    """

    scheduler_id: str
    address: str | None
    link: str
    cluster_id: int | None = None
    problem: str = ""
    plugins: tuple[PluginOutcome, ...] = ()

    @property
    def url(self) -> str | None:
        return cluster_url(self.address, self.cluster_id)

    def __str__(self) -> str:
        text = self._text()
        return text if self.url is None else f"{text}\n{self.url}"

    def _repr_html_(self) -> str:
        text = html.escape(self._text())
        if self.url is None:
            return f"<p>{text}</p>"
        url = html.escape(self.url)
        return f'<p>{text}<br><a href="{url}" target="_blank" rel="noopener noreferrer">{url}</a></p>'

    def _text(self) -> str:
        return "; ".join([self._recorded(), *(f"plugin {outcome}" for outcome in self.plugins)])

    def _recorded(self) -> str:
        if self.link == "connected":
            return f"recorded as cluster {self.cluster_id} at {self.address}"
        if self.link == "disabled":
            return "not recorded: pilothouse.disabled is set, here or in the scheduler's configuration"
        return f"recording, but the hub at {self.address} has nothing yet ({self.link}): {self.problem}"


def register(
    client: Client | None = None, *, name: str | None = None, plugins: Sequence[str] | None = None
) -> Registration | Awaitable[Registration]:
    """Record the cluster of ``client``, by default of the most recent one. Doing it again changes nothing.

    Also makes this process send the source code of its computations along (``pilothouse.code.frames``), which Dask
    does not do by itself since 2023.

    ``plugins`` names signed plugins of ``pilothouse.plugins`` in this process's configuration: by default all of them.
    The scheduler fetches them from the hub and loads those that these settings let in; what became of each is in the
    result.

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
    policies = _chosen(settings, plugins)
    if settings.code_transmit and not settings.disabled and not dask.config.get(_NFRAMES, 0):
        dask.config.set({_NFRAMES: settings.code_frames})
    if client.asynchronous:
        return _register(client, settings, name, policies)
    result: Registration = client.sync(_register, client, settings, name, policies)
    return result


def _chosen(settings: Settings, plugins: Sequence[str] | None) -> tuple[PluginPolicy, ...]:
    if plugins is None:
        return settings.plugins
    if isinstance(plugins, str):
        raise TypeError(f"plugins must be a list of names, like [{plugins!r}]")
    known = {policy.name: policy for policy in settings.plugins}
    for plugin in plugins:
        if plugin not in known:
            raise ConfigError(
                f"pilothouse.plugins does not name {plugin!r}; without a key that you trust it cannot be loaded"
            )
    return tuple(known[plugin] for plugin in dict.fromkeys(plugins))


async def _register(
    client: Client, settings: Settings, name: str | None, policies: tuple[PluginPolicy, ...]
) -> Registration:
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
        if policies and answer["link"] not in ("failed", "disabled"):
            answer["plugins"] = tuple(await client.run_on_scheduler(_load_plugins, policies=policies))
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


async def _load_plugins(dask_scheduler: Scheduler, policies: tuple[PluginPolicy, ...]) -> list[PluginOutcome]:
    """Runs in the scheduler."""
    session = recording(dask_scheduler)
    return [] if session is None else await session.plugins.load(policies)


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
