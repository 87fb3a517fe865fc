"""What the hub is measured by: ingest, bytes, questions."""

from __future__ import annotations

from pathlib import Path

from processes import HubProcess
from programs import Lines, NullServer, column, database_bytes, run
from table import Table


def spans_per(lines: Lines, what: str, field: str) -> list[float]:
    return [line["spans"] / line[field] for line in lines[what]]


def ingest(table: Table, build: Path, directory: Path, rounds: int, bodies: int) -> None:
    hub = HubProcess(directory / "ingest", 0, "--rate-limit", "0")
    null = NullServer(build, directory)
    try:
        lines = run(
            build,
            "ingest",
            *("--pid", hub.pid, "--null", null.address, "--scratch", directory),
            *("--rounds", rounds, "--bodies", bodies),
            hub=hub,
        )
    finally:
        null.stop()
        hub.stop()
    rows = "SQLite rows, synchronous=FULL"
    cpu = [spans_per(lines, what, "cpu") for what in ("hub", "rows")]
    wall = [spans_per(lines, what, "wall") for what in ("hub", "rows")]
    table.pairs("ingest: spans per CPU-second of the hub", rows, "/s", *cpu, at_least=10)
    table.pairs("ingest: spans per second, one sender", rows, "/s", *wall)
    full = column(lines, "full", "rate")
    null_rate = column(lines, "null", "rate")
    table.pairs(
        "ingest: requests of 64 KB, 8 senders", "null Beast server", "/s", full, null_rate, at_least=0.15
    )
    sync = [1e6 * s for s in column(lines, "fdatasync", "p50")]
    paced = [1e6 * s for s in column(lines, "paced", "p50")]
    crowded = [1e6 * s for s in column(lines, "full", "p50")]
    table.pairs("acknowledgement p50, 8 senders", "bare fdatasync of 64 KB", "us", paced, sync, at_most=2)
    table.pairs("the same, senders that never pause", "bare fdatasync of 64 KB", "us", crowded, sync)
    table.pairs(
        "CPU of a replayed duplicate",
        "the first time",
        "s",
        column(lines, "again", "cpu"),
        column(lines, "hub", "cpu"),
        at_most=0.05,
    )
    table.pairs(
        "ingest while lists are asked for, 20 a second",
        "ingest alone, requests",
        "/s",
        column(lines, "asked", "rate"),
        full,
        at_least=0.9,
    )


def sizes(table: Table, build: Path, directory: Path) -> None:
    lines = run(build, "tape", "--scratch", directory)
    unit = "B/span"

    def of(name: str) -> list[float]:
        return column(lines, "sizes", name)

    block = of("block_without_keys")
    table.pairs(
        "bytes without keys: span blocks", "zstd-3 of delta varints", unit, block, of("columns"), at_most=0.85
    )
    table.pairs("", "SQLite rows", unit, block, of("rows_without_keys"), at_most=0.1)
    table.pairs(
        "bytes with keys: span blocks",
        "SQLite rows",
        unit,
        of("block_with_keys"),
        of("rows_with_keys"),
        at_most=round(1 / 3, 3),
    )


def questions(table: Table, build: Path, directory: Path, rounds: int, times: int) -> None:
    """A hub with a computation of 1 million spans and 10 of 100,000, and one with so many times more."""
    small = HubProcess(directory / "small", 0, "--rate-limit", "0")
    large = HubProcess(directory / "large", 0, "--rate-limit", "0")
    try:
        whole = run(build, "fill", "--spans", 1_000_000, hub=small)
        tenth = ("--spans", 100_000, "--seed", 100)
        some = run(build, "fill", *tenth, "--clusters", 10, hub=small)
        run(build, "fill", *tenth, "--clusters", 10 * times, hub=large)
        lines = run(
            build,
            "queries",
            *("--pid", small.pid, "--scratch", directory, "--rounds", rounds),
            *("--large-address", large.address, "--large-token", large.token),
            hub=small,
        )
        grouped = run(build, "exceptions", "--scratch", directory, "--rounds", rounds, hub=large)
    finally:
        small.stop()
        large.stop()

    def milliseconds(what: str, field: str, among: Lines = lines) -> list[float]:
        return [1e3 * s for s in column(among, what, field)]

    def faster(what: str, peer: str, name: str, at_least: float | None, among: Lines = lines) -> None:
        rates = [[1 / s for s in column(among, name, field)] for field in ("hub", "peer")]
        table.pairs(what, peer, "/s", *rates, at_least=at_least)

    faster("list of computations with groups, 1M spans", "SQLite GROUP BY over rows", "list", 500)
    table.pairs(
        f"its latency at {times}M spans",
        "at 1M spans",
        "ms",
        milliseconds("scale", "hub"),
        milliseconds("scale", "peer"),
        at_most=1.2,
    )
    [shape] = lines["shape"]
    print(f"  the view has {shape['buckets']} buckets x {shape['lanes']} lanes, {shape['cells']} cells")
    faster("timeline of 1M tasks, 2000 x 64, binary", "SQLite rows", "timeline", 50)
    for form, most_bytes, most_cpu in (("binary", 0.25, 0.1), ("json", None, None)):
        for what, unit, hub, peer, at_most in (
            ("bytes", "B", column(lines, form, "bytes"), column(lines, form, "peer_bytes"), most_bytes),
            ("CPU of the hub", "ms", milliseconds(form, "hub"), milliseconds(form, "peer"), most_cpu),
        ):
            name = f"whole timeline, {form}: {what}"
            table.pairs(name, "compact JSON of all spans", unit, hub, peer, at_most=at_most)
    faster("100k exceptions grouped", "SQLite GROUP BY text", "exceptions", 500, grouped)
    spans = whole["fill"][0]["spans"] + some["fill"][0]["spans"]
    print(
        f"  the hub's database: {database_bytes(small) / spans:.1f} B/span, roll-ups and timelines included"
    )
