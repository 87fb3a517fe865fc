"""A plugin's bundle, from a hub that is not trusted: everything about the transfer is bounded."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import ssl
import time

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from pilothouse._bundle import refuse
from pilothouse._config import HubLocation, PluginPolicy
from pilothouse._tls import client_context, explain
from pilothouse._trust import Refused

_MAX_OFFER = 4 * 2**20  # bytes of what a hub says of one plugin
_MAX_REVOCATIONS = 1000
_MAX_MESSAGE = 500  # characters of a hub's own words


async def fetch(where: HubLocation, policy: PluginPolicy, seconds: float) -> tuple[bytes, list[bytes]]:
    """The newest bundle that the hub offers, and the revocations it knows: nothing of it is believed yet.

    Takes `seconds` at most, however slowly the hub sends. Raises Refused.
    """
    deadline = time.monotonic() + seconds
    try:
        offer = json.loads(await _get(where, f"/plugins/{policy.name}", _MAX_OFFER, deadline))
        newest = offer["versions"][0]
        version, size = newest["version"], newest["size"]
        revocations = [
            base64.b64decode(text, validate=True) for text in offer["revocations"][:_MAX_REVOCATIONS]
        ]
        if not re.fullmatch(r"[0-9.]{1,64}", version):
            raise ValueError("its version is none")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise refuse("malformed", f"what the hub at {where.address} offers cannot be read") from None
    if isinstance(size, int) and size > policy.max_bytes:
        raise refuse("too_large", f"the bundle has {size} bytes, over pilothouse.trust.max-bytes")
    path = f"/plugins/{policy.name}/{version}/bundle"
    return await _get(where, path, policy.max_bytes, deadline), revocations


async def _get(where: HubLocation, path: str, most: int, deadline: float) -> bytes:
    left = max(deadline - time.monotonic(), 0.001)
    headers = {"User-Agent": "pilothouse-python"}
    if where.token is not None:
        headers["Authorization"] = f"Bearer {where.token}"
    request = HTTPRequest(
        f"{where.address}/api/v1{path}",
        headers=headers,
        connect_timeout=left,
        request_timeout=left,  # of everything, to the last byte
        follow_redirects=False,  # one would carry the token away
        decompress_response=False,  # what is sent compressed could grow without end
        ssl_options=client_context(where.ca_pem) if where.address.startswith("https:") else None,
    )
    client = SimpleAsyncHTTPClient(
        force_instance=True, max_body_size=most, max_buffer_size=most + 65536, max_header_size=65536
    )
    try:
        response = await asyncio.wait_for(client.fetch(request, raise_error=False), left)
    except Exception as error:
        raise refuse("unreachable", _words(error, where.address)) from None
    finally:
        client.close()
    if response.code == 200:
        return bytes(response.body)
    if response.code == 404:
        raise refuse("not_offered", f"the hub at {where.address} does not offer it")
    if response.error is not None and response.code == 599:
        raise refuse("unreachable", _words(response.error, where.address))
    raise refuse("unreachable", _told(response.code, response.body, where.address))


def _words(error: BaseException, address: str) -> str:
    if isinstance(error, ssl.SSLError):
        return explain(error, address)
    if isinstance(error, asyncio.TimeoutError) or "imeout" in str(error):
        return f"the hub at {address} sends too slowly, or not at all"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"no answer from the hub at {address} ({reason or type(error).__name__})"


def _told(status: int, body: bytes, address: str) -> str:
    message = ""
    with contextlib.suppress(ValueError, TypeError, LookupError, RecursionError):
        message = str(json.loads(body)["error"]["message"])[:_MAX_MESSAGE]
    return f"the hub at {address} answers {status}{': ' if message else ''}{message}"
