"""Answers in Redis: looked up many at once together with the published versions, kept only if newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import structlog

from leadline.cache.entry import Entry, decode, encode
from leadline.cache.held import Held
from leadline.cache.leases import Leases
from leadline.cache.lua import lua
from leadline.cache.store import Store, StoreSettings
from leadline.cache.versions import Published, Versions, beginning
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

    `beside`: the other values that were asked for.
    """

    entries: list[Entry | None]
    published: Published | None
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

    def held(self, name: str) -> Entry | None:
        """The entry in this process."""
        return self._held.get(name)

    def sure(self, name: str) -> bool:
        """Whether no other process can have a newer entry while the one that is held here holds.

        Not after Redis was emptied: then another one may have read anew what this one still holds.
        """
        since = self._held.since(name)
        return since is not None and since == beginning(self.versions.latest)

    async def look(self, names: Sequence[str], fingerprint: str, beside: Sequence[str] = ()) -> Looked:
        """The entries of these names and the published versions, as of one instant. One round trip.

        `beside`: other names whose values are wanted. While Redis is away: the entries in this process.
        """
        reply = await self.store.run("MGET", self.versions.name(fingerprint), *beside, *names)
        if reply is None:
            return Looked([self.held(name) for name in names], None, self.store.now())
        first = 1 + len(beside)
        published = self.versions.parsed(reply[0])
        entries = [await self._entry(name, found) for name, found in zip(names, reply[first:], strict=True)]
        return Looked(entries, published, self.store.now(), reply[1:first])

    async def _entry(self, name: str, found: Reply) -> Entry | None:
        """The entry in a reply, or a newer one that is held here: another Redis may have taken over."""
        held = self.held(name)
        if found is None:
            return held
        entry = decode(found)
        if entry is None:
            self.counters.corrupt += 1
            log.warning("cache_entry_damaged", key=name)
            await self.store.run("DEL", name)
            return held
        self._held.put(name, entry, beginning(self.versions.latest))
        return held if held is not None and held.newer_than(entry) else entry

    async def keep(self, name: str, entry: Entry, fingerprint: str, *, primary: bool) -> Entry:
        """Keeps an entry and publishes the versions it was read in. What is kept now: it, or a newer one.

        `primary`: it was read on the primary.
        """
        held = self.held(name)
        if held is not None and held.newer_than(entry):
            self.counters.outdated += 1
            return held
        self._held.put(name, entry)
        publish = self.versions.publishing(fingerprint, dict(entry.scores), primary=primary)
        newer = await self._sent(name, encode(entry), entry, publish)
        if newer is None:
            return entry
        self.counters.outdated += 1
        self._held.put(name, newer)
        return newer

    async def _sent(self, name: str, data: bytes, entry: Entry, publish: Command) -> Entry | None:
        """Sends it; the newer entry that was there, if there was one."""
        if len(data) > self.settings.largest:
            await self.store.run_all((publish,))
            return None
        milliseconds = int(self.settings.keep * 1000)
        keep = ("EVAL", lua("keep"), 1, name, data, *entry.order, milliseconds)
        replies = await self.store.run_all((publish, keep))
        if replies is None or not isinstance(replies[1], bytes):
            self.counters.kept += replies is not None
            return None
        newer = decode(replies[1])
        if newer is None:  # it only looked like one
            self.counters.corrupt += 1
            await self.store.run_all((("DEL", name), keep))
        return newer
