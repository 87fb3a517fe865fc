"""What it costs to take secrets out of exceptions, beside leaving them in, and beside Python's own expressions."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from typing import Any

from hooks import DETAILS, make_recorder, settle
from pilothouse._recorder import Recorder, Redactor
from table import Table

# Where, and the line of code.
FRAMES = [
    ("dask/dataframe/io/parquet/core.py", "meta, index, columns = set_index_columns(meta, index, columns)"),
    ("dask/base.py", "token = _tokenize_deterministic(*args, **kwargs)"),
    (
        "jobs/pipeline.py",
        "frame = pd.read_sql(query, engine, params={'day': day}, chunksize=self.rows_per_chunk)",
    ),
    ("sqlalchemy/engine/base.py", "result = context._setup_result_proxy()"),
    ("sqlalchemy/engine/default.py", "return self.loaded_dbapi.connect(*cargs, **cparams)"),
    (
        "distributed/core.py",
        "raise CommClosedError(f'{comm} to tcp://10.0.0.1:40001 while sending key {key!r}')",
    ),
    ("concurrent/futures/thread.py", "result = self.fn(*self.args, **self.kwargs)"),
]
SECRET = ("jobs/connect.py", 'return create_engine("postgresql://etl:inv3nted@db.example:5432/flights")')
FRAMES_OF_ONE = 14
MIB = 1 << 20


def traceback(number: int) -> str:
    """One of 14 frames, 2 KB; in every tenth there is a secret."""
    frames = [FRAMES[(number + i) % len(FRAMES)] for i in range(FRAMES_OF_ONE)]
    if number % 10 == 0:
        frames[3] = SECRET
    return "".join(
        f'  File "/srv/env/lib/python3.11/site-packages/{file}", line {number * 7 % 900 + i}, in call\n    {code}\n'
        for i, (file, code) in enumerate(frames)
    )


class Group:
    name = "load"


class Task:
    group = Group()
    nbytes = -1
    erred_on = ("tcp://10.0.0.1:40001",)


def calls_of(count: int) -> list[tuple[tuple[str, str, str], dict[str, Any]]]:
    return [
        (
            (key, "processing", "erred"),
            {
                "cause": key,
                "exception_text": f"OperationalError('could not connect to server {number}: timeout')",
                "traceback_text": traceback(number),
                "worker": "tcp://10.0.0.1:40001",
            },
        )
        for number, key in ((number, f"load-{number}") for number in range(count))
    ]


def exceptions(table: Table, address: str, token: str, directory: str, count: int, rounds: int) -> None:
    calls = calls_of(count)
    tasks = {args[0]: Task() for args, _ in calls}
    recorders: dict[str, Recorder] = {}
    for name, redactor in (("plain", None), ("redacting", Redactor())):
        recorders[name] = make_recorder(tasks, address, token, f"{directory}-{name}", redactor)
        recorders[name].open_computation("bench", 1, DETAILS)
    spent = defaultdict(list)
    for turn in range(rounds + 1):
        for name, core in recorders.items():
            start = time.thread_time()
            for args, kwargs in calls:
                core.transition(*args, **kwargs)
            took = time.thread_time() - start
            settle(core)
            if turn > 0:  # the first warms up
                spent[name].append(took / count * 1e6)
    for core in recorders.values():
        assert not core.status()["drops"], core.status()
        core.end(2, "bench")
        assert core.finish(30.0), "the hub took everything"
    table.pairs(
        "exceptions with a traceback of 2 KB, CPU of the hook",
        "the same without redaction",
        "us each",
        spent["redacting"],
        spent["plain"],
        at_most=3,
    )


def texts(table: Table, rounds: int) -> None:
    text = ""
    number = 0
    while len(text) < MIB:
        text += traceback(number)
        number += 1
    text = text[:MIB]
    redactor = Redactor()
    expressions = [(re.compile(pattern), name) for name, pattern in redactor.rules()]
    ours, theirs = [], []
    for _ in range(rounds):
        start = time.thread_time()
        redacted = redactor.redact(text)
        ours.append((time.thread_time() - start) * 1e3)
        assert "inv3nted" not in redacted
        start = time.thread_time()
        result = text
        for expression, name in expressions:
            result = expression.sub(f"[redacted:{name}]", result)
        theirs.append((time.thread_time() - start) * 1e3)
        assert "inv3nted" not in result
    table.pairs(
        "redaction of 1 MiB of tracebacks",
        "Python's re, the same expressions",
        "ms",
        ours,
        theirs,
        at_most=0.01,
    )


def bench(table: Table, address: str, token: str, directory: str, count: int, rounds: int) -> None:
    exceptions(table, address, token, directory, count, rounds)
    texts(table, max(1, rounds // 4))
