"""The recorder's Python side: Dask's rare hooks, and the clock that drives the native part."""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import platform
import socket
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Callable

import dask
import distributed
from dask.utils import key_split
from distributed.diagnostics.plugin import SchedulerPlugin

from pilothouse._bounded import clean, redact, to_json
from pilothouse._config import HubLocation, Settings
from pilothouse._plugins import PluginOutcome, Plugins
from pilothouse._recorder import Recorder, key_text
from pilothouse._version import __version__

if TYPE_CHECKING:
    from distributed import Scheduler
    from typing_extensions import ParamSpec

    _P = ParamSpec("_P")

PLUGIN_NAME = "pilothouse"

logger = logging.getLogger("distributed.pilothouse")

_MAX_CODE = 64 * 1024  # bytes of a computation's code snippets, all together
_MAX_ANNOTATIONS = 4 * 1024
_MAX_REASON = 200  # characters of why a worker left
_MAX_KEYS = 20  # keys named of those a lost worker was running
_GOING = ("closing", "closing_gracefully")  # what a worker that leaves in order says before
_MAX_HEARTBEAT = 5.0  # seconds; a hub calls a cluster lost that it has not heard for 30
_MAX_TOLD = 20  # different problems logged
_FINAL_SECONDS = 5.0  # what closing a scheduler waits for its hub, at most
_FINAL_SECONDS_AWAY = 1.0  # and when the hub did not answer before


def micros(seconds: float) -> int:
    """Seconds since the epoch as whole microseconds, never negative."""
    return max(0, round(seconds * 1e6))


def cluster_url(address: str | None, cluster: int | None) -> str | None:
    """The cluster's page at a hub."""
    if not cluster or address is None or not address.startswith(("http://", "https://")):
        return None
    return f"{address.rstrip('/')}/clusters/{cluster}"


def _dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _hook(kind: str) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """Makes a method safe for Dask to call: what it raises is counted as a lost record of ``kind`` and told later."""

    def decorate(method: Callable[_P, None]) -> Callable[_P, None]:
        @wraps(method)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> None:
            try:
                method(*args, **kwargs)
            except Exception as error:
                session: Any = args[0]
                session.core.drop(kind, 1)
                session.problem(f"{method.__name__}: {type(error).__name__}: {error}")

        return call

    return decorate


@dataclass(frozen=True)
class Target:
    """What a client that registers the recorder knows better than the scheduler's own configuration.

    The client's CA file may not exist on the scheduler's machine, so what is in it travels. A client without one
    leaves it to the scheduler's configuration whom to trust.
    """

    address: str | None = None
    token: str | None = None
    ca_pem: str | None = None
    name: str | None = None
    user: str | None = None


class RecorderPlugin(SchedulerPlugin):  # type: ignore[misc]
    """Records one scheduler. Its hooks never wait for the network, and never raise."""

    name = PLUGIN_NAME
    idempotent = True

    def __init__(self, target: Target | None = None):
        self.target = target or Target()
        self.problem = ""

    async def start(self, scheduler: Scheduler) -> None:
        """Begin recording; on any failure, log it and let the scheduler go on without."""
        try:
            await self._start(scheduler)
        except Exception as error:
            self.problem = str(error) or type(error).__name__
            logger.error("Pilothouse does not record this cluster: %s", self.problem)

    async def _start(self, scheduler: Scheduler) -> None:
        if recording(scheduler) is not None:
            return
        settings = Settings.load()
        if settings.disabled:
            logger.info("Pilothouse is disabled by configuration (pilothouse.disabled)")
            return
        session = _Session(scheduler, settings, self.target)
        scheduler._pilothouse = session
        # An instance attribute, so that Dask calls straight into C++.
        self.transition = session.core.transition
        self.update_graph = session.update_graph
        self.add_worker = session.add_worker
        self.remove_worker = session.remove_worker
        self.add_client = session.add_client
        self.remove_client = session.remove_client
        self.log_event = session.log_event
        self.close = session.close
        session.begin()
        await session.plugins.load_at_start(session.settings.plugins)


def recording(scheduler: Scheduler) -> _Session | None:
    """The recording of this scheduler, if there is one."""
    return getattr(scheduler, "_pilothouse", None)


class _Session:
    """One scheduler's life, from the recorder's point of view. Everything runs on the scheduler's event loop."""

    def __init__(self, scheduler: Scheduler, settings: Settings, target: Target):
        self.settings = settings
        self.scheduler = scheduler
        self.started = time.time()
        self._workers: dict[str, dict[str, Any]] = {}
        self._clients: dict[str, int] = {}
        self._groups: dict[str, Any] = {}
        self._computation: Any = None
        self._computation_client: str | None = None
        self._described: tuple[int, ...] = ()
        self._departures: dict[str, dict[str, Any]] = {}
        self._said_goodbye: set[str] = set()
        self._polled: dict[str, int] | None = None if hasattr(scheduler, "_broker") else {}
        self._problems: list[str] = []
        self._told: set[str] = set()
        self._link = "starting"
        self._closing: asyncio.Future[None] | None = None
        self._ended = False

        if target.address is not None:
            hub = HubLocation(target.address, target.token, None, target.ca_pem or settings.ca_pem)
        else:
            hub = settings.resolve_hub()
        self.address = hub.address
        self.redactor = settings.make_redactor()
        if self.redactor is None:
            logger.warning(
                "Pilothouse records exceptions, code and events as they are, with the secrets in them "
                "(pilothouse.redact.enabled is false)"
            )
        self.plugins = Plugins(scheduler, hub, self._plugin_settled)
        self.core = Recorder(
            tasks=scheduler.tasks,
            address=hub.address,
            token=hub.token or "",
            session=_dumps(self._describe_session(target)),
            max_bytes=settings.spool_max_bytes,
            directory=str(settings.spool_directory),
            heartbeat=min(settings.flush_interval, _MAX_HEARTBEAT),
            redactor=self.redactor,
            ca_pem=hub.ca_pem or "",
        )
        unspooled = self.core.status()["spool_problem"]
        if unspooled:
            logger.warning(
                "Pilothouse records in memory, which does not survive this process: %s. "
                "Set pilothouse.spool.directory to a directory of your own.",
                unspooled,
            )
        _sessions.add(self)
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        scheduler = self.scheduler
        for address in scheduler.workers:
            self.add_worker(scheduler, address)
        for client in scheduler.clients:
            self.add_client(scheduler, client)
        self._groups.update((key_text(name), group) for name, group in scheduler.task_groups.items())
        if scheduler.computations:
            self._open_computation(scheduler.computations[-1], None)
            for group in scheduler.computations[-1].groups:
                self._preset(group)
        if self._polled is not None:
            self._polled.update(scheduler.event_counts)
        self._tick_later()

    def _redact(self, text: str, limit: int | None = None) -> str:
        """What is recorded of free text. Names and keys are recorded as they are: others refer to them."""
        return redact(self.redactor, text, limit)

    # --- what the cluster is ------------------------------------------------------------------------------------

    def _describe_session(self, target: Target) -> dict[str, Any]:
        scheduler = self.scheduler
        return {
            "scheduler_id": scheduler.id,
            "name": clean(target.name or self.settings.name or scheduler.id),
            "address": scheduler.address,
            "dashboard": _dashboard(scheduler),
            "host": socket.gethostname(),
            "user": clean(target.user or self.settings.user),
            "pid": os.getpid(),
            "os": platform.platform(),
            "python": platform.python_version(),
            "dask": dask.__version__,
            "distributed": distributed.__version__,
            "pilothouse": __version__,
            "start_us": micros(self.started),
            "flush_interval_us": micros(self.settings.flush_interval),
        }

    # --- signed plugins ---------------------------------------------------------------------------------------------

    def _plugin_settled(self, outcome: PluginOutcome) -> None:
        record = {
            "name": outcome.name,
            "version": outcome.version,
            "kind": outcome.kind,
            "sha256": outcome.sha256,
            "signed_by": outcome.signed_by,
            "state": outcome.state,
            "code": outcome.code,
            "reason": None if outcome.reason is None else clean(outcome.reason[:1000]),
            "time_us": micros(outcome.time),
        }
        self.core.put("plugins", _dumps(record))

    # --- computations -----------------------------------------------------------------------------------------------

    @_hook("computations")
    def update_graph(self, scheduler: Scheduler, client: str | None = None, **kwargs: Any) -> None:
        computation = scheduler.computations[-1]
        if computation is not self._computation:
            self._open_computation(computation, client)
        else:
            self._refresh_computation()

    def _open_computation(self, computation: Any, client: str | None) -> None:
        self._computation = computation
        self._computation_client = client
        self._remember_groups()
        self.core.open_computation(str(computation.id), micros(computation.start), self._details())

    def _refresh_computation(self) -> None:
        if self._computation is not None and self._described != _extent(self._computation):
            self._describe_computation()

    def _describe_computation(self) -> None:
        self._remember_groups()
        self.core.describe_computation(str(self._computation.id), self._details())

    def _remember_groups(self) -> None:
        # The scheduler forgets a group with its last task, often before the next tick.
        for group in self._computation.groups:
            self._groups[key_text(group.name)] = group

    def _details(self) -> str:
        computation = self._computation
        self._described = _extent(computation)
        annotations, _ = to_json(dict(_annotations(computation)), _MAX_ANNOTATIONS, self.redactor)
        return (
            f'{{"client":{_dumps(self._computation_client)},"code":{_dumps(self._code(computation))},'
            f'"annotations":{annotations},"tags":{_dumps(self._tags(computation))}}}'
        )

    def _code(self, computation: Any) -> list[dict[str, Any]]:
        if not self.settings.code_transmit:
            return []
        snippets = []
        room = _MAX_CODE
        for frames in computation.code:
            # Up to 2023 a snippet is one text, later a tuple of frames.
            for frame in [frames] if isinstance(frames, str) else frames:
                text = self._redact(frame if isinstance(frame, str) else frame.code, room)
                room -= len(text)
                if text:
                    snippets.append(
                        {
                            "text": text,
                            "filename": None if isinstance(frame, str) else self._redact(frame.filename),
                            "line": None if isinstance(frame, str) else int(frame.lineno_frame),
                        }
                    )
        return snippets

    def _tags(self, computation: Any) -> list[list[str]]:
        extension = self.scheduler.extensions.get("spans")
        if extension is None:
            return []
        tags = []
        for span_id in {getattr(group, "span_id", None) for group in computation.groups}:
            span = extension.spans.get(span_id)
            if span is not None and span.name != ("default",):
                tags.append([self._redact(str(tag)) for tag in span.name])
        return sorted(tags)

    def _preset(self, group: Any) -> None:
        states = group.states
        over = states["memory"] + states["released"] + states["forgotten"]
        self.core.preset_group(key_text(group.name), sum(states.values()), over, states["erred"])

    def _refresh_groups(self) -> None:
        refreshed = {}
        for slot, name in self.core.groups():
            group = self.scheduler.task_groups.get(name) or self._groups.get(name)
            if group is None:
                self.core.set_group(slot, 0, 0, 0, 0, key_split(name), [])
                continue
            refreshed[name] = group
            states = group.states
            self.core.set_group(
                slot,
                states["waiting"],
                states.get("queued", 0),
                states["processing"],
                states["no-worker"],
                key_text(group.prefix.name) if group.prefix is not None else key_split(name),
                [key_text(other.name) for other in group.dependencies],
            )
        alive = self.scheduler.task_groups
        kept = {name: group for name, group in self._groups.items() if alive.get(group.name) is group}
        self._groups = {**kept, **refreshed}

    # --- workers and clients -------------------------------------------------------------------------------------------

    @_hook("workers")
    def add_worker(self, scheduler: Scheduler, worker: str) -> None:
        state = scheduler.workers.get(worker)
        if state is None:
            return
        record = {
            "address": worker,
            "name": clean(str(state.name)),
            "host": state.host,
            "nthreads": state.nthreads,
            "memory_limit": int(state.memory_limit or 0),
            "joined_us": micros(time.time()),
            "left_us": None,
            "expected": None,
            "reason": None,
            "processing": 0,
            "processing_keys": [],
            "lost_results": 0,
            "lost_scattered": 0,
        }
        self._workers[worker] = record
        self.core.put("workers", _dumps(record))

    @_hook("workers")
    def remove_worker(
        self, scheduler: Scheduler, worker: str, stimulus_id: str | None = None, **kwargs: Any
    ) -> None:
        self._poll_events()
        departure = self._departures.pop(worker, {})
        reason = stimulus_id or departure.get("stimulus_id")
        # Dask calls every departure unexpected that it did not order, even when the worker announced it.
        expected = worker in self._said_goodbye or bool(departure.get("expected", False))
        self._said_goodbye.discard(worker)
        self._worker_left(worker, departure, expected, reason)

    def _worker_left(
        self, worker: str, departure: dict[str, Any], expected: bool, reason: str | None
    ) -> None:
        record = self._workers.pop(worker, None)
        if record is None:
            return
        processing = departure.get("processing-tasks") or ()
        record.update(
            left_us=micros(time.time()),
            expected=expected,
            reason=None if reason is None else self._redact(_reason(reason), _MAX_REASON),
            processing=len(processing),
            processing_keys=[key_text(key) for _, key in zip(range(_MAX_KEYS), processing)],
            lost_results=len(departure.get("lost-computed-tasks") or ()),
            lost_scattered=len(departure.get("lost-scattered-tasks") or ()),
        )
        self.core.put("workers", _dumps(record))

    @_hook("clients")
    def add_client(self, scheduler: Scheduler, client: str) -> None:
        if client == "fire-and-forget":
            return
        self._clients[client] = micros(time.time())
        self._put_client(client, None)

    @_hook("clients")
    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        if client in self._clients:
            self._put_client(client, micros(time.time()))
            del self._clients[client]

    def _put_client(self, client: str, left_us: int | None) -> None:
        record = {"client": clean(client), "joined_us": self._clients[client], "left_us": left_us}
        self.core.put("clients", _dumps(record))

    def _sample(self) -> None:
        now = micros(time.time())
        for state in self.scheduler.workers.values():
            metrics = state.metrics
            memory = state.memory
            counts = metrics.get("task_counts") or {}
            sample = {
                "time_us": now,
                "address": state.address,
                "cpu": float(metrics.get("cpu") or 0.0),
                "memory": int(memory.process),
                "managed": int(memory.managed),
                "unmanaged": int(memory.unmanaged),
                "spilled": int(memory.spilled if hasattr(memory, "spilled") else memory.managed_spilled),
                "executing": int(counts.get("executing", 0)),
                "ready": int(counts.get("ready", 0)),
            }
            self.core.put("samples", _dumps(sample))

    # --- events -----------------------------------------------------------------------------------------------------------

    @_hook("events")
    def log_event(self, topic: str, msg: Any) -> None:
        if self._polled is None:
            self._event(topic, time.time(), msg)

    def _poll_events(self) -> None:
        # Early 2023 and before, the hook is not called for a message to several topics, but every topic keeps a queue.
        if self._polled is None:
            return
        for topic, total in list(self.scheduler.event_counts.items()):
            fresh = total - self._polled.get(topic, 0)
            if fresh <= 0:
                continue
            self._polled[topic] = total
            kept = self.scheduler.events[topic]
            if fresh > len(kept):
                self.core.drop("events", fresh - len(kept))
                fresh = len(kept)
            for i in range(len(kept) - fresh, len(kept)):
                when, msg = kept[i]
                self._event(topic, when, msg)

    def _event(self, topic: Any, when: float, msg: Any) -> None:
        topic = clean(str(topic))
        if isinstance(msg, dict):
            self._watch_workers(topic, msg)
        if not self._wanted(topic):
            return
        payload, truncated = to_json(msg, self.settings.events_max_bytes, self.redactor)
        cut = "true" if truncated else "false"
        self.core.put(
            "events",
            f'{{"topic":{_dumps(topic[:1024])},"time_us":{micros(when)},"payload":{payload},"truncated":{cut}}}',
        )

    def _watch_workers(self, topic: str, msg: dict[str, Any]) -> None:
        action = msg.get("action")
        if action == "remove-worker" and topic == "all":
            self._departures[msg.get("worker", "")] = msg
        elif topic in self._workers and (
            action == "closing-worker" or (action == "worker-status-change" and msg.get("status") in _GOING)
        ):
            self._said_goodbye.add(topic)

    def _wanted(self, topic: str) -> bool:
        return _matches(topic, self.settings.events_allow) and not _matches(
            topic, self.settings.events_ignore
        )

    # --- the clock --------------------------------------------------------------------------------------------------------

    def _tick_later(self) -> None:
        # Tornado's PeriodicCallback follows the wall clock, and would stand still for as long as that is set back by.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.settings.flush_interval, self._tick_and_go_on)

    def _tick_and_go_on(self) -> None:
        self._tick_later()
        self.tick()

    def tick(self) -> None:
        """Once per flush interval."""
        if self._ended:
            return
        for step in (
            self._describe_again,
            self._poll_events,
            self._refresh_computation,
            self._refresh_groups,
            self._sample,
            self.core.flush,
            self._follow_hub,
        ):
            try:
                step()
            except Exception as error:
                self.problem(f"{step.__name__.lstrip('_')}: {type(error).__name__}: {error}")
        for text in self._problems:
            if text not in self._told and len(self._told) < _MAX_TOLD:
                self._told.add(text)
                logger.warning("Pilothouse could not record something (%s)", text)
        self._problems.clear()

    def problem(self, text: str) -> None:
        """Remember something to log at the next tick; each is logged once."""
        if len(self._problems) < _MAX_TOLD:
            self._problems.append(text)

    def _describe_again(self) -> None:
        if not self.core.take_resync():
            return
        for record in self._workers.values():
            self.core.put("workers", _dumps(record))
        for client in self._clients:
            self._put_client(client, None)
        for outcome in self.plugins.outcomes():
            self._plugin_settled(outcome)

    def _follow_hub(self) -> None:
        status = self.core.status()
        if status["link"] != self._link:
            self._link = status["link"]
            if self._link == "connected":
                logger.info(
                    "Pilothouse records this cluster as cluster %d at %s: %s",
                    status["cluster"],
                    self.address,
                    cluster_url(self.address, status["cluster"]),
                )
            else:
                logger.warning(
                    "Pilothouse keeps recording, up to %d MiB, and tries again: %s",
                    self.settings.spool_max_bytes >> 20,
                    status["problem"],
                )
        if status["close_requested"] and self._closing is None:
            logger.info("The hub was asked to close this cluster; closing")
            self.core.put("control", _dumps({"state": "stopped", "acknowledged_us": micros(time.time())}))
            self.core.flush()
            self._closing = asyncio.ensure_future(self._close_scheduler())

    async def _close_scheduler(self) -> None:
        # Lets the acknowledgement leave before the end.
        await asyncio.sleep(min(self.settings.flush_interval, 0.2))
        await self.scheduler.close()

    async def close(self) -> None:
        """The scheduler closes: write the end, and give the hub a moment to take it."""
        if self._ended:
            return
        if self._timer is not None:
            self._timer.cancel()
        self.plugins.close()
        self._end("closed through Pilothouse" if self._closing is not None else "scheduler closed")
        # A thread of its own: in the loop's pool others may be waiting for each other.
        pool = ThreadPoolExecutor(1, "pilothouse-end")
        try:
            await asyncio.get_running_loop().run_in_executor(pool, self._finish)
        finally:
            pool.shutdown(wait=False)

    def process_ends(self) -> None:
        """The interpreter ends under a scheduler that nobody closed."""
        if not self._ended:
            self._end("the scheduler's process ended")
            self._finish()

    def forked(self) -> None:
        """In a child of fork: the recording is the parent's."""
        self._ended = True
        self.core.forked()

    def _end(self, reason: str) -> None:
        self.tick()
        self._ended = True
        for worker in list(self._workers):
            self._worker_left(worker, {}, True, "scheduler-close")
        for client in list(self._clients):
            self.remove_client(self.scheduler, client)
        self.core.end(micros(time.time()), reason)
        if self.redactor is not None and (counts := self.redactor.counts()):
            told = ", ".join(f"{name} {count}" for name, count in counts.items())
            logger.info("Pilothouse took secrets out of what it recorded: %s", told)

    def _finish(self) -> None:
        patience = _FINAL_SECONDS if self._link == "connected" else _FINAL_SECONDS_AWAY
        if not self.core.finish(patience):
            logger.warning(
                "The hub at %s did not take the end of the recording in time. %s",
                self.address,
                f"It is in {spool}: the next recorder here brings it, or `pilothouse recover`"
                if (spool := self.core.status()["spool"])
                else "It was in memory, and is lost",
            )


def _extent(computation: Any) -> tuple[int, ...]:
    """What of a computation can still grow, as sizes."""
    return (len(computation.code), len(_annotations(computation)), len(computation.groups))


def _annotations(computation: Any) -> dict[str, Any]:
    annotations: dict[str, Any] = getattr(computation, "annotations", {})  # since 2023
    return annotations


def _dashboard(scheduler: Scheduler) -> str | None:
    port = scheduler.identity().get("services", {}).get("dashboard")
    if not port:
        return None
    host = scheduler.address.rpartition("://")[2].rpartition(":")[0]
    return f"http://{host or socket.gethostname()}:{port}/status" if host else None


def _reason(stimulus: str) -> str:
    """Dask's stimulus without the time at its end: ``worker-ttl-timed-out-1700000000.0`` is one of many."""
    head, _, tail = stimulus.rpartition("-")
    try:
        float(tail)
    except ValueError:
        return stimulus
    return head


@lru_cache(maxsize=4096)
def _matches(topic: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(topic, pattern) for pattern in patterns)


_sessions: weakref.WeakSet[_Session] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for session in list(_sessions):
        session.forked()


def _at_exit() -> None:
    for session in list(_sessions):
        session.process_ends()


os.register_at_fork(after_in_child=_after_fork_in_child)
atexit.register(_at_exit)
