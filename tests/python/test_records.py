from __future__ import annotations

import copy
import io
import pickle
import sys
from typing import Any

import fake_hub
import pytest
import rich.console

from pilothouse._listing import RecordList, one_line, show_duration, show_time
from pilothouse._records import Cluster, Computation, Event, Span, TaskException, TaskGroup, Worker

START = 1_769_953_510.123456


def clusters(*records: dict[str, Any]) -> RecordList[Cluster]:
    return RecordList([Cluster(record) for record in records], Cluster)


def test_fields_are_attributes_and_times_seconds() -> None:
    record = Cluster(
        fake_hub.cluster(desired_state={"state": "stopped", "requested_us": 5, "observed_us": None})
    )
    assert isinstance(record, dict)
    assert record.id == record["id"] == 1
    assert record.start == pytest.approx(START, abs=1e-6)
    assert record.stop is None
    assert "start_us" not in record
    assert record.desired_state is not None
    assert record.desired_state.requested == pytest.approx(5e-6)
    assert record.desired_state.observed is None


def test_nested_records() -> None:
    record = Computation(fake_hub.computation())
    group = record.groups[0]
    assert isinstance(group, TaskGroup)
    assert group.durations == {"compute": 1.5, "transfer": 0.25}
    assert group.first_start == record.start
    assert record.duration == 2.5


def test_what_users_wrote_is_left_alone() -> None:
    assert Event(fake_hub.event()).payload == {"action": "add-worker", "nested_us": 7}
    assert Computation(fake_hub.computation()).annotations == {"start_us": 5}


def test_unknown_fields_say_what_there_is() -> None:
    record = Cluster(fake_hub.cluster())
    with pytest.raises(AttributeError, match=r"Cluster has no field 'stat'; it has id, scheduler_id"):
        _ = record.stat
    assert "scheduler_id" in dir(record)


def test_records_are_copied_and_pickled() -> None:
    record = Computation(fake_hub.computation())
    for twin in (copy.copy(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert twin == record
        assert type(twin) is Computation
        assert type(twin.groups[0]) is TaskGroup


def test_lists_are_lists() -> None:
    records = clusters(fake_hub.cluster(1), fake_hub.cluster(2))
    assert isinstance(records, list)
    assert records[0].id == 1
    assert [record.id for record in records[1:]] == [2]
    assert isinstance(records[1:], RecordList)
    assert repr(records) == "<2 clusters>"
    assert repr(clusters()) == "<0 clusters>"
    assert pickle.loads(pickle.dumps(records)) == records


def test_printed_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = str(clusters(fake_hub.cluster(1, name="nightly"), fake_hub.cluster(2, status="lost")))
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    assert lines[0].split()[:4] == ["id", "name", "status", "user"]
    assert "nightly" in lines[2]
    assert "2026-02-01T13:45:10Z" in lines[2]
    assert "1 min 30 s" in lines[2]
    assert "\x1b" not in text


def test_empty_and_long_lists_say_so() -> None:
    assert "no clusters" in str(clusters())
    long = clusters(*(fake_hub.cluster(number) for number in range(130)))
    assert "and 30 more" in str(long)
    assert "and 30 more" in long._repr_html_()
    assert "no clusters" in clusters()._repr_html_()


def test_rich_shows_markup_as_it_is() -> None:
    console = rich.console.Console(width=200, record=True, file=io.StringIO())
    console.print(clusters(fake_hub.cluster(name="[bold]x[/bold]")))
    assert "[bold]x[/bold]" in console.export_text()


def test_control_characters_reach_no_terminal() -> None:
    text = str(clusters(fake_hub.cluster(name="a\x1b[31mb\x07\x9b2J")))
    assert not any(c in text for c in "\x1b\x07\x9b")


def test_html_is_escaped() -> None:
    record = fake_hub.exception(message="<script>alert(1)</script>")
    page = RecordList([TaskException(record)])._repr_html_()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_every_kind_has_a_table() -> None:
    worker = Worker(
        {
            "id": 1,
            "address": "tcp://w",
            "name": "w",
            "host": "h",
            "nthreads": 2,
            "memory_limit": 1 << 30,
            "joined_us": 1,
            "left_us": 2,
            "expected": False,
            "reason": None,
            "processing": 0,
            "processing_keys": [],
            "lost_results": 1,
            "lost_scattered": 0,
            "last": None,
        }
    )
    span = Span(
        {
            "key": "k",
            "group": "g",
            "worker": None,
            "thread": 1,
            "status": "memory",
            "nbytes": -1,
            "type": None,
            "start_us": 0,
            "stop_us": 1500,
            "actions": [{"action": "compute", "start_us": 0, "stop_us": 1500}],
        }
    )
    records: list[RecordList[Any]] = [
        RecordList([worker]),
        RecordList([span]),
        span.actions,
        RecordList([Event(fake_hub.event())]),
        RecordList([TaskException(fake_hub.exception())]),
        RecordList([Computation(fake_hub.computation())]),
        Computation(fake_hub.computation()).groups,
    ]
    for record in records:
        assert str(record).strip()
        assert record._repr_html_().startswith("<table>")
        assert repr(record[0]).startswith(f"<{type(record[0]).__name__} ")


class TestToPandas:
    @pytest.fixture(autouse=True)
    def pandas(self) -> Any:
        return pytest.importorskip("pandas")

    def test_times_and_durations(self, pandas: Any) -> None:
        unit = "us" if int(pandas.__version__.partition(".")[0]) >= 2 else "ns"
        frame = RecordList(
            [Computation(fake_hub.computation()), Computation(fake_hub.computation(2, stop_us=None))]
        )
        data = frame.to_pandas()
        assert str(data.start.dtype) == f"datetime64[{unit}, UTC]"
        assert data.start[0].isoformat() == "2026-02-01T13:45:10.123456+00:00"
        assert data.stop.isna().tolist() == [False, True]
        assert str(data.duration.dtype) == f"timedelta64[{unit}]"
        assert data.duration[0].total_seconds() == 2.5
        assert data["tasks.total"].tolist() == [4, 4]

    def test_groups(self) -> None:
        data = Computation(fake_hub.computation()).groups.to_pandas()
        assert data["durations.compute"][0].total_seconds() == 1.5
        assert data.first_start[0].isoformat() == "2026-02-01T13:45:10.123456+00:00"

    def test_all_times_absent(self) -> None:
        data = clusters(fake_hub.cluster()).to_pandas()
        assert str(data.stop.dtype).endswith(", UTC]")
        assert data["workers.now"][0] == 2

    def test_empty(self) -> None:
        assert len(clusters().to_pandas()) == 0


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        clusters().to_pandas()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0.0034, "3 ms"), (2.55, "2.5 s"), (75, "1 min 15 s"), (7260, "2 h 1 min")],
)
def test_show_duration(seconds: float | None, text: str) -> None:
    assert show_duration(seconds) == text


def test_small_texts() -> None:
    assert show_time(None) == "-"
    assert one_line("\n  x = 1\ny") == "x = 1"
    assert one_line(None) == ""


def test_a_span_that_dask_did_not_time_prints_all_the_same() -> None:
    untimed = Span(
        {
            "key": "x",
            "group": "x",
            "worker": None,
            "thread": 0,
            "status": "memory",
            "nbytes": -1,
            "type": None,
            "start_us": None,
            "stop_us": None,
            "actions": [],
        }
    )
    assert untimed.start is None
    assert "x" in str(RecordList([untimed], Span))
