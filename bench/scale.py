"""``make bench-scale``: a hub that holds very much, beside one that holds a hundredth of it."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from processes import HubProcess
from programs import column, database_bytes, run
from table import Table

LESS = 100
SPANS = 100_000  # of an ordinary computation
LISTED = "computations with groups, the newest 10"  # the small hub has no more


def get(hub: HubProcess, target: str) -> Any:
    request = urllib.request.Request(hub.address + target, headers={"Authorization": f"Bearer {hub.token}"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def memory(hub: HubProcess) -> str:
    """Now, and at most since the start."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{hub.pid}/status").read_text().splitlines())
    now, peak = (int(status[name].split()[0]) >> 10 for name in ("VmRSS", "VmHWM"))
    return f"{now} MiB, at most {peak} MiB"


def fill(build: Path, hub: HubProcess, spans: int, clusters: int) -> int:
    """A computation with a tenth of the spans (number 1), the rest in ordinary ones, and clusters without any."""
    began = time.monotonic()
    whole = max(spans // 10, 1)
    parts = max((spans - whole) // SPANS, 1)
    sent = run(build, "fill", "--spans", whole, hub=hub)["fill"][0]["spans"]
    each = ("--spans", (spans - whole) // parts, "--seed", 1000)
    sent += run(build, "fill", *each, "--clusters", parts, "--senders", 4, hub=hub)["fill"][0]["spans"]
    filled = time.monotonic() - began
    none = ("--spans", 0, "--seed", 10_000_000)
    run(build, "fill", *none, "--clusters", clusters, "--senders", 16, hub=hub)
    print(
        f"  {sent:,} spans in {filled:.0f} s, {clusters + parts + 1:,} clusters in "
        f"{time.monotonic() - began - filled:.0f} s more; hub's memory: {memory(hub)}",
        flush=True,
    )
    return sent


def questions(hub: HubProcess) -> dict[str, str]:
    timeline = "/api/v1/computations/1/timeline?width=2000&lanes=64"
    view = get(hub, timeline)
    begin, wide = view["from_us"], view["to_us"] - view["from_us"]

    def zoomed(times: int) -> str:
        middle = begin + wide // 2
        return f"{timeline}&from={middle}&to={middle + max(wide // times, 1)}"

    return {
        "clusters, the newest 100": "/api/v1/clusters?limit=100",
        LISTED: "/api/v1/computations?limit=10",
        "clusters, the whole history searched": "/api/v1/clusters?limit=100&text=bench-1000-7",
        "timeline, first view": timeline,
        "timeline, a hundredth": zoomed(100),
        "timeline, a ten-thousandth": zoomed(10_000),
        "runs of tasks, the first 100": "/api/v1/computations/1/spans?limit=100",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the CMake build directory")
    parser.add_argument("--spans", type=int, default=100_000_000)
    parser.add_argument("--clusters", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        small = HubProcess(Path(name) / "small", 0, "--rate-limit", "0")
        large = HubProcess(Path(name) / "large", 0, "--rate-limit", "0")
        try:
            fill(options.build, small, options.spans // LESS, options.clusters // LESS)
            spans = fill(options.build, large, options.spans, options.clusters)
            of_small, of_large = questions(small), questions(large)
            asked = [word for q in of_small for word in ("--question", q, of_small[q], of_large[q])]
            lines = run(
                options.build,
                "ask",
                *asked,
                *("--large-address", large.address, "--large-token", large.token),
                *("--rounds", options.rounds),
                hub=small,
            )
            for question in of_small:
                times = [[1e3 * s for s in column(lines, question, size)] for size in ("large", "small")]
                at_most = 1.2 if question == LISTED else None
                table.pairs(question, f"at 1/{LESS} of the size", "ms", *times, at_most=at_most)
            print(f"  hub's memory after all questions: {memory(large)}")
        finally:
            small.stop()
            large.stop()
        print(f"  {database_bytes(large) / spans:.1f} B/span on disk, everything included")
    print(f"\n{table}")


if __name__ == "__main__":
    main()
