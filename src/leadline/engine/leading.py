"""Single flight over the cluster: of all processes that want one answer, the one with the lease reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from leadline.cache import ResultCache, spending
from leadline.sources.tasks import end

T = TypeVar("T")
_POLL = 0.02
_SLOWEST_POLL = 0.1


class Leading:
    """Reads for the cluster, or waits for who does. Without Redis every process reads for itself."""

    def __init__(self, cache: ResultCache) -> None:
        self._cache, self._leases, self._counters = cache, cache.leases, cache.counters

    async def run(
        self, what: str, found: Callable[[], Awaitable[T | None]], work: Callable[[], Awaitable[T]]
    ) -> T:
        """What `work` gives, or `found` once another process has done the work.

        `found` looks whether the answer is there. A leader that dies is followed within the lease. A failing
        one raises its error; those who wait try themselves, one after the other.
        """
        with spending(None):  # it lasts longer than one request; each step has a budget of its own
            while True:
                token = await self._leases.take(what)
                if token is None:
                    self._counters.alone += 1
                    return await work()
                there = await self._led(what, token, found, work) if token else await self._other(what, found)
                if there is not None:
                    return there

    async def _led(
        self,
        what: str,
        token: str,
        found: Callable[[], Awaitable[T | None]],
        work: Callable[[], Awaitable[T]],
    ) -> T:
        """The work, done under the lease. Somebody may have done it between our lookup and our lease."""
        async with self._holding(what, token):
            there = await found()
            if there is not None:
                self._counters.joined += 1
                return there
            self._counters.led += 1
            return await work()

    @asynccontextmanager
    async def _holding(self, what: str, token: str) -> AsyncIterator[None]:
        beating = asyncio.create_task(self._beat(what, token))
        try:
            yield
        finally:
            await end(beating)
            await asyncio.shield(self._leases.give(what, token))

    async def _beat(self, what: str, token: str) -> None:
        while True:
            await asyncio.sleep(self._leases.seconds / 3)
            await self._leases.renew(what, token)

    async def _other(self, what: str, found: Callable[[], Awaitable[T | None]]) -> T | None:
        """Waits for the other one's answer; None when its lease is over without one."""
        pause = _POLL
        while True:
            await asyncio.sleep(pause)
            held = await self._leases.held(what)
            there = await found()
            if there is not None:
                self._counters.joined += 1
                return there
            if not held:
                return None
            pause = min(pause * 1.5, _SLOWEST_POLL)
