"""The hub's REST interface, as Python."""

from __future__ import annotations

import json
import operator
import os
import re
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, Union
from urllib.parse import urlencode

import urllib3
from dask.utils import parse_timedelta

from pilothouse._config import (
    ConfigError,
    Settings,
    parse_address,
    parse_ca_file,
    parse_text,
    parse_token,
    resolve_hub,
)
from pilothouse._listing import Record, RecordList
from pilothouse._records import (
    Cluster,
    Computation,
    Event,
    ExceptionGroup,
    FoundSpan,
    Span,
    TaskException,
    Worker,
)
from pilothouse._tls import client_context, explain

if TYPE_CHECKING:
    from typing_extensions import Self

#: A duration before now as Dask writes them ("7 days", 3600, timedelta), or a time (datetime, ISO 8601).
Since = Union[str, float, timedelta, datetime]

_PAGE = 1000
_LONGEST_WAIT = 5.0
_R = TypeVar("_R", bound=Record)


class HubError(Exception):
    """The hub could not be asked, or refused. `status` is its HTTP status, `code` its word for the error."""

    def __init__(self, message: str, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class HubUnreachable(HubError):
    """Nobody answers at the hub's address."""


class Unauthorized(HubError):
    """The token is missing or wrong, or does not allow this."""


class NotFound(HubError):
    """The hub has no such cluster, computation or workspace."""


class BadRequest(HubError):
    """The hub does not accept what it was asked."""


class _Retry(urllib3.Retry):
    """Waits as long as a hub asks for that has too much to do, but not for ever."""

    RETRY_AFTER_STATUS_CODES = frozenset({429})

    def get_retry_after(self, response: Any) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, _LONGEST_WAIT)


class Hub:
    """A hub to ask and to steer clusters with. Threads may share one; a forked child makes its own.

    What is not given comes from Dask's configuration, section ``pilothouse``, then from this machine's hub.
    """

    def __init__(
        self,
        address: str | None = None,
        token: str | None = None,
        workspace: str | None = None,
        timeout: float = 30,
        *,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        settings = Settings.load()
        where = resolve_hub(
            _given("address", address, parse_address) or settings.address,
            _given("token", token, parse_token) or settings.token,
            _given("workspace", workspace, parse_text) or settings.workspace,
            _given("ca_file", ca_file, parse_ca_file) or settings.ca_pem,
        )
        self.address = where.address
        self.workspace = where.workspace
        headers = {"Accept": "application/json", "User-Agent": "pilothouse-python"}
        if where.token is not None:
            headers["Authorization"] = f"Bearer {where.token}"
        tls: dict[str, Any] = {}
        if self.address.startswith("https:"):
            tls = {"ssl_context": client_context(where.ca_pem), "cert_reqs": "CERT_REQUIRED"}
        self._pool = urllib3.PoolManager(
            headers=headers,
            **tls,
            timeout=urllib3.Timeout(total=timeout),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def __repr__(self) -> str:
        return f"<Hub {self.address}>"

    def shutdown(self) -> None:
        """Give the connections back. Nothing happens to any cluster."""
        self._pool.clear()

    def list_clusters(
        self,
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
        parameters = self._filters(workspace, since, until, user, status, text)
        return self._list("/clusters", parameters, Cluster, limit)

    def list_computations(
        self,
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
        parameters = self._filters(workspace, since, until, user, status, text)
        parameters.update(_one_cluster(cluster_id, scheduler_id))
        return self._list("/computations", parameters, Computation, limit)

    def list_events(
        self,
        cluster_id: int,
        *,
        topic: str | None = None,
        since: Since | None = None,
        until: Since | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> RecordList[Event]:
        """What a cluster's brokers logged, newest first."""
        parameters = self._filters(None, since, until, None, None, text)
        parameters["topic"] = topic
        return self._list(f"/clusters/{_id(cluster_id, 'cluster_id')}/events", parameters, Event, limit)

    def list_exceptions(
        self,
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
        parameters = self._filters(workspace, since, until, user, status, text)
        parameters.update(_one_cluster(cluster_id, scheduler_id), type=type)
        return self._list("/exceptions", parameters, TaskException, limit)

    def list_exception_groups(
        self,
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
    ) -> RecordList[ExceptionGroup]:
        """The exceptions of each cluster, those that differ only in numbers counted as one."""
        parameters = self._filters(workspace, since, until, user, status, text)
        parameters.update(_one_cluster(cluster_id, scheduler_id), type=type)
        return self._list("/exceptions/groups", parameters, ExceptionGroup, limit)

    def find_spans(
        self,
        key: str,
        *,
        cluster_id: int | None = None,
        computation_id: int | None = None,
        limit: int | None = None,
    ) -> RecordList[FoundSpan]:
        """The runs of the task with this key, wherever it ran."""
        number = None if computation_id is None else _id(computation_id, "computation_id")
        parameters = {"key": key, "cluster_id": _one_cluster(cluster_id, None)["cluster_id"]}
        return self._list("/spans", {**parameters, "computation_id": number}, FoundSpan, limit)

    def list_workers(self, cluster_id: int, *, limit: int | None = None) -> RecordList[Worker]:
        """The workers a cluster has and had, newest first."""
        return self._list(f"/clusters/{_id(cluster_id, 'cluster_id')}/workers", {}, Worker, limit)

    def list_spans(
        self,
        computation_id: int,
        *,
        status: str | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> RecordList[Span]:
        """The runs of a computation's tasks. `status` is memory or erred, `text` a part of the key."""
        path = f"/computations/{_id(computation_id, 'computation_id')}/spans"
        return self._list(path, {"status": status, "text": text}, Span, limit)

    def get_cluster(self, cluster_id: int) -> Cluster:
        return Cluster(self._ask("GET", f"/clusters/{_id(cluster_id, 'cluster_id')}"))

    def get_computation(self, computation_id: int) -> Computation:
        return Computation(self._ask("GET", f"/computations/{_id(computation_id, 'computation_id')}"))

    def close(
        self, cluster_id: int, *, wait: bool = True, timeout: str | float | timedelta = "60 s"
    ) -> Cluster:
        """Ask a cluster to stop, and wait until the hub has seen its end.

        A cluster that has ended already is left as it is. Raises TimeoutError when `timeout` passes first;
        the request stays with the hub and is carried out as soon as the cluster hears of it.
        """
        number = _id(cluster_id, "cluster_id")
        patience = float(parse_timedelta(timeout))
        deadline = time.monotonic() + patience
        cluster = Cluster(self._ask("POST", f"/clusters/{number}/desired-state", body={"state": "stopped"}))
        pause = 0.05
        while wait and not _has_ended(cluster):
            left = deadline - time.monotonic()
            if left <= 0:
                desired = cluster.desired_state
                heard = "has heard of it" if desired and desired.acknowledged else "has not heard of it yet"
                raise TimeoutError(f"cluster {number} has not stopped within {patience:g} s; it {heard}")
            time.sleep(min(pause, left))
            pause = min(pause * 2, 1.0)
            cluster = self.get_cluster(number)
        return cluster

    def _filters(
        self,
        workspace: str | None,
        since: Since | None,
        until: Since | None,
        user: str | None,
        status: str | None,
        text: str | None,
    ) -> dict[str, Any]:
        return {
            "workspace": workspace or self.workspace,
            "since": _moment(since, "since"),
            "until": _moment(until, "until"),
            "user": user,
            "status": status,
            "text": text,
        }

    def _list(
        self, path: str, parameters: Mapping[str, Any], kind: type[_R], limit: int | None
    ) -> RecordList[_R]:
        if limit is not None and _id(limit, "limit") < 1:
            raise ValueError(f"limit must be at least 1, not {limit}; None means all")
        records: RecordList[_R] = RecordList((), kind)
        cursor = None
        while limit is None or len(records) < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - len(records))
            page = self._ask("GET", path, {**parameters, "limit": size, "cursor": cursor})
            if not isinstance(page.get("items"), list) or "next" not in page:
                raise HubError(f"{self.address}{path} answers no listing; is a Pilothouse hub there?")
            records.extend(kind(item) for item in page["items"])
            cursor = page["next"]
            if cursor is None:
                break
        return records

    def _ask(
        self, method: str, path: str, parameters: Mapping[str, Any] | None = None, body: Any = None
    ) -> dict[str, Any]:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        url = f"{self.address}/api/v1{path}" + (f"?{urlencode(given)}" if given else "")
        extra: dict[str, Any] = {}
        if body is not None:
            extra["body"] = json.dumps(body).encode()
            extra["headers"] = {**self._pool.headers, "Content-Type": "application/json"}
        try:
            response = self._pool.request(method, url, retries=_retries(method), **extra)
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from None
        return self._object(response.status, response.data)

    def _unreachable(self, error: urllib3.exceptions.HTTPError) -> HubUnreachable:
        if (no_tls := _ssl_error(error)) is not None:
            return HubUnreachable(explain(no_tls, self.address))
        return HubUnreachable(
            f"no answer from the hub at {self.address} ({_reason(error)}). "
            "Is it running? Start one with: pilothouse serve"
        )

    def _object(self, status: int, body: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(body)
            if not isinstance(answer, dict):
                raise TypeError
        except (ValueError, TypeError, RecursionError):
            raise HubError(
                f"{self.address} answers {status} without a JSON object; is a Pilothouse hub there?", status
            ) from None
        if status >= 300:
            raise _error(status, answer, self.address)
        return answer


def _retries(method: str) -> urllib3.Retry:
    # A kept connection may have died meanwhile; what a POST asked for may have been done already. Of what is
    # answered 429 nothing was done. A redirect would carry the token away.
    return _Retry(
        total=4,
        connect=0,
        read=1 if method == "GET" else 0,
        redirect=False,
        status=3,
        status_forcelist=(429,),
        allowed_methods=None,
        raise_on_status=False,
    )


def _given(name: str, value: Any, parse: Callable[[Any], str]) -> str | None:
    try:
        return None if value is None else parse(value)
    except ValueError as error:
        raise ConfigError(f"{name} {error}") from None


def _error(status: int, answer: Mapping[str, Any], address: str) -> HubError:
    told = answer.get("error")
    code, message = None, f"the hub answers {status}"
    if isinstance(told, Mapping):
        code, message = str(told.get("code")), str(told.get("message"))
    if status == 401:
        hint = "Set DASK_PILOTHOUSE__TOKEN, or pilothouse.token in Dask's configuration, to the hub's token."
        return Unauthorized(f"{message} ({address}). {hint}", status, code)
    kinds: Mapping[int, type[HubError]] = {400: BadRequest, 403: Unauthorized, 404: NotFound, 405: BadRequest}
    return kinds.get(status, HubError)(message, status, code)


def _ssl_error(error: BaseException) -> ssl.SSLError | None:
    """OpenSSL's own error in what urllib3 wrapped it with."""
    for _ in range(8):
        inner = getattr(error, "reason", None)
        if isinstance(inner, BaseException):
            error = inner
        elif isinstance(error, ssl.SSLError):
            return error
        elif error.args and isinstance(error.args[-1], BaseException):
            error = error.args[-1]
        else:
            break
    return None


def _reason(error: urllib3.exceptions.HTTPError) -> str:
    cause: BaseException = error
    if isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason is not None:
        cause = error.reason
    root = cause.__cause__ or cause.__context__
    if isinstance(root, OSError) and root.strerror:
        return root.strerror.lower()
    return str(cause).rpartition(": ")[2]


def _has_ended(cluster: Cluster) -> bool:
    desired = cluster.desired_state
    return cluster.status != "running" or (desired is not None and desired.observed is not None)


def _one_cluster(cluster_id: int | None, scheduler_id: str | None) -> dict[str, Any]:
    if cluster_id is not None and scheduler_id is not None:
        raise ValueError("give cluster_id or scheduler_id, not both")
    if scheduler_id is not None and not isinstance(scheduler_id, str):
        raise TypeError(
            f"scheduler_id must be text, not {scheduler_id!r}; the hub's number goes into cluster_id"
        )
    number = None if cluster_id is None else _id(cluster_id, "cluster_id")
    return {"cluster_id": number, "scheduler_id": scheduler_id}


def _id(value: Any, name: str) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        hint = "; a scheduler's id goes into scheduler_id" if name == "cluster_id" else ""
        raise TypeError(f"{name} must be an integer, not {value!r}{hint}") from None


def _moment(value: Since | None, name: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone().isoformat()
    try:
        seconds = float(parse_timedelta(value))
        return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError):
        if isinstance(value, str) and re.match(r"\s*\d{4}-\d\d-\d\d", value):
            return value.strip()
    raise ValueError(
        f'{name} must be a duration like "7 days" or a time like 2026-02-01T12:00, not {value!r}'
    )
