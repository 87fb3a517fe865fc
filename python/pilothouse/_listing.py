"""Lists of records: what they look like in a terminal, in a notebook and as a data frame."""

from __future__ import annotations

import html
import io
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar, Generic, SupportsIndex, TypeVar, overload

import rich.box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas

_SHOWN = 100
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_STYLES = {
    "running": "green",
    "done": "cyan",
    "stopped": "cyan",
    "lost": "yellow",
    "cancelled": "yellow",
    "erred": "red",
}


@dataclass(frozen=True)
class Column:
    """One column of a shown list; `text` takes the record."""

    title: str
    text: Callable[[Any], str]
    right: bool = False
    whole: bool = False  # never cut, as numbers are not


class Record(dict[str, Any]):
    """One answer of the hub: a dictionary whose fields are attributes as well.

    Times are seconds since the Unix epoch, durations seconds, both floats as Dask's own.
    """

    __slots__ = ()

    plural: ClassVar[str] = "records"
    columns: ClassVar[tuple[Column, ...]] = ()
    # Fields that hold records themselves, alone or in lists.
    nested_fields: ClassVar[Mapping[str, type[Record]]] = {}
    # For data frames: fields that are durations though times otherwise, and dictionaries that become columns.
    duration_fields: ClassVar[frozenset[str]] = frozenset()
    time_fields: ClassVar[frozenset[str]] = frozenset()
    spread_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """`fields` as the hub sends them: microseconds in fields whose names end in ``_us``."""
        super().__init__()
        for name, value in fields.items():
            if name.endswith("_us"):
                self[name[: -len("_us")]] = _seconds(value)
            elif name in self.nested_fields:
                self[name] = _nest(self.nested_fields[name], value)
            else:
                self[name] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"{type(self).__name__} has no field {name!r}; it has {', '.join(self)}"
            ) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self})

    def __repr__(self) -> str:
        shown = ", ".join(f"{column.title}={_printable(column.text(self))}" for column in self.columns[:4])
        return f"<{type(self).__name__} {shown}>"


R = TypeVar("R", bound=Record)


class RecordList(list[R], Generic[R]):
    """A list of records that shows itself as a table."""

    def __init__(self, records: Iterable[R] = (), kind: type[R] | None = None) -> None:
        super().__init__(records)
        self._kind: type[Record] = kind or (type(self[0]) if self else Record)

    @overload
    def __getitem__(self, index: SupportsIndex) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> RecordList[R]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> R | RecordList[R]:
        if isinstance(index, slice):
            part: RecordList[R] = RecordList(super().__getitem__(index))
            part._kind = self._kind
            return part
        return super().__getitem__(index)

    def __repr__(self) -> str:
        return f"<{len(self)} {self._kind.plural}>"

    def __str__(self) -> str:
        out = io.StringIO()
        width = shutil.get_terminal_size((160, 50)).columns
        Console(file=out, width=width, color_system=None, legacy_windows=False).print(self.__rich__())
        return out.getvalue().rstrip("\n")

    def __rich__(self) -> Table:
        table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False, caption=self._more(), caption_justify="left")
        for column in self._kind.columns:
            # A column that may not wrap keeps its width: where room is short, texts are cut, numbers are not.
            table.add_column(
                column.title,
                justify="right" if column.right else "left",
                no_wrap=column.right or column.whole,
            )
        for record in self[:_SHOWN]:
            table.add_row(*(self._cell(column, record) for column in self._kind.columns))
        return table

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(column.title)}</th>" for column in self._kind.columns)
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{html.escape(column.text(record))}</td>" for column in self._kind.columns)
            + "</tr>"
            for record in self[:_SHOWN]
        )
        more = self._more()
        foot = f"<p>{html.escape(more)}</p>" if more else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{foot}"

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame: times as datetime64[us, UTC], durations as timedelta64[us]; [ns] before pandas 2."""
        try:
            import pandas as pd
        except ImportError:
            raise ImportError(
                "to_pandas needs pandas, which is not installed. Run: pip install pandas"
            ) from None
        rows = [dict(_spread(record)) for record in self]
        names = dict.fromkeys(name for row in rows for name in row)
        columns: dict[str, Any] = {}
        for name in names or dict.fromkeys(column.title for column in self._kind.columns):
            values = [row.get(name) for row in rows]
            if name in self._kind.time_fields:
                columns[name] = _resolution(pd.to_datetime(_micros(pd, values), unit="us", utc=True))
            elif name.partition(".")[0] in self._kind.duration_fields:
                columns[name] = _resolution(pd.to_timedelta(_micros(pd, values), unit="us"))
            else:
                columns[name] = pd.Series(values)
        return pd.DataFrame(columns)

    def _more(self) -> str | None:
        if not self:
            return f"no {self._kind.plural}"
        return f"and {len(self) - _SHOWN} more" if len(self) > _SHOWN else None

    def _cell(self, column: Column, record: Record) -> Text:
        text = _printable(column.text(record))
        style = _STYLES.get(text, "") if column.title in ("status", "state") else ""
        return Text(text, style, no_wrap=True, overflow="ellipsis")


def _printable(text: str) -> str:
    """Without the characters that steer a terminal: what is shown was written by others."""
    return _STEERING.sub(lambda found: " " if found[0] in "\t\n\r" else "\ufffd", text)


def show_time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def show_duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"


def one_line(text: str | None) -> str:
    """The first line of a text that has something in it."""
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "")


def _seconds(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _seconds(part) for name, part in value.items()}
    return value / 1e6 if isinstance(value, (int, float)) else value


def _nest(kind: type[Record], value: Any) -> Any:
    if isinstance(value, Mapping):
        return kind(value)
    if isinstance(value, list):
        return RecordList((kind(part) for part in value), kind)
    return value


def _spread(record: Record) -> Iterable[tuple[str, Any]]:
    for name, value in record.items():
        if name in record.spread_fields and isinstance(value, Mapping):
            yield from ((f"{name}.{part}", held) for part, held in value.items())
        else:
            yield name, value


def _resolution(column: Any) -> Any:
    return column.dt.as_unit("us") if hasattr(column.dt, "as_unit") else column


def _micros(pd: Any, values: list[Any]) -> Any:
    return pd.Series([None if value is None else round(value * 1e6) for value in values], dtype="Int64")
