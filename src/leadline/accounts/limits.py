"""How often one may try to sign in, counted in Redis for all nodes, or here while Redis is away."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from leadline.accounts.schemas import TooManyAttemptsError
from leadline.cache import Store


class Counter(Protocol):
    """Counts events by key within fixed windows."""

    async def count(self, key: str, window: int) -> int:
        """Adds one; how many there were in this window of `window` seconds."""
        ...

    async def take_back(self, key: str, window: int) -> None:
        """Takes one away again."""
        ...

    async def clear(self, key: str) -> None:
        """Forgets the key."""
        ...


class MemoryCounter:
    """Of this process only, bounded: the keys unused for longest go first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._clock, self._most = clock, most
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def count(self, key: str, window: int) -> int:
        """Adds one; see `Counter`."""
        now = self._clock()
        ends, count = self._counts.pop(key, (now + window, 0))
        if ends <= now:
            ends, count = now + window, 0
        self._counts[key] = (ends, count + 1)
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return count + 1

    async def take_back(self, key: str, window: int) -> None:
        """Takes one away; see `Counter`."""
        ends, count = self._counts.get(key, (0.0, 0))
        if count:
            self._counts[key] = (ends, count - 1)

    async def clear(self, key: str) -> None:
        """Forgets the key."""
        self._counts.pop(key, None)


class RedisCounter:
    """Of all nodes, and of this process alone while Redis is away."""

    def __init__(self, store: Store) -> None:
        self._store, self._own = store, MemoryCounter()

    async def count(self, key: str, window: int) -> int:
        """Adds one; see `Counter`. Never fails."""
        own = await self._own.count(key, window)
        return max(own, await self._shared(key, window, 1))

    async def take_back(self, key: str, window: int) -> None:
        """Takes one away; see `Counter`. Never fails."""
        await self._own.take_back(key, window)
        await self._shared(key, window, -1)

    async def clear(self, key: str) -> None:
        """Forgets the key. Never fails."""
        await self._own.clear(key)
        await self._store.run("DEL", key)

    async def _shared(self, key: str, window: int, step: int) -> int:
        """The count of all nodes after a step; 0 while Redis is away."""
        begin, add = ("SET", key, 0, "EX", window, "NX"), ("INCRBY", key, step)
        replies = await self._store.run_all((begin, add))
        return int(replies[1] or 0) if replies is not None else 0


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `attempts` within `window` seconds."""

    attempts: int
    window: int


PER_ACCOUNT = Rate(10, 60)
PER_ADDRESS = Rate(100, 60)


class SignInLimits:
    """Bounds attempts by account from one address, and by address over all accounts (spraying)."""

    def __init__(self, counter: Counter, account: Rate = PER_ACCOUNT, address: Rate = PER_ADDRESS) -> None:
        self._counter, self._account, self._address = counter, account, address

    async def attempt(self, account: str, address: str) -> None:
        """Counts one attempt; raises `TooManyAttemptsError` beyond the bounds, known account or not."""
        await self._spend(_key("a", account, address), self._account)
        await self._spend(_key("n", address), self._address)

    async def succeeded(self, account: str, address: str) -> None:
        """A good attempt does not count: the account begins anew, the address gets it back."""
        await self._counter.clear(_key("a", account, address))
        await self._counter.take_back(_key("n", address), self._address.window)

    async def _spend(self, key: str, rate: Rate) -> None:
        if await self._counter.count(key, rate.window) > rate.attempts:
            raise TooManyAttemptsError(rate.window)


def _key(*parts: str) -> str:
    """A key of fixed length: hashed, so that no text of a visitor gets into a key's name or its parts."""
    lengths = ":".join(f"{len(part)}:{part}" for part in parts)
    return "leadline:signin:" + hashlib.sha256(lengths.encode("utf-8", "surrogatepass")).hexdigest()
