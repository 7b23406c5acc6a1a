"""Answers in Redis: looked up many at once together with the published versions, kept only if newer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote
from uuid import uuid4

import structlog

from leadline.cache.entry import Entry, beginning, decode, encode
from leadline.cache.held import Held
from leadline.cache.leases import Leases
from leadline.cache.lua import lua
from leadline.cache.store import Store, StoreSettings
from leadline.cache.versions import Published, Versions
from leadline.cache.wire import Command, Reply

log = structlog.get_logger("leadline.cache")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """How long answers hold, and what the cache may cost.

    `ttl`: seconds for which one holds whose changes no version tells. `stale`: seconds besides, for which
    one that no longer holds may be shown, with its age, while it is read anew. `keep`: seconds after which it
    is forgotten; until then it is shown, with its age, while the source is away. `budget`: seconds that Redis
    may cost a request in all. `held`: bytes of answers in this process. `largest`: bytes of an answer that is
    kept. `lease`: seconds after which a leader that has died is followed.
    """

    ttl: float = 2.0
    stale: float = 3.0
    keep: float = 3600.0
    budget: float = 0.08
    held: int = 16 * 1024 * 1024
    largest: int = 4 * 1024 * 1024
    lease: float = 3.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a lookup found. `published`: None where Redis is away. `now`: by the clock of Redis.

    `mark`: another one each time that an entry is kept, by whom ever; None where it is not known. `beside`:
    the other values that were asked for.
    """

    entries: list[Entry | None]
    published: Published | None
    mark: bytes | None
    now: float
    beside: Sequence[Reply] = ()


class ResultCache:
    """Answers, versions and leases in one Redis. Every failure is a miss; a damaged entry is deleted.

    `space` tells products apart that share a Redis: it goes into every name.
    """

    def __init__(self, store: Store, settings: CacheSettings | None = None, space: str = "main") -> None:
        self.settings = settings or CacheSettings()
        self.store, self.space = store, space
        self.counters = store.counters
        self.versions = Versions(store, space)
        self.leases = Leases(store, space, self.settings.lease)
        self._held = Held(self.settings.held)
        self._mark: bytes | None = None
        self._me, self._numbers = uuid4().hex, itertools.count()

    @classmethod
    def at(cls, url: str, settings: CacheSettings | None = None, space: str = "main") -> ResultCache:
        """The cache in the Redis at `url`; connects at its first use."""
        chosen = settings or CacheSettings()
        return cls(Store(url, StoreSettings(chosen.budget)), chosen, space)

    async def close(self) -> None:
        """Closes the connection."""
        await self.store.close()

    async def alive(self) -> bool:
        """Whether Redis answers within the budget."""
        return await self.store.run("PING") is not None

    def name(self, org: str, live: str, slot: int) -> str:
        """Where the answer to a question stands. `slot`: this minute's or the next one's (0 or 1)."""
        return f"ll:{self.space}:{quote(org, safe='')}:q:{live}.{slot}"

    @property
    def latest(self) -> tuple[Published, bytes | None]:
        """Versions and mark that were read last: a guess of those of now, and no more."""
        return self.versions.latest, self._mark

    async def look(self, names: Sequence[str], fingerprint: str, beside: Sequence[str] = ()) -> Looked:
        """The entries of these names and the published versions, as of one instant.

        Entries that this process holds are fetched only if something was kept since they were compared with
        those in Redis: the mark tells. One round trip; two where somebody has kept something since the last.
        `beside`: other names whose values are wanted. While Redis is away: the entries in this process.
        """
        guess = self._mark
        wanted = [name for name in names if not self._held.agrees(name, guess)]
        looked = await self._look(names, wanted, fingerprint, beside)
        if looked.published is None or looked.mark == guess or len(wanted) == len(names):
            return looked
        return replace(await self._look(names, names, fingerprint), beside=looked.beside)

    async def _look(
        self, names: Sequence[str], wanted: Sequence[str], fingerprint: str, beside: Sequence[str] = ()
    ) -> Looked:
        """The same with one round trip, which fetches the entries that are `wanted`; the others are held."""
        known = self.versions.name(fingerprint), self._mark_name(fingerprint)
        reply = await self.store.run("MGET", *known, *beside, *wanted)
        if reply is None:
            return Looked([self._held.get(name) for name in names], None, None, self.store.now())
        published, mark, first = self.versions.parsed(reply[0]), reply[1], 2 + len(beside)
        self._mark = mark
        got = {
            name: await self._entry(name, data, mark)
            for name, data in zip(wanted, reply[first:], strict=True)
        }
        entries = [got[name] if name in got else self._held.get(name) for name in names]
        return Looked(entries, published, mark, self.store.now(), reply[2:first])

    async def _entry(self, name: str, data: Reply, mark: bytes | None) -> Entry | None:
        """The entry in a reply, or a newer one that is held here: another Redis may have taken over."""
        held = self._held.compared(name, data, mark)
        if held is not None or data is None:
            return held
        entry = decode(data)
        if entry is None:
            self.counters.corrupt += 1
            log.warning("cache_entry_damaged", key=name)
            await self.store.run("DEL", name)
            return self._held.get(name)
        return self._held.put(name, entry, beginning(data), mark)

    async def keep(self, name: str, entry: Entry, fingerprint: str, *, primary: bool) -> Entry:
        """Keeps an entry and publishes the versions it was read in. What is kept now: it, or a newer one.

        `primary`: it was read on the primary.
        """
        data = encode(entry)
        begins = beginning(data)
        if self._held.put(name, entry, begins) is not entry:
            self.counters.outdated += 1
            return self._held.get(name) or entry
        known = self.versions.knows(dict(entry.scores))
        publish = (
            None if known else self.versions.publishing(fingerprint, dict(entry.scores), primary=primary)
        )
        newer = await self._sent(name, data, entry, self._mark_name(fingerprint), publish)
        if newer is None:
            return entry
        self.counters.outdated += 1
        return self._held.put(name, *newer)

    async def _sent(
        self, name: str, data: bytes, entry: Entry, mark: str, publish: Command | None
    ) -> tuple[Entry, bytes] | None:
        """Sends it; the newer entry that was there and how it begins, if there was one."""
        first = () if publish is None else (publish,)
        if len(data) > self.settings.largest:
            if first:
                await self.store.run_all(first)
            return None
        milliseconds, token = int(self.settings.keep * 1000), f"{self._me}.{next(self._numbers)}"
        keep = ("EVAL", lua("keep"), 2, name, mark, data, *entry.order, milliseconds, token)
        replies = await self.store.run_all((*first, keep))
        if first and replies is not None:
            self.versions.parsed(replies[0])
        if replies is None or not isinstance(replies[-1], bytes):
            self.counters.kept += replies is not None
            return None
        newer = decode(replies[-1])
        if newer is None:  # it only looked like one
            self.counters.corrupt += 1
            await self.store.run_all((("DEL", name), keep))
            return None
        return newer, beginning(replies[-1])

    def _mark_name(self, fingerprint: str) -> str:
        """Where the mark of answers over one version of the model stands; without expiry, as versions."""
        return f"ll:{self.space}:m:{fingerprint}"
