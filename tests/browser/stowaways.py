"""A cluster in which every text that a recorder may send tries to be more than a text."""

from __future__ import annotations

from tape import (
    T0,
    Recorder,
    Span,
    client_record,
    computation_record,
    event_record,
    exception_record,
    group_record,
    plugin_record,
    sample_record,
    tasks,
    worker_record,
)

from tapes import send

MARKUP = '<img src="/x" onerror="taken = true"></script><script>taken = true</script>\u202e'
KEYS = ("__proto__", "constructor", "toString", MARKUP)
LONG = "unbroken" * 60
SCRIPT_ADDRESS = "javascript:taken=true"
WORKER = f"tcp://{MARKUP}:1"
TRACEBACK = f'  File "/srv/site-packages/{MARKUP}.py", line 7, in {LONG}\n    {MARKUP}\n'


def board(address: str, token: str) -> None:
    recorder = Recorder()
    opening = recorder.open(
        name=MARKUP,
        user=MARKUP,
        host=MARKUP,
        os=MARKUP,
        python=MARKUP,
        address=WORKER,
        dashboard=SCRIPT_ADDRESS,
    )
    counts = {"tasks": tasks(total=4, memory=3, erred=1), "state": "erred", "stop_us": T0 + 9_000}
    computations = [
        computation_record(
            id=name,
            client=MARKUP,
            code=[{"text": f"# {MARKUP}\n{LONG}", "filename": SCRIPT_ADDRESS, "line": 1}],
            annotations={key: {key: MARKUP} for key in KEYS},
            tags=[[MARKUP]],
            **counts,
        )
        for name in ("c-1", MARKUP)
    ]
    groups = [
        group_record(
            computation=computation["id"],
            name=key,
            prefix=key,
            types=dict.fromkeys(KEYS, 1),
            durations_us={"compute": 2_000, **dict.fromkeys(KEYS, 1_000)},
            dependencies=list(KEYS),
            tasks=tasks(total=1, memory=1),
        )
        for computation in computations
        for key in KEYS
    ]
    spans = [
        Span(
            key,
            group=key,
            computation=computation["id"],
            worker=WORKER,
            type=MARKUP,
            thread=place,
            erred=key == MARKUP,
            actions=[(action, T0 + 100 + 2_000 * place, T0 + 2_000 + 2_000 * place)],
        )
        for computation in computations
        for place, (key, action) in enumerate(zip(KEYS, ("compute", "transfer", MARKUP, "__proto__")))
    ]
    chunks = [
        opening,
        recorder.json("workers", worker_record(address=WORKER, name=LONG, host=MARKUP, reason=MARKUP)),
        recorder.json("clients", client_record(client=MARKUP)),
        recorder.spans(*spans),
        recorder.json("computations", *computations),
        recorder.json("groups", *groups),
        recorder.json("samples", sample_record(address=WORKER)),
        recorder.json(
            "events", *[event_record(topic=key, payload={key: [key, {key: LONG}]}) for key in KEYS]
        ),
        recorder.json(
            "exceptions",
            exception_record(
                key=MARKUP,
                group=MARKUP,
                workers=[WORKER],
                type=MARKUP,
                message=f"{MARKUP} {LONG}",
                traceback=TRACEBACK,
            ),
        ),
        recorder.json("plugins", plugin_record(name="stowaway", reason=MARKUP, state="refused")),
        recorder.json("end", {"stop_us": T0 + 10_000, "reason": MARKUP}),
    ]
    send(address, token, recorder.session, chunks)
