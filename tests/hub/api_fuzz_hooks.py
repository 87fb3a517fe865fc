"""What the OpenAPI fuzzer must know of the hub's own media types: how to send them, and how to read them."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


def send_bytes(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


for media_type in ("tape", "bundle", "revocation"):
    schemathesis.serializer(f"application/vnd.pilothouse.{media_type}")(send_bytes)


@schemathesis.deserializer("application/x-ndjson")
def read_lines(context: Any, response: Any) -> list[Any]:
    return [json.loads(line) for line in response.content.splitlines()]
