"""Whoever comes with a session or a key: remembered, else looked up; by memory if the database is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from leadline.accounts import tokens
from leadline.accounts.remembered import Kept, Remembered, Remembering
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer

_log = structlog.get_logger("leadline.accounts")
_PATIENCE = 0.6
"""Seconds that the database has to answer where somebody is remembered."""
_LENT = timedelta(seconds=5)
SESSION, KEY = "s", "k"
"""Kinds of guests."""


@dataclass(frozen=True, slots=True)
class Guest:
    """`handle`: a session's hash or a key's prefix. `proof`: the secret's hash in hexadecimal."""

    kind: str
    handle: str
    proof: str

    @property
    def what(self) -> str:
        """Its name among those remembered."""
        return f"{self.kind}:{self.handle}"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose it is, by the database; `until`: when it ends."""

    viewer: Viewer
    until: datetime


Lookup = Callable[[Guest, datetime], Awaitable[Holder | None]]


def session_guest(token: str) -> Guest:
    """Who comes with a session's token."""
    proof = tokens.hashed(token).hex()
    return Guest(SESSION, proof, proof)


def key_guest(text: str) -> Guest | None:
    """Who comes with an API key; None where it is none."""
    key = tokens.read_key(text)
    return None if key is None else Guest(KEY, key.prefix, tokens.hashed(key.secret).hex())


class Guests:
    """Viewers of sessions and keys. `remembering` None: each one is looked up."""

    def __init__(self, remembering: Remembering | None, now: Callable[[], datetime]) -> None:
        self.remembering, self.now = remembering, now
        self._looking: dict[Guest, asyncio.Task[Viewer | None]] = {}

    async def viewer(self, guest: Guest, look: Lookup) -> Viewer | None:
        """Who it is; None where nobody has let them in. Raises `state_unavailable`."""
        now = self.now()
        known = await self._known(guest, now)
        if known.fresh is not None:
            return known.fresh
        return await self._once(guest, lambda: self._looked_up(guest, look, known, now))

    async def _once(
        self, guest: Guest, work: Callable[[], Coroutine[Any, Any, Viewer | None]]
    ) -> Viewer | None:
        """The lookup of a guest, begun now or under way: a page that asks ten times at once needs one."""
        task = self._looking.get(guest)
        if task is None:
            task = self._looking[guest] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._looked(guest, done))
        return await asyncio.shield(task)

    def _looked(self, guest: Guest, done: asyncio.Task[Viewer | None]) -> None:
        if self._looking.get(guest) is done:
            del self._looking[guest]
        if not done.cancelled():
            done.exception()  # whoever asked may have left

    async def _looked_up(self, guest: Guest, look: Lookup, known: Remembered, now: datetime) -> Viewer | None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE if known.last is not None else None):
                holder = await look(guest, now)
        except (LeadlineError, TimeoutError) as error:
            return await self._lent(guest, known, error, now)
        if holder is not None and self.remembering is not None:
            kept = Kept(guest.proof, holder.until.timestamp(), holder.viewer)
            await self.remembering.keep(guest.what, kept, began)
        return holder.viewer if holder is not None else None

    async def _known(self, guest: Guest, now: datetime) -> Remembered:
        if self.remembering is None:
            return Remembered()
        return await self.remembering.find(guest.what, guest.proof, now)

    async def _lent(
        self, guest: Guest, known: Remembered, error: LeadlineError | TimeoutError, now: datetime
    ) -> Viewer:
        """While the database does not answer nobody can be shut out by it: who was let in stays in."""
        if known.last is None or self.remembering is None:
            raise error
        _log.warning("viewer_by_memory", cause=type(error).__name__)
        await self.remembering.lend(guest.what, known.last, guest.proof, now + _LENT)
        return known.last

    async def forget(self, *, sessions: Iterable[bytes] = (), keys: Iterable[str] = ()) -> None:
        """These have ended. `sessions`: the hashes of tokens; `keys`: prefixes."""
        ended = {f"{SESSION}:{digest.hex()}" for digest in sessions} | {f"{KEY}:{prefix}" for prefix in keys}
        for guest in [one for one in self._looking if one.what in ended]:
            del self._looking[guest]  # what it brings was read before the end: nobody else may join it
        if self.remembering is not None:
            await self.remembering.forget(ended)
