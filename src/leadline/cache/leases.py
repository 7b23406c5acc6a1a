"""Who may do a thing for the whole cluster: a lease with an owner and a short expiry."""

from __future__ import annotations

import itertools
from uuid import uuid4

from leadline.cache.lua import lua
from leadline.cache.store import Store


class Leases:
    """Leases in one Redis. `seconds`: how long one lasts if it is not renewed."""

    def __init__(self, store: Store, space: str, seconds: float = 3.0) -> None:
        self._store, self._space, self.seconds = store, space, seconds
        self._me, self._numbers = uuid4().hex, itertools.count()

    def name(self, what: str) -> str:
        """Where the lease of a thing stands."""
        return f"ll:{self._space}:f:{what}"

    async def take(self, what: str) -> str | None:
        """The owner's token, if nobody has the lease; empty if somebody has; None where Redis is away."""
        token = f"{self._me}.{next(self._numbers)}"
        command = ("SET", self.name(what), token, "NX", "PX", self._milliseconds)
        replies = await self._store.run_all((command,))
        if replies is None:
            return None
        return token if replies[0] == b"OK" else ""

    async def held(self, what: str) -> bool:
        """Whether somebody has it; not where Redis is away."""
        return bool(await self._store.run("EXISTS", self.name(what)))

    async def turn(self, what: str, seconds: float) -> bool:
        """Whether it is ours to do a thing now that is to be done once in so many seconds."""
        command = ("SET", self.name(what), self._me, "NX", "PX", int(seconds * 1000))
        return bool(await self._store.run(*command) == b"OK")

    async def renew(self, what: str, token: str) -> None:
        """Holds it for longer."""
        await self._store.run("EVAL", lua("renew"), 1, self.name(what), token, self._milliseconds)

    async def give(self, what: str, token: str) -> None:
        """Gives it back."""
        await self._store.run("EVAL", lua("release"), 1, self.name(what), token)

    @property
    def _milliseconds(self) -> int:
        return int(self.seconds * 1000)
