"""A network between clients and a hub that does to HTTP requests what networks do."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from typing import Callable
from urllib.parse import urlsplit

FAULTS = (
    "refuse",  # closes before the hub has seen anything
    "cut request",  # the hub gets a part of it
    "lose answer",  # the hub has stored it, and nobody says so
    "cut answer",
    "twice",  # the hub gets it two times at once
    "late",  # the client hears nothing and repeats it; then the first one arrives
    "slow",  # drop by drop, both ways
    "silent",  # accepted, and never answered
)
_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)


class Proxy:
    """On a thread of its own. `faults` is how often each happens in a hundred requests; it may change at any time."""

    def __init__(self, hub: Callable[[], str], rng: random.Random, faults: dict[str, int]):
        assert set(faults) <= set(FAULTS)
        self.faults = faults
        self.done: Counter[str] = Counter()
        self._hub = hub
        self._rng = rng
        self._late: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20), self._loop
        ).result(10)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def calm(self) -> None:
        """No more faults; returns when what is late has arrived."""
        self.faults = {}
        asyncio.run_coroutine_threadsafe(self._arrived(), self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _arrived(self) -> None:
        while self._late:
            await asyncio.wait(list(self._late))

    def _choose(self) -> str:
        at = self._rng.randrange(100)
        for fault, share in self.faults.items():
            at -= share
            if at < 0:
                return fault
        return "none"

    async def _ask(self, request: bytes, pause: float = 0.0) -> bytes:
        """The hub's answer; nothing when there is none."""
        parts = urlsplit(self._hub())
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            return b""
        try:
            await self._trickle(writer, request, pause)
            return await _read_message(reader)
        except (OSError, asyncio.IncompleteReadError):
            return b""
        finally:
            writer.close()

    async def _trickle(self, writer: asyncio.StreamWriter, message: bytes, pause: float) -> None:
        step = max(1, len(message) // 40) if pause else len(message)
        for at in range(0, len(message), step):
            writer.write(message[at : at + step])
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    async def _later(self, request: bytes) -> None:
        await asyncio.sleep(self._rng.uniform(0.05, 1.0))
        await self._ask(request)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(await _read_message(reader), reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """False when the connection is to be closed."""
        fault = self._choose()
        self.done[fault] += 1
        if fault == "refuse":
            return False
        if fault == "cut request":
            await self._ask_in_part(request[: self._rng.randrange(1, len(request))])
            return False
        if fault == "late":
            task = asyncio.ensure_future(self._later(request))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return False
        if fault == "silent":
            await reader.read(1)
            return False
        if fault == "twice":
            answer, _ = await asyncio.gather(self._ask(request), self._ask(request))
        else:
            answer = await self._ask(request, 0.005 if fault == "slow" else 0.0)
        if fault == "lose answer" or not answer:
            return False
        if fault == "cut answer":
            writer.write(answer[: self._rng.randrange(len(answer))])
            await writer.drain()
            return False
        await self._trickle(writer, answer, 0.005 if fault == "slow" else 0.0)
        return True

    async def _ask_in_part(self, part: bytes) -> None:
        parts = urlsplit(self._hub())
        try:
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(part)
            await writer.drain()
            writer.close()
        except OSError:
            pass
