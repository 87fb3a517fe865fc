"""The document the hub serves, against the hub that serves it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bundle import Key, bundle
from hub_process import REPOSITORY, Answer, HubProcess, eventually
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from tape import EXAMPLES, T0, Recorder, Span, computation_record, exception_record, sample_record

DOCUMENT = json.loads((REPOSITORY / "src" / "hub" / "api" / "openapi.json").read_text())
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]


def schema_of(path: str, method: str, status: int) -> dict[str, Any]:
    response = DOCUMENT["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    content = next(iter(response["content"].values()))
    schema: dict[str, Any] = content["schema"]
    return schema


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def check(path: str, method: str, answer: Answer, status: int) -> None:
    assert answer.status == status, answer.body
    if isinstance(answer.body, bytes):  # no schema speaks of them
        assert schema_of(path, method, status) == {"type": "string", "format": "binary"}
        return
    validator(schema_of(path, method, status)).validate(answer.body)


@pytest.fixture(scope="module")
def ids(hub: HubProcess) -> dict[str, str]:
    """Of a cluster that has at least one of everything."""
    recorder = Recorder()
    kinds = [kind for kind in EXAMPLES if kind not in ("session", "end", "control")]
    receipt = hub.accept(
        recorder.session,
        recorder.open(dashboard="http://10.0.0.9:8787"),
        *[recorder.json(kind, EXAMPLES[kind]) for kind in kinds],
        recorder.json(
            "workers", {**EXAMPLES["workers"], "address": "other", "left_us": T0 + 9, "expected": False}
        ),
        recorder.json("exceptions", exception_record(id=2, computation=None)),
        recorder.json("samples", sample_record(time_us=T0 + 51, cpu=0)),
        recorder.json(
            "computations", computation_record(state="done", stop_us=T0 + 99, client=None, code=[])
        ),
        recorder.spans(Span("inc-9"), Span("b", erred=True, worker=None, type=None, actions=[])),
    )
    hub.request("POST", "/api/v1/plugins", body=bundle(Key()))
    eventually(lambda: hub.get("/plugins/night-guard/1.0/audit").status == 200)
    [computation] = hub.items("/computations", cluster_id=receipt["cluster"])
    return {
        "cluster": str(receipt["cluster"]),
        "computation": str(computation["id"]),
        "session": recorder.session,
        "plugin": "night-guard",
        "version": "1.0",
    }


def fill_in(path: str, ids: dict[str, str]) -> str:
    """With the parameters that must be given."""
    query = "?key=inc-9" if path == "/api/v1/spans" else ""
    return re.sub(r"{(\w+)}", lambda match: ids[match[1]], path) + query


def with_parameter(url: str, parameter: str) -> str:
    return url + ("&" if "?" in url else "?") + parameter


def test_the_document_is_valid_and_served_as_it_is(hub: HubProcess) -> None:
    validate(DOCUMENT)
    assert hub.get("/openapi.json", token=None).body == DOCUMENT


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_every_schema_is_strict() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        for found in objects(schema):
            assert "additionalProperties" in found, name


def test_every_example_fits_its_schema() -> None:
    contents = [
        content
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
    ]
    contents += [c for r in DOCUMENT["components"]["responses"].values() for c in r["content"].values()]
    examples = [content for content in contents if "example" in content]
    assert len(examples) > 10
    for content in examples:
        validator(content["schema"]).validate(content["example"])


@pytest.mark.parametrize(("path", "method"), [operation for operation in OPERATIONS if operation[1] == "get"])
def test_every_answer_fits_its_schema(hub: HubProcess, ids: dict[str, str], path: str, method: str) -> None:
    operation = DOCUMENT["paths"][path][method]
    answer = hub.request("GET", fill_in(path, ids))
    check(path, method, answer, 200)
    if not isinstance(answer.body, bytes) and "items" in answer.body:
        assert answer.body["items"]
    check(path, method, hub.request("DELETE", fill_in(path, ids)), 405)
    check(path, method, hub.request("GET", with_parameter(fill_in(path, ids), "surplus=1")), 400)
    if operation.get("security") != []:
        check(path, method, hub.request("GET", fill_in(path, ids), token=None), 401)
    if "{" in path:
        check(path, method, hub.request("GET", fill_in(path, dict.fromkeys(ids, "999999"))), 404)


@pytest.mark.parametrize(("path", "method"), [operation for operation in OPERATIONS if operation[1] == "get"])
def test_every_parameter_is_taken(hub: HubProcess, ids: dict[str, str], path: str, method: str) -> None:
    values = {
        "since": "7 days",
        "until": "2026-02-01",
        "limit": "1",
        "workspace": "default",
        "cluster_id": ids["cluster"],
        "scheduler_id": "Scheduler-1",
        "from": str(T0),
        "to": str(T0 + 1),
        "width": "10",
        "lanes": "10",
        "activity": "16",
        "first_lane": "0",
        "group_id": "1",
        "computation_id": ids["computation"],
    }
    for reference in DOCUMENT["paths"][path][method].get("parameters", []):
        parameter = DOCUMENT["components"]["parameters"][reference["$ref"].rsplit("/", 1)[-1]]
        name = parameter["name"]
        if parameter["in"] == "path" or name in ("cursor", "key", "format"):
            continue
        for value in parameter["schema"].get("enum", [values.get(name, "x")]):
            check(
                path,
                method,
                hub.request("GET", with_parameter(fill_in(path, ids), f"{name}={value.replace(' ', '%20')}")),
                200,
            )


def test_uploads(hub: HubProcess) -> None:
    path = "/api/v1/sessions/{session}/chunks"
    recorder = Recorder()
    check(path, "post", hub.upload(recorder.session), 409)
    check(path, "post", hub.upload(recorder.session, recorder.open()), 200)
    check(path, "post", hub.upload(recorder.session, token=None), 401)
    check(path, "post", hub.upload(recorder.session, b"junk"), 422)
    check(path, "post", hub.upload(recorder.session, recorder.json("end", {})), 422)
    check(path, "post", hub.upload("0"), 404)
    check(path, "post", hub.upload(recorder.session, token=hub.make_workspace("elsewhere")), 403)
    check(path, "post", hub.upload(recorder.session, (16 * 1024 * 1024 + 1) * b"x"), 413)
    check(path, "post", hub.request("GET", f"/api/v1/sessions/{recorder.session}/chunks"), 405)


def test_requests_to_stop(hub: HubProcess) -> None:
    path = "/api/v1/clusters/{cluster}/desired-state"
    recorder = Recorder()
    cluster = hub.accept(recorder.session, recorder.open())["cluster"]
    check(path, "post", hub.ask_to_stop(cluster), 202)
    hub.accept(
        recorder.session, recorder.json("control", EXAMPLES["control"]), recorder.json("end", EXAMPLES["end"])
    )
    check(path, "post", hub.ask_to_stop(cluster), 200)
    validator({"$ref": "#/components/schemas/ClusterDetail"}).validate(hub.get(f"/clusters/{cluster}").body)
    assert eventually(lambda: hub.get(f"/clusters/{cluster}").body["desired_state"]["observed_us"])
    check(path, "post", hub.ask_to_stop(999_999), 404)
    check(path, "post", hub.ask_to_stop(cluster, token=None), 401)
    check(path, "post", hub.request("POST", path.format(cluster=cluster), body=b"{}"), 400)
    check(path, "post", hub.request("POST", path.format(cluster=cluster), body=70_000 * b" "), 413)
