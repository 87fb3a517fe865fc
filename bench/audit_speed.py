"""How fast `pilothouse audit` reads, and in how much memory, beside bandit on the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_peers import PLACE, SCIENCE, Bandit, environment
from table import Table

GOAL = 20  # times bandit's files per CPU-second
MEMORY = 512  # MiB


@dataclass(frozen=True)
class Cost:
    """CPU seconds, and the peak of memory in MiB."""

    cpu: float
    mib: float


def _peak(pid: int) -> float:
    # VmHWM is of the program alone; the kernel's ru_maxrss also has what this process had when it forked.
    try:
        with open(f"/proc/{pid}/status") as status:
            lines = [line for line in status if line.startswith("VmHWM:")]
    except OSError:
        return 0
    return int(lines[0].split()[1]) / 1024 if lines else 0


def cost(command: Sequence[str]) -> Cost:
    """Runs a tool that may fail because of what it finds, but not end by a signal."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    mib, pid = 0.0, 0
    while pid == 0:
        time.sleep(0.005)
        mib = max(mib, _peak(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        raise RuntimeError(f"{command[0]} was ended by signal {-process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, mib)


def _sources(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name for name in folders if name not in ("__pycache__", "site-packages", "dist-packages")
        ]
        yield from (Path(folder) / name for name in names if name.endswith(".py"))


def corpus(name: str, root: Path, every: int = 1) -> tuple[Path, int]:
    """A copy of the Python files alone, so that all tools look at the same; and how many there are."""
    place = PLACE / "corpora" / name
    if not place.is_dir():
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for path in sorted(_sources(root))[::every]:
            target = part / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        part.rename(place)
    return place, sum(1 for _ in _sources(place))


def corpora(quick: bool) -> Iterator[tuple[int, str, Path, int]]:
    """In how many rounds to measure, a name, a directory and the number of its files."""
    standard = Path(sysconfig.get_path("stdlib"))
    if quick:
        yield 1, "of each 20 files of the standard library one", *corpus("stdlib-part", standard, 20)
        return
    yield 3, "standard library", *corpus("stdlib", standard)
    python = environment("science", *SCIENCE) / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    # bandit alone needs three minutes for it.
    yield 1, "scientific site-packages", *corpus("science", Path(asked.stdout.strip()))


def bench(table: Table, pilothouse: str, quick: bool) -> None:
    bandit = Bandit()
    for rounds, name, root, files in corpora(quick):
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(cost([pilothouse, "audit", "--json", str(root)]))
            theirs.append(cost(bandit.command(str(root))))
        rates = [[files / one.cpu for one in costs] for costs in (ours, theirs)]
        table.pairs(
            f"audit: files per CPU-second, {name} ({files:,} files)", "bandit", "/s", *rates, at_least=GOAL
        )
        memory = [[one.mib for one in costs] for costs in (ours, theirs)]
        table.pairs(f"audit: peak memory, {name}", "bandit", "MiB", *memory)
        table.absolute(f"audit: peak memory, {name}", "MiB", memory[0], MEMORY)
