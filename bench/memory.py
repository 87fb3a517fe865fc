"""What a recorder adds to its scheduler's memory, with the hub away and the spool full. A process of its own."""

from __future__ import annotations

import argparse
import json
import os
import time

from hooks import Scene
from replay import replay

NOBODY = "http://127.0.0.1:9"
EVENTS = 256  # of 4 KB in a lap: the same spans over and over pack too well to fill anything
PAUSE = 0.1  # seconds for the recorder's thread to take a lap from the journal
LAPS = 400  # at most


def resident() -> float:
    """MiB of this process, shared and mapped pages included."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", required=True, help="where the spool goes")
    parser.add_argument("--tasks", type=int, default=5_000)
    options = parser.parse_args()
    scene = Scene(options.tasks)
    before = resident()
    core = scene.recorder(NOBODY, "", options.directory)
    peak = before
    laps = after_full = 0
    # Goes on for a while when it is full: spans make room for events then.
    while after_full < 20:
        assert laps < LAPS, "the spool fills"
        laps += 1
        replay(core.transition, scene.calls)
        for _ in range(EVENTS):
            payload = os.urandom(2048).hex()
            core.put("events", f'{{"topic":"bench","time_us":1,"payload":"{payload}","truncated":false}}')
        core.flush()
        time.sleep(PAUSE)
        peak = max(peak, resident())
        after_full += core.status()["drops"].get("spans", 0) > 0
    print(json.dumps({"mib": peak - before, "spans": laps * options.tasks, **core.status()["drops"]}))
    core.forked()  # nothing is to be sent
    scene.close()


if __name__ == "__main__":
    main()
