"""Users who ask over and over, each on a connection of its own: the same for the product and its floor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
Sample = Callable[[int, bytes], None]


@dataclass
class Load:
    """What users saw. `seconds`: of each answer; `refused`: those that were not 200."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.seconds) / self.took


@dataclass(frozen=True, slots=True)
class _Work:
    """What all users of one load have in common. `every`: seconds from one request of a user to the next."""

    requests: Sequence[bytes]
    every: float
    until: float
    load: Load
    sample: Sample | None


class _User(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again until the time is over.

    Who asks at set times counts from when the request was due, whatever the answer before it took.
    """

    def __init__(self, work: _Work, first: int, due: float) -> None:
        self._requests, self._until = work.requests, work.until
        self._every, self._due = work.every, due
        self._load, self._sample, self._turn = work.load, work.sample, first
        self._had = bytearray()
        self._wanted: int | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has a class of its own
        self._next()

    def _next(self) -> None:
        """Asks, or waits until it is time to."""
        now = time.perf_counter()
        if not self._every:
            self._due = now
        if self._due >= self._until and self._due > now:
            self._transport.close()
        elif self._due > now:
            asyncio.get_running_loop().call_later(self._due - now, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        self._had.clear()
        self._wanted = None
        self._began, self._due = self._due, self._due + self._every
        self._transport.write(self._requests[self._turn % len(self._requests)])

    def data_received(self, data: bytes) -> None:
        self._had += data
        if self._wanted is None and not self._header():
            return
        if len(self._had) == self._wanted or (self._wanted == 0 and self._had.endswith(_LAST_CHUNK)):
            self._answered()

    def _header(self) -> bool:
        """Reads how long the answer will be; 0: it comes in chunks."""
        end = self._had.find(_END)
        if end < 0:
            return False
        head = bytes(self._had[:end]).lower()
        at = head.find(b"content-length:")
        self._wanted = end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return True

    def _answered(self) -> None:
        now = time.perf_counter()
        self._load.seconds.append(now - self._began)
        if not self._had.startswith(b"HTTP/1.1 200"):
            self._load.refused += 1
        elif self._sample is not None:
            self._sample(self._turn % len(self._requests), bytes(self._had))
        self._turn += 1
        if now < self._until:
            self._next()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def request(url: str, path: str, cookie: str = "", *, method: str = "POST", gzip: bool = False) -> bytes:
    """The bytes of a request with an empty question."""
    body = "{}" if method == "POST" else ""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json"] if body else []
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Accept-Encoding: gzip"] if gzip else []
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def load(
    url: str,
    requests: Sequence[bytes],
    users: int,
    seconds: float,
    sample: Sample | None = None,
    *,
    rate: float | None = None,
) -> Load:
    """So many users for so long; they ask the requests in turns. `sample` gets each good answer.

    With `seconds` 0 each asks once. `rate`: requests a second of all users together; None: without pause.
    """
    where, found = urlsplit(url), Load()
    host, port = where.hostname or "", where.port or 0
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    every = users / rate if rate else 0.0
    work = _Work(requests, every, began + seconds, found, sample)
    coming = [partial(_User, work, first, began + every * first / users) for first in range(users)]
    made = await asyncio.gather(*(loop.create_connection(user, host, port) for user in coming))
    await asyncio.gather(*(user.done for _, user in made))
    found.took = time.perf_counter() - began
    return found


def body_of(answer: bytes) -> bytes:
    """The body of an answer, its chunks joined."""
    head, _, rest = answer.partition(_END)
    if b"content-length:" in head.lower():
        return rest
    parts: list[bytes] = []
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return b"".join(parts)
        parts.append(rest[:length])
        rest = rest[length + 2 :]
