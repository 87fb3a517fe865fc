"""Signed plugins: fetched from the hub, verified, and only then loaded into a scheduler, its workers or nannies."""

from __future__ import annotations

import asyncio
import inspect
import logging
import platform
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import cloudpickle
import distributed

from pilothouse import _on_worker
from pilothouse._bundle import load, refuse
from pilothouse._config import HubLocation, PluginPolicy, default_state_dir
from pilothouse._fetch import fetch
from pilothouse._trust import Refused, verify

if TYPE_CHECKING:
    from distributed import Scheduler

logger = logging.getLogger("distributed.pilothouse")

_FETCH_SECONDS = 15.0  # for one plugin in all, however slowly the hub sends
_FIRST_SECONDS = 5.0  # what a starting scheduler waits for its plugins
_AGAIN_SECONDS = 30.0  # between two attempts to reach a hub


@dataclass(frozen=True)
class PluginOutcome:
    """What became of one plugin: ``state`` is ``loaded`` or ``refused``, then with a ``code`` and a ``reason``."""

    name: str
    state: str
    version: str | None = None
    kind: str | None = None
    sha256: str | None = None
    signed_by: list[str] = field(default_factory=list)
    code: str | None = None
    reason: str | None = None
    time: float = 0.0

    def __str__(self) -> str:
        if self.state == "loaded":
            return f"{self.name} {self.version} ({self.kind}, {(self.sha256 or '')[:12]})"
        return f"{self.name} refused: {self.reason} ({self.code})"


class Plugins:
    """The signed plugins of one scheduler. Everything runs on its event loop, but fetching and verifying."""

    def __init__(self, scheduler: Scheduler, hub: HubLocation, report: Callable[[PluginOutcome], None]):
        self._scheduler = scheduler
        self._hub = hub
        self._report = report
        self._lock = asyncio.Lock()
        self._outcomes: dict[str, PluginOutcome] = {}
        self._again: asyncio.Task[None] | None = None

    def outcomes(self) -> list[PluginOutcome]:
        return list(self._outcomes.values())

    async def load(self, policies: Iterable[PluginPolicy]) -> list[PluginOutcome]:
        """Loads each plugin that is not loaded yet. A hub that is away is asked again later. Never raises."""
        policies = list(policies)
        async with self._lock:
            for policy in policies:
                if self._state(policy) != "loaded":
                    self._settle(await self._try(policy))
        away = [policy for policy in policies if self._outcomes[policy.name].code == "unreachable"]
        if away and self._again is None:
            self._again = asyncio.ensure_future(self._load_later(away))
        return [self._outcomes[policy.name] for policy in policies]

    async def load_at_start(self, policies: Iterable[PluginPolicy]) -> None:
        """The same, but a scheduler does not wait long for a hub that is away or slow."""
        loading = asyncio.ensure_future(self.load(policies))
        await asyncio.wait([loading], timeout=_FIRST_SECONDS)

    def close(self) -> None:
        if self._again is not None:
            self._again.cancel()

    def _state(self, policy: PluginPolicy) -> str:
        known = self._outcomes.get(policy.name)
        return known.state if known is not None else ""

    async def _load_later(self, policies: list[PluginPolicy]) -> None:
        while policies:
            await asyncio.sleep(_AGAIN_SECONDS)
            async with self._lock:
                for policy in policies:
                    if self._state(policy) != "loaded":
                        self._settle(await self._try(policy))
            policies = [policy for policy in policies if self._outcomes[policy.name].code == "unreachable"]
        self._again = None

    def _settle(self, outcome: PluginOutcome) -> None:
        self._outcomes[outcome.name] = outcome
        if outcome.state == "loaded":
            logger.info("Pilothouse loaded plugin %s", outcome)
        else:
            logger.warning("Pilothouse goes on without plugin %s", outcome)
        self._report(outcome)

    async def _try(self, policy: PluginPolicy) -> PluginOutcome:
        verified: dict[str, Any] = {}
        code: str | None = None
        reason: str | None = None
        try:
            bundle, revocations = await fetch(self._hub, policy, _FETCH_SECONDS)
            # A thread of its own: the loop's pool may be full of work that waits.
            with ThreadPoolExecutor(1, "pilothouse-plugin") as pool:
                verified = await asyncio.get_running_loop().run_in_executor(
                    pool, partial(verify_bundle, bundle, policy, revocations)
                )
            if verified["kind"] == "scheduler":
                await self._add_to_scheduler(verified)
            else:
                await self._add_to_workers(verified, bundle, policy, revocations)
        except Refused as refused:
            code, reason = refused.code, str(refused)
        except Exception as error:
            code, reason = "failed", f"{type(error).__name__}: {error}"
        return PluginOutcome(
            name=policy.name,
            state="loaded" if code is None else "refused",
            version=verified.get("version"),
            kind=verified.get("kind"),
            sha256=verified.get("sha256"),
            signed_by=list(verified.get("keys", ())),
            code=code,
            reason=reason,
            time=time.time(),
        )

    async def _add_to_scheduler(self, verified: dict[str, Any]) -> None:
        plugin = load(verified)
        try:
            started = plugin.start(self._scheduler)
            if inspect.isawaitable(started):
                await started
        except Exception as error:
            raise refuse("failed", f"its start raised {type(error).__name__}: {error}") from error
        self._scheduler.add_plugin(plugin, name=_dask_name(verified["name"]))

    async def _add_to_workers(
        self, verified: dict[str, Any], bundle: bytes, policy: PluginPolicy, revocations: list[bytes]
    ) -> None:
        register = getattr(self._scheduler, f"register_{verified['kind']}_plugin")
        options = {"idempotent": False} if "idempotent" in inspect.signature(register).parameters else {}
        plugin = _pickled(_on_worker.Parcel(bundle, policy, revocations, verified["kind"]))
        answers = await register(comm=None, plugin=plugin, name=_dask_name(verified["name"]), **options)
        failed = [address for address, answer in answers.items() if answer.get("status") != "OK"]
        if failed:
            logger.warning("Plugin %s failed to start on %s", verified["name"], ", ".join(failed))


def verify_bundle(
    bundle: bytes, policy: PluginPolicy, revocations: list[bytes], *, remember: bool = True
) -> dict[str, Any]:
    """The files of a bundle and what is sure of it. Raises Refused."""
    return verify(
        bundle,
        name=policy.name,
        keys=list(policy.keys),
        threshold=policy.threshold,
        least_version=policy.least_version,
        revoked=list(policy.revoked),
        max_bytes=policy.max_bytes,
        max_risk=policy.max_risk,
        revocations=revocations,
        state_directory=str(default_state_dir()),
        python=platform.python_version(),
        distributed=distributed.__version__,
        remember=remember,
    )


def _dask_name(name: str) -> str:
    return f"pilothouse-plugin-{name}"


def _pickled(parcel: _on_worker.Parcel) -> bytes:
    # By value: a worker without pilothouse must be able to open it, and to say so.
    cloudpickle.register_pickle_by_value(_on_worker)
    try:
        pickled: bytes = cloudpickle.dumps(parcel)
    finally:
        cloudpickle.unregister_pickle_by_value(_on_worker)
    return pickled
