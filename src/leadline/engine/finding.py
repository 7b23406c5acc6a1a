"""What the cache has for questions: one round trip for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.cache import CacheSettings, Entry, ResultCache
from leadline.cache.versions import Published
from leadline.cache.wire import Reply
from leadline.engine.asking import Prepared, Served
from leadline.engine.freshness import Freshness, freshness, holds_until, lasts_until


@dataclass(frozen=True, slots=True)
class Found:
    """What there is. `entry` None: nothing. `published`: the versions it was judged by; None: not known."""

    entry: Entry | None
    freshness: Freshness
    published: Published | None

    @property
    def until(self) -> float:
        """When it ceases to be current at the latest, by the clock of Redis; 0: it is not."""
        return holds_until(self.entry) if self.entry is not None and self.freshness == "hit" else 0.0

    def served(self, ms: dict[str, float]) -> Served:
        """The entry as an answer. Raises LookupError where there is none."""
        if self.entry is None:
            raise LookupError("there is no entry")
        return Served(self.entry, "hit" if self.freshness == "hit" else "stale", ms)


@dataclass(frozen=True, slots=True)
class Finds:
    """What there is for several questions, and other values that were asked for (`beside`).

    `published`, `mark`: the versions and the mark of the cache under which it was found; None: Redis is away.
    `until`: how long it stays what it is while these stay, by the clock of Redis; `now`: that clock.
    """

    found: list[Found]
    beside: Sequence[Reply] = ()
    published: Published | None = None
    mark: bytes | None = None
    until: float = 0.0
    now: float = 0.0


NOTHING = Found(None, "old", None)


class Finding:
    """Looks answers up in a cache; without one there are none."""

    def __init__(self, cache: ResultCache | None) -> None:
        self._cache = cache

    async def find(
        self, prepared: Sequence[Prepared], beside: Sequence[str] = (), last: Finds | None = None
    ) -> Finds:
        """What there is for questions that were prepared over one model, and the values of names `beside`.

        `last`: what was found for the same questions before; found again where nothing was published or kept
        since. Versions and mark are always read.
        """
        cache = self._cache
        if cache is None or not prepared:
            return Finds([NOTHING] * len(prepared))
        fingerprint = prepared[0].fingerprint
        if last is not None and _same(last, *cache.latest, cache.store.now()):
            looked = await cache.look((), fingerprint, beside)
            if _same(last, looked.published, looked.mark, looked.now):
                return Finds(last.found, looked.beside, last.published, last.mark, last.until, looked.now)
        looked = await cache.look([one.name for one in prepared], fingerprint, beside)
        found = [
            self._judged(one, entry, looked.published, looked.now)
            for one, entry in zip(prepared, looked.entries, strict=True)
        ]
        until = min(_lasts(one, cache.settings) for one in found)
        return Finds(found, looked.beside, looked.published, looked.mark, until, looked.now)

    def holds(self, found: Found, ahead: float) -> bool:
        """Whether what was found is current, and will be for so many seconds if nothing changes."""
        return self._cache is not None and found.until > self._cache.store.now() + ahead

    async def best(self, prepared: Sequence[Prepared]) -> list[Found]:
        """The best answer to each question that there is: a current one, else the newest of this minute or
        the one before."""
        cache = self._cache
        if cache is None or not prepared:
            return [NOTHING] * len(prepared)
        names = [name for one in prepared for name in (one.name, _other_slot(one.name))]
        looked = await cache.look(names, prepared[0].fingerprint)
        found = [
            self._judged(prepared[place // 2], entry, looked.published, looked.now)
            for place, entry in enumerate(looked.entries)
        ]
        return [max(pair, key=_worth) for pair in zip(found[::2], found[1::2], strict=True)]

    def _judged(
        self, prepared: Prepared, entry: Entry | None, published: Published | None, now: float
    ) -> Found:
        """What an entry is to who asks the question."""
        if entry is None or self._cache is None:
            return Found(None, "old", published)
        state = freshness(entry, prepared.question, published, now, self._cache.settings)
        return Found(entry, state, published)


def _same(last: Finds, published: Published | None, mark: bytes | None, now: float) -> bool:
    """Whether what was found last would be found under these versions and this mark."""
    return mark is not None and last.mark == mark and last.published is published and now < last.until


def _lasts(found: Found, settings: CacheSettings) -> float:
    return lasts_until(found.entry, found.freshness, settings) if found.entry is not None else 0.0


def _worth(found: Found) -> tuple[bool, int]:
    return found.freshness == "hit", found.entry.as_of if found.entry is not None else 0


def _other_slot(name: str) -> str:
    return name[:-1] + ("1" if name.endswith("0") else "0")
