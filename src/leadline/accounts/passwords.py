"""Passwords: Argon2id, in threads, so that the event loop never stands still, and only a few at once.

Each computation takes 32 MiB and some 60 ms of a core; the bound keeps a burst of sign-ins from taking
the machine.
"""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


class Passwords:
    """Makes and checks hashes. `hasher` is given by tests that need it fast."""

    def __init__(self, hasher: PasswordHasher = _HASHER, at_once: int = AT_ONCE) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(at_once)
        self._nobody: str | None = None

    async def hashed(self, password: str) -> str:
        """The hash to keep, with its salt and parameters in it."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether `password` has the hash `kept`. Takes as long where nothing is kept (unknown user)."""
        self._nobody = self._nobody or await self.hashed("nobody has this password")
        async with self._turns:
            fits = await asyncio.to_thread(self._verify, kept or self._nobody, password)
        return fits and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether `kept` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
