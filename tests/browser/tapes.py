"""Clusters that no Dask ever ran, sent to the hub as recorders do it."""

from __future__ import annotations

import urllib.request

from tape import T0, Recorder, Span, computation_record, group_record, tasks, worker_record


def send(address: str, token: str, session: str, chunks: list[bytes]) -> None:
    request = urllib.request.Request(
        f"{address}/api/v1/sessions/{session}/chunks",
        data=b"".join(chunks),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/vnd.pilothouse.tape"},
    )
    urllib.request.urlopen(request, timeout=30).close()


def send_wide(address: str, token: str, workers: int, threads: int) -> None:
    """A computation in which each thread of all workers ran one task, and was idle for half of the time."""
    recorder = Recorder()
    second = 1_000_000
    names = [f"tcp://10.0.0.{worker}:1" for worker in range(workers)]
    counts = tasks(total=workers * threads, memory=workers * threads)
    spans = [
        Span(
            f"inc-{worker}-{thread}",
            group="inc-1a2b",
            worker=name,
            thread=1000 + thread,
            actions=[("compute", T0 + second * (thread % 2), T0 + second * (thread % 2 + 1))],
        )
        for worker, name in enumerate(names)
        for thread in range(threads)
    ]
    send(
        address,
        token,
        recorder.session,
        [
            recorder.open(name="wide"),
            recorder.json(
                "workers",
                *[
                    worker_record(address=name, name=f"w-{worker}", nthreads=threads, joined_us=T0)
                    for worker, name in enumerate(names)
                ],
            ),
            recorder.spans(*spans),  # records that come after them say how many there are in all
            recorder.json(
                "computations",
                computation_record(start_us=T0, stop_us=T0 + 2 * second, state="done", tasks=counts),
            ),
            recorder.json(
                "groups",
                group_record(tasks=counts, runs=len(spans), durations_us={"compute": second * len(spans)}),
            ),
            recorder.json("end", {"stop_us": T0 + 2 * second, "reason": "closed"}),
        ],
    )
