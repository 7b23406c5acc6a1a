"""Results by key in Redis, within a time budget that a viewer does not feel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from leadline.cache import codec
from leadline.cache.breaker import Breaker
from leadline.core.result import Result

T = TypeVar("T")
log = structlog.get_logger("leadline.cache")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """`ttl`: seconds that an answer is kept. `budget`: seconds that Redis may cost a request in all."""

    ttl: float = 2.0
    budget: float = 0.1
    connections: int = 32


def connect(url: str, settings: CacheSettings) -> Redis:
    """A client that never tries twice: one frozen server must not hold up a request."""
    return Redis.from_url(
        url,
        socket_timeout=settings.budget,
        socket_connect_timeout=settings.budget,
        retry=Retry(NoBackoff(), 0),
        max_connections=settings.connections,
        decode_responses=False,
    )


class ResultCache:
    """Keeps Results under `ll:<org>:q:<hash>`. Every failure is a miss; a damaged entry is deleted."""

    def __init__(self, client: Redis, settings: CacheSettings | None = None) -> None:
        self._client = client
        self._settings = settings or CacheSettings()
        self._breaker = Breaker()

    @classmethod
    def at(cls, url: str, settings: CacheSettings | None = None) -> ResultCache:
        """The cache in the Redis at `url`; connects at its first use."""
        chosen = settings or CacheSettings()
        return cls(connect(url, chosen), chosen)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def get(self, org: str, key: str) -> Result | None:
        """The Result that is kept under `key`, or None."""
        name = _name(org, key)
        data = await self._within_budget(self._client.get(name))
        if data is None:
            return None
        result = codec.decode(data) if isinstance(data, bytes) else None
        if result is None:
            log.warning("cache_entry_damaged", key=name)
            await self._within_budget(self._client.delete(name))
        return result

    async def put(self, org: str, key: str, result: Result) -> None:
        """Keeps a Result for the time that the settings state."""
        milliseconds = int(self._settings.ttl * 1000)
        await self._within_budget(self._client.set(_name(org, key), codec.encode(result), px=milliseconds))

    async def alive(self) -> bool:
        """Whether Redis answers within the budget."""
        return await self._within_budget(self._client.ping()) is not None

    async def _within_budget(self, command: Awaitable[T]) -> T | None:
        """What the command answers; None where Redis is left alone, fails or takes too long."""
        if not self._breaker.allow():
            _drop(command)
            return None
        try:
            async with asyncio.timeout(self._settings.budget):
                answer = await command
        except (RedisError, OSError, TimeoutError) as error:
            if self._breaker.failed():
                log.warning("cache_unavailable", cause=type(error).__name__)
            return None
        self._breaker.succeeded()
        return answer


def _drop(command: Awaitable[object]) -> None:
    """A command that is not sent after all."""
    close = getattr(command, "close", None)
    if close is not None:
        close()


def _name(org: str, key: str) -> str:
    return f"ll:{org}:q:{key}"
