"""Who has a session or a key, remembered in Redis for less than a second. The truth is in the database.

Two names for each. `fresh` holds for `FRESH` seconds from the reading of the database, by the clock of Redis
alone: whatever is revoked, by whom and where ever, is refused within that time. `last` holds longer and is
used only while the database does not answer. Whoever ends a session leaves a mark in `fresh` that outlives
every reading under way, so that none of them can bring the session back.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from leadline.cache import Store
from leadline.cache.lua import lua
from leadline.cache.wire import Command, Reply
from leadline.core.viewer import Viewer

FRESH = 0.9
"""Seconds. A session that was revoked elsewhere is refused within a second."""
LAST = 900.0
"""Seconds for which a session outlives the database."""
_LATEST = 5.0
"""Seconds after which what was read of the database is remembered no more."""
_ENDED = b"ended"
_ENDED_FOR = 2 * _LATEST


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """`proof`: the hash of the whole secret, in hexadecimal. `until`: seconds since 1970."""

    proof: str
    until: float
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known: `fresh` may be used, `last` only while the database does not answer."""

    fresh: Viewer | None = None
    last: Viewer | None = None


_decoder, _encoder = msgspec.json.Decoder(Kept), msgspec.json.Encoder()


class Remembering:
    """Viewers by their sessions and keys, in one Redis, for the products that share `space`."""

    def __init__(self, store: Store, space: str) -> None:
        self._store, self._space = store, space

    def name(self, what: str) -> str:
        """Where the fresh one stands. `what`: `s:` and a session's hash, or `k:` and a key's prefix."""
        return f"ll:{self._space}:{what}"

    def read(self, reply: Reply, proof: str, now: datetime) -> Viewer | None:
        """The viewer in a reply to `name`; None where there is none, or it is another's, or over."""
        if not isinstance(reply, bytes) or reply == _ENDED:
            return None
        try:
            kept = _decoder.decode(reply)
        except msgspec.MsgspecError:
            return None
        good = hmac.compare_digest(kept.proof, proof) and now.timestamp() < kept.until
        return kept.viewer if good else None

    async def find(self, what: str, proof: str, now: datetime) -> Remembered:
        """What is known of a session or key. Nothing where Redis is away."""
        replies = await self._store.run("MGET", self.name(what), _last(self.name(what)))
        if replies is None or replies[0] == _ENDED:
            return Remembered()
        fresh, last = (self.read(reply, proof, now) for reply in replies)
        return Remembered(fresh, last)

    async def keep(self, what: str, kept: Kept, read_at: float) -> None:
        """Remembers what was read of the database. `read_at`: when that began, by the monotonic clock."""
        age = time.monotonic() - read_at
        if age < _LATEST:
            await self._remember(what, _encoder.encode(kept), FRESH - age)

    async def lend(self, what: str, viewer: Viewer, proof: str, until: datetime) -> None:
        """Uses the last one once more: a database that does not answer need not be asked at every request."""
        value = _encoder.encode(Kept(proof, until.timestamp(), viewer))
        await self._store.run("SET", self.name(what), value, "NX", "PX", int(FRESH * 1000))

    async def _remember(self, what: str, value: bytes, fresh: float) -> None:
        name = self.name(what)
        lives = max(int(fresh * 1000), 0), int(LAST * 1000)
        await self._store.run("EVAL", lua("remember"), 2, name, _last(name), value, *lives)

    async def forget(self, whats: Iterable[str]) -> None:
        """They have ended: at once, on all nodes."""
        commands: list[Command] = []
        for what in whats:
            name = self.name(what)
            commands.append(("SET", name, _ENDED, "PX", int(_ENDED_FOR * 1000)))
            commands.append(("DEL", _last(name)))
        if commands:
            await self._store.run_all(commands)


def _last(name: str) -> str:
    return f"{name}:last"
