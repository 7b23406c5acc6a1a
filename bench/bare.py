"""The floor of `warm`: an ASGI application that gets one blob from Redis. `python -m bench.bare URL`."""

from __future__ import annotations

import json
import sys

import redis.asyncio
import uvloop
from starlette.types import Receive, Scope, Send

from leadline.api.server import listen, serve, url_of

NAME = "bench:blob"


class Bare:
    """Answers everything with the blob that the path names."""

    def __init__(self, address: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        body = await self._redis.get(NAME + scope["path"])
        assert isinstance(body, bytes)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _main(address: str) -> None:
    bound = listen(0)
    ready = json.dumps({"event": "ready", "url": url_of(bound)})
    await serve(Bare(address), bound, lambda: print(ready, flush=True))


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1]))
