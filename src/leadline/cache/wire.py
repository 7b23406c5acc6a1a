"""One pipelined connection to Redis: commands go out together, answers come back in their order."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from ssl import SSLContext, create_default_context
from typing import Any, cast

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url

Reply = Any
"""Bytes, an integer, None, a list of these, or `hiredis.ReplyError`."""
Argument = bytes | str | int
Command = tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Redis is, and who we are to it. `path`: of a unix socket, instead of host and port."""

    host: str
    port: int
    path: str | None
    username: str | None
    password: str | None
    database: int
    tls: bool

    @classmethod
    def of(cls, url: str) -> Address:
        """The address of a URL `redis[s]://…` or `unix://…`. Raises ValueError where it is none."""
        parts: dict[str, Any] = dict(parse_url(url))
        tls = issubclass(parts.get("connection_class", object), SSLConnection)
        return cls(
            host=parts.get("host", "127.0.0.1"),
            port=parts.get("port", 6379),
            path=parts.get("path"),
            username=parts.get("username"),
            password=parts.get("password"),
            database=int(parts.get("db", 0)),
            tls=tls,
        )

    def greeting(self) -> list[Command]:
        """What a new connection says first."""
        said: list[Command] = []
        if self.password is not None:
            named = (self.username,) if self.username else ()
            said.append(("AUTH", *named, self.password))
        if self.database:
            said.append(("SELECT", self.database))
        return said


class Wire(asyncio.Protocol):
    """A connection. What is sent in one turn of the loop leaves in one write.

    `heard`: when something arrived last, by the monotonic clock.
    """

    def __init__(self) -> None:
        self._reader = hiredis.Reader()
        self._waiting: deque[asyncio.Future[Reply]] = deque()
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.heard = 0.0

    @property
    def open(self) -> bool:
        """Whether it is connected."""
        return self._transport is not None

    def send(self, commands: Iterable[Command]) -> list[asyncio.Future[Reply]]:
        """Sends commands; their replies, to be awaited. A lost connection is their ConnectionError."""
        if not self._out:
            self._loop.call_soon(self._flush)
        futures = []
        for command in commands:
            self._out.append(hiredis.pack_command(cast(Any, command)))
            futures.append(self._loop.create_future())
        self._waiting.extend(futures)
        return futures

    def abort(self) -> None:
        """Ends the connection now; whoever waits is told."""
        if self._transport is not None:
            self._transport.abort()
        self._lost(ConnectionError("given up"))

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None and out:
            self._transport.write(b"".join(out))

    # The protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Replies arrive; each goes to the one who has waited longest, if that one still waits."""
        self.heard = time.monotonic()
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(reply)
        except (hiredis.ProtocolError, IndexError):  # whatever this is, it does not speak as Redis does
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._lost(ConnectionError(str(exc or "closed")))

    def _lost(self, error: ConnectionError) -> None:
        self._transport = None
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(error)
                waiter.exception()  # who has left already need not fetch it


async def connect(address: Address) -> tuple[Wire, float]:
    """A connection that has said who we are, and the server's time (seconds since 1970).

    Raises OSError (ConnectionError where we are refused).
    """
    loop = asyncio.get_running_loop()
    if address.path is not None:
        _, wire = await loop.create_unix_connection(Wire, address.path)
    else:
        tls: SSLContext | None = create_default_context() if address.tls else None
        _, wire = await loop.create_connection(Wire, address.host, address.port, ssl=tls)
    try:
        replies = await asyncio.gather(*wire.send([*address.greeting(), ("TIME",)]))
        refused = next((reply for reply in replies if isinstance(reply, hiredis.ReplyError)), None)
        if refused is not None:
            raise ConnectionError(str(refused))
    except BaseException:
        wire.abort()
        raise
    return wire, seconds(replies[-1])


def seconds(reply: Reply) -> float:
    """The reply to TIME in seconds since 1970."""
    return int(reply[0]) + int(reply[1]) / 1_000_000
