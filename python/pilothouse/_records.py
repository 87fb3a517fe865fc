"""What the hub knows, as typed records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from dask.utils import format_bytes

from pilothouse._listing import Column, Record, RecordList, one_line, show_duration, show_time


class DesiredState(Record):
    """What a cluster was asked to become, and how far that is."""

    __slots__ = ()
    state: str
    requested: float
    acknowledged: float | None
    observed: float | None


class ClusterClient(Record):
    __slots__ = ()
    plural = "clients"
    time_fields = frozenset({"joined", "left"})
    columns = (
        Column("client", lambda r: str(r.client)),
        Column("joined", lambda r: show_time(r.joined), whole=True),
        Column("left", lambda r: show_time(r.left), whole=True),
    )
    client: str
    joined: float
    left: float | None


class ClusterPlugin(Record):
    """What became of one signed plugin. Nothing is known of the bundle where `version` is None."""

    __slots__ = ()
    plural = "plugins"
    time_fields = frozenset({"time"})
    columns = (
        Column("name", lambda r: str(r.name)),
        Column("version", lambda r: str(r.version or "-")),
        Column("state", lambda r: str(r.state), whole=True),
        Column("kind", lambda r: str(r.kind or "-")),
        Column("sha256", lambda r: (r.sha256 or "-")[:12]),
        Column("signed by", lambda r: ", ".join(r.signed_by) or "-"),
        Column("reason", lambda r: one_line(r.reason)),
    )
    name: str
    version: str | None
    kind: str | None
    sha256: str | None
    signed_by: list[str]
    state: str
    code: str | None
    reason: str | None
    time: float


class Cluster(Record):
    """One life of one Dask scheduler."""

    __slots__ = ()
    plural = "clusters"
    time_fields = frozenset({"start", "stop", "last_seen"})
    duration_fields = frozenset({"worker", "thread", "compute"})
    spread_fields = frozenset({"workers", "tasks", "versions"})
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {
        "desired_state": DesiredState,
        "client_list": ClusterClient,
        "plugins": ClusterPlugin,
    }
    columns = (
        Column("id", lambda r: str(r.id), right=True),
        Column("name", lambda r: str(r.name)),
        Column("status", lambda r: str(r.status), whole=True),
        Column("user", lambda r: str(r.user)),
        Column("start", lambda r: show_time(r.start), whole=True),
        Column("duration", lambda r: show_duration((r.stop or r.last_seen) - r.start), right=True),
        Column(
            "workers",
            lambda r: str(r.workers["now"] if r.status == "running" else r.workers["total"]),
            right=True,
        ),
        Column("tasks", lambda r: str(r.tasks["total"]), right=True),
        Column("erred", lambda r: str(r.tasks["erred"]), right=True),
    )
    id: int
    scheduler_id: str
    name: str
    status: str
    workspace: str
    address: str
    dashboard: str | None
    host: str
    user: str
    os: str
    versions: dict[str, str]
    pid: int
    start: float
    stop: float | None
    stop_reason: str | None
    last_seen: float
    workers: dict[str, int]
    threads: int
    memory_limit: int
    worker: float  # how long the workers were there, all together
    thread: float  # the same of their threads
    compute: float  # in which these computed
    clients: int
    computations: int
    tasks: dict[str, int]
    exceptions: int
    events: int
    spans: int
    spans_expired: int
    missing_chunks: int
    dropped: dict[str, int]
    dropped_spans: int
    refused: dict[str, int]
    plugins: RecordList[ClusterPlugin]
    desired_state: DesiredState | None


class Sample(Record):
    """What one worker measured at one moment."""

    __slots__ = ()
    plural = "samples"
    time_fields = frozenset({"time"})
    columns = (
        Column("time", lambda r: show_time(r.time), whole=True),
        Column("cpu", lambda r: f"{r.cpu:.0f} %", right=True),
        Column("memory", lambda r: format_bytes(r.memory), right=True),
    )
    time: float
    cpu: float
    memory: int
    managed: int
    unmanaged: int
    spilled: int
    executing: int
    ready: int


def _departure(worker: Any) -> str:
    """Why a worker left; Dask's own word for it, and whether anybody had expected it."""
    reason = one_line(worker.reason)
    if worker.expected is False:
        return f"lost: {reason}" if reason else "lost"
    return reason


class Worker(Record):
    """One worker, from joining to leaving."""

    __slots__ = ()
    plural = "workers"
    time_fields = frozenset({"joined", "left"})
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {"last": Sample}
    columns = (
        Column("name", lambda r: str(r.name)),
        Column("address", lambda r: str(r.address)),
        Column("host", lambda r: str(r.host)),
        Column("threads", lambda r: str(r.nthreads), right=True),
        Column("memory", lambda r: format_bytes(r.memory_limit), right=True),
        Column("joined", lambda r: show_time(r.joined), whole=True),
        Column("left", lambda r: show_time(r.left), whole=True),
        Column("reason", _departure),
        Column("lost results", lambda r: str(r.lost_results), right=True),
    )
    id: int
    address: str
    name: str
    host: str
    nthreads: int
    memory_limit: int
    joined: float
    left: float | None
    expected: bool | None
    reason: str | None
    processing: int
    processing_keys: list[str]
    lost_results: int
    lost_scattered: int
    last: Sample | None


class SlowSpan(Record):
    """One of the runs of a task group that took the longest."""

    __slots__ = ()
    plural = "runs"
    time_fields = frozenset({"start"})
    duration_fields = frozenset({"duration"})
    columns = (
        Column("key", lambda r: str(r.key)),
        Column("worker", lambda r: str(r.worker or "-")),
        Column("start", lambda r: show_time(r.start), whole=True),
        Column("duration", lambda r: show_duration(r.duration), right=True),
    )
    key: str
    worker: str | None
    thread: int
    start: float
    duration: float  # of its compute action


class TaskGroup(Record):
    """The tasks of one computation that Dask counts together.

    With `slowest`, a list of SlowSpan, where one computation was asked for.
    """

    __slots__ = ()
    plural = "task groups"
    time_fields = frozenset({"first_start", "last_stop"})
    duration_fields = frozenset({"durations", "p50", "p90", "p95", "p99", "max"})
    spread_fields = frozenset({"tasks", "durations"})
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {"slowest": SlowSpan}
    columns = (
        Column("name", lambda r: str(r.name)),
        Column("prefix", lambda r: str(r.prefix)),
        Column("tasks", lambda r: str(r.tasks["total"]), right=True),
        Column("done", lambda r: str(r.tasks["memory"]), right=True),
        Column("erred", lambda r: str(r.tasks["erred"]), right=True),
        Column("blamed", lambda r: str(r.tasks["blamed"]), right=True),
        Column("compute", lambda r: show_duration(r.durations.get("compute")), right=True),
        Column("transfer", lambda r: show_duration(r.durations.get("transfer")), right=True),
        Column("bytes", lambda r: format_bytes(r.nbytes), right=True),
        Column("dependencies", lambda r: ", ".join(r.dependencies)),
    )
    name: str
    prefix: str
    tasks: dict[str, int]
    runs: int
    durations: dict[str, float]
    nbytes: int
    types: dict[str, int]
    first_start: float | None
    last_stop: float | None
    dependencies: list[str]
    p50: float | None  # of the compute actions
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class Computation(Record):
    """What Dask calls a Computation."""

    __slots__ = ()
    plural = "computations"
    time_fields = frozenset({"start", "stop", "last_stop"})
    duration_fields = frozenset({"duration"})
    spread_fields = frozenset({"tasks"})
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {"groups": TaskGroup}
    columns = (
        Column("id", lambda r: str(r.id), right=True),
        Column("cluster", lambda r: str(r.cluster_id), right=True),
        Column("state", lambda r: str(r.state), whole=True),
        Column("start", lambda r: show_time(r.start), whole=True),
        Column("duration", lambda r: show_duration(r.duration), right=True),
        Column("tasks", lambda r: f"{r.tasks['memory']}/{r.tasks['total']}", right=True),
        Column("erred", lambda r: str(r.tasks["erred"]), right=True),
        Column("code", lambda r: one_line(r.code[0]["text"] if r.code else "")),
    )
    id: int
    dask_id: str
    cluster_id: int
    scheduler_id: str
    start: float
    stop: float | None
    duration: float | None
    state: str
    client: str | None
    code: list[dict[str, Any]]
    annotations: dict[str, Any]
    tags: list[list[str]]
    tasks: dict[str, int]
    spans: int
    spans_expired: int
    exceptions: int
    last_stop: float | None  # of the last run that was recorded
    groups_left_out: int
    groups: RecordList[TaskGroup]


class Action(Record):
    __slots__ = ()
    plural = "actions"
    time_fields = frozenset({"start", "stop"})
    columns = (
        Column("action", lambda r: str(r.action)),
        Column("start", lambda r: show_time(r.start), whole=True),
        Column("duration", lambda r: show_duration(r.stop - r.start), right=True),
    )
    action: str
    start: float
    stop: float


class Span(Record):
    """One finished run of one task."""

    __slots__ = ()
    plural = "spans"
    time_fields = frozenset({"start", "stop"})
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {"actions": Action}
    columns = (
        Column("key", lambda r: str(r.key)),
        Column("status", lambda r: str(r.status), whole=True),
        Column("worker", lambda r: str(r.worker or "-")),
        Column("start", lambda r: show_time(r.start), whole=True),
        Column(
            "duration", lambda r: show_duration(None if r.start is None else r.stop - r.start), right=True
        ),
        Column("bytes", lambda r: format_bytes(r.nbytes) if r.nbytes >= 0 else "-", right=True),
        Column("type", lambda r: str(r.type or "-")),
    )
    key: str
    group: str
    worker: str | None
    thread: int
    status: str
    nbytes: int
    type: str | None
    start: float | None  # None when Dask timed nothing of it
    stop: float | None
    actions: RecordList[Action]


class FoundSpan(Span):
    """One finished run of the task that was looked for."""

    __slots__ = ()
    cluster_id: int
    computation_id: int


class Event(Record):
    """What one of Dask's brokers logged."""

    __slots__ = ()
    plural = "events"
    time_fields = frozenset({"time"})
    columns = (
        Column("time", lambda r: show_time(r.time), whole=True),
        Column("topic", lambda r: str(r.topic)),
        Column("payload", lambda r: json.dumps(r.payload, ensure_ascii=False)),
    )
    id: int
    cluster_id: int
    topic: str
    time: float
    payload: Any
    truncated: bool


class TaskException(Record):
    """One task that erred, and how many it took with it."""

    __slots__ = ()
    plural = "exceptions"
    time_fields = frozenset({"time"})
    columns = (
        Column("time", lambda r: show_time(r.time), whole=True),
        Column("cluster", lambda r: str(r.cluster_id), right=True),
        Column("type", lambda r: str(r.type)),
        Column("message", lambda r: one_line(r.message)),
        Column("key", lambda r: str(r.key)),
        Column("blamed", lambda r: str(r.blamed), right=True),
    )
    id: int
    cluster_id: int
    scheduler_id: str
    computation_id: int | None
    group_id: int | None
    key: str
    group: str
    workers: list[str]
    type: str
    message: str
    traceback: str
    time: float
    attempt: int
    blamed: int
    truncated: bool


class ExceptionGroup(Record):
    """The exceptions of one cluster that differ only in numbers."""

    __slots__ = ()
    plural = "groups of exceptions"
    time_fields = frozenset({"first", "last"})
    spread_fields = frozenset({"versions"})
    columns = (
        Column("last", lambda r: show_time(r.last), whole=True),
        Column("cluster", lambda r: str(r.cluster_id), right=True),
        Column("count", lambda r: str(r.count), right=True),
        Column("type", lambda r: str(r.type)),
        Column("message", lambda r: one_line(r.message)),
    )
    id: int
    cluster_id: int
    scheduler_id: str
    cluster_name: str
    user: str
    versions: dict[str, str]
    fingerprint: str
    type: str
    message: str
    traceback: str
    count: int
    blamed: int
    first: float
    last: float
