"""What goes out: whole answers as ready bytes, and streams of lines, each sent at once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from starlette.types import Send

JSON, NDJSON, TEXT, HTML = "application/json", "application/x-ndjson", "text/plain", "text/html"
T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]

encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    body: bytes = b""
    status: int = 200
    media: str = JSON
    headers: Headers = ()

    async def send(self, send: Send) -> None:
        """Sends it."""
        length = (("content-length", str(len(self.body))),)
        await _start(send, self.status, self.media, self.headers + length)
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True, slots=True)
class Stream:
    """Lines as they become ready. The client sees each before the next is made."""

    lines: AsyncGenerator[bytes]
    media: str = NDJSON

    async def send(self, send: Send) -> None:
        """Sends line by line; the source of lines is closed at the end, also when the client leaves."""
        await _start(send, 200, self.media, (("x-accel-buffering", "no"),))
        async with aclosing(self.lines):
            async for line in self.lines:
                await send({"type": "http.response.body", "body": line + b"\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _start(send: Send, status: int, media: str, headers: Headers) -> None:
    named = (("content-type", media if media in {JSON, NDJSON} else _with_charset(media)), *headers)
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") and "charset" not in media else media


@asynccontextmanager
async def closing(items: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """The items; whatever makes them is ended with the block, not when somebody collects the garbage."""
    try:
        yield items
    finally:
        end = getattr(items, "aclose", None)
        if end is not None:
            await end()


def json_answer(value: Any, status: int = 200, headers: Headers = ()) -> Answer:
    """A JSON answer."""
    return Answer(encode(value), status, JSON, headers)
