"""The module's functions: the same as a Hub's, with the hub of the configuration."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

from pilothouse._config import HubLocation, Settings
from pilothouse._hub import Hub, Since
from pilothouse._listing import RecordList
from pilothouse._records import Cluster, Computation, Event, Span, TaskException, Worker

_lock = threading.Lock()
_default: tuple[int, HubLocation, Hub] | None = None  # guarded by _lock


def _hub() -> Hub:
    """The default hub, made anew when the configuration changes or in a forked child."""
    global _default
    where = Settings.load().resolve_hub()
    with _lock:
        if _default is None or _default[:2] != (os.getpid(), where):
            _default = (os.getpid(), where, Hub(where.address, where.token, where.workspace))
        return _default[2]


def list_clusters(
    workspace: str | None = None,
    since: Since | None = "7 days",
    user: str | None = None,
    *,
    until: Since | None = None,
    status: str | None = None,
    text: str | None = None,
    limit: int | None = None,
) -> RecordList[Cluster]:
    """Clusters, newest first. `since=None` means all of history, `limit=None` all of them."""
    return _hub().list_clusters(workspace, since, user, until=until, status=status, text=text, limit=limit)


def list_computations(
    cluster_id: int | None = None,
    scheduler_id: str | None = None,
    *,
    since: Since | None = None,
    until: Since | None = None,
    user: str | None = None,
    status: str | None = None,
    text: str | None = None,
    workspace: str | None = None,
    limit: int | None = None,
) -> RecordList[Computation]:
    """Computations of one cluster, or of all, newest first."""
    return _hub().list_computations(
        cluster_id,
        scheduler_id,
        since=since,
        until=until,
        user=user,
        status=status,
        text=text,
        workspace=workspace,
        limit=limit,
    )


def list_events(
    cluster_id: int,
    *,
    topic: str | None = None,
    since: Since | None = None,
    until: Since | None = None,
    text: str | None = None,
    limit: int | None = None,
) -> RecordList[Event]:
    """What a cluster's brokers logged, newest first."""
    return _hub().list_events(cluster_id, topic=topic, since=since, until=until, text=text, limit=limit)


def list_exceptions(
    workspace: str | None = None,
    since: Since | None = "7 days",
    user: str | None = None,
    cluster_id: int | None = None,
    scheduler_id: str | None = None,
    *,
    until: Since | None = None,
    status: str | None = None,
    type: str | None = None,
    text: str | None = None,
    limit: int | None = None,
) -> RecordList[TaskException]:
    """Tasks that erred, newest first. `type` is the exception's, `status` that of the clusters."""
    return _hub().list_exceptions(
        workspace,
        since,
        user,
        cluster_id,
        scheduler_id,
        until=until,
        status=status,
        type=type,
        text=text,
        limit=limit,
    )


def list_workers(cluster_id: int, *, limit: int | None = None) -> RecordList[Worker]:
    """The workers a cluster has and had, newest first."""
    return _hub().list_workers(cluster_id, limit=limit)


def list_spans(
    computation_id: int, *, status: str | None = None, text: str | None = None, limit: int | None = None
) -> RecordList[Span]:
    """The runs of a computation's tasks. `status` is memory or erred, `text` a part of the key."""
    return _hub().list_spans(computation_id, status=status, text=text, limit=limit)


def close(cluster_id: int, *, wait: bool = True, timeout: str | float | timedelta = "60 s") -> Cluster:
    """Ask a cluster to stop, and wait until the hub has seen its end. See `Hub.close`."""
    return _hub().close(cluster_id, wait=wait, timeout=timeout)
