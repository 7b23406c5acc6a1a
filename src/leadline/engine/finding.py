"""What the cache has for questions: one round trip for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.cache import Entry, ResultCache
from leadline.cache.versions import Published
from leadline.cache.wire import Reply
from leadline.engine.asking import Prepared, Served
from leadline.engine.freshness import Freshness, freshness, holds_until


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

    `published`: the versions it was judged by; None: Redis is away. `until`: if all of it is current, when
    that ends at the latest by the clock of Redis, whatever the versions say; else 0. `now`: that clock.
    """

    found: list[Found]
    beside: Sequence[Reply] = ()
    published: Published | None = None
    until: float = 0.0
    now: float = 0.0


NOTHING = Found(None, "old", None)


class Finding:
    """Looks answers up in a cache; without one there are none."""

    def __init__(self, cache: ResultCache | None) -> None:
        self._cache = cache
        self.leading: set[str] = set()
        """The questions that this process reads for the cluster."""

    async def find(
        self, prepared: Sequence[Prepared], beside: Sequence[str] = (), last: Finds | None = None
    ) -> Finds:
        """What there is for questions that were prepared over one model, and the values of names `beside`.

        The versions are always read, entries only where this process holds none that the versions seen last
        would bear. Where those have moved on, a second round trip reads what is doubtful now.

        `last`: what was found for the same questions before; found again where nothing can have changed.
        """
        cache = self._cache
        if cache is None or not prepared:
            return Finds([NOTHING] * len(prepared))
        latest, now = cache.versions.latest, cache.store.now()
        if last is not None and last.published is latest and now < last.until:
            looked = await cache.look((), prepared[0].fingerprint, beside)
            if looked.published is last.published and looked.now < last.until:
                return Finds(last.found, looked.beside, last.published, last.until, looked.now)
        held = [self._judged(one, cache.held(one.name), latest, now) for one in prepared]
        wanted = self._wanted(prepared, held)
        fingerprint = prepared[0].fingerprint
        looked = await cache.look([prepared[place].name for place in wanted], fingerprint, beside)
        entries = dict(zip(wanted, looked.entries, strict=True))
        found = [
            self._judged(one, entries.get(place, held[place].entry), looked.published, looked.now)
            for place, one in enumerate(prepared)
        ]
        doubtful = [place for place in self._wanted(prepared, found) if place not in entries]
        await self._second(prepared, found, doubtful)
        until = min(one.until for one in found) if looked.published is not None else 0.0
        return Finds(found, looked.beside, looked.published, until, looked.now)

    def _wanted(self, prepared: Sequence[Prepared], held: Sequence[Found]) -> list[int]:
        """The places of those of which Redis may have a newer one than is held."""
        return [
            place
            for place, (one, found) in enumerate(zip(prepared, held, strict=True))
            if not self._is_newest(one, found)
        ]

    def _is_newest(self, prepared: Prepared, held: Found) -> bool:
        """Whether nobody else has a newer one: it holds, or this process reads it now for the cluster."""
        if self._cache is None or not self._cache.sure(prepared.name):
            return False
        return held.freshness == "hit" or (held.freshness == "stale" and prepared.question in self.leading)

    async def _second(self, prepared: Sequence[Prepared], found: list[Found], wanted: list[int]) -> None:
        """Looks at Redis for what this process holds and the present versions do not bear."""
        if self._cache is None or not wanted:
            return
        names = [prepared[place].name for place in wanted]
        looked = await self._cache.look(names, prepared[0].fingerprint)
        for place, entry in zip(wanted, looked.entries, strict=True):
            found[place] = self._judged(prepared[place], entry, looked.published, looked.now)

    def holds(self, found: Found, ahead: float) -> bool:
        """Whether what was found is current, and will be for so many seconds if nothing changes."""
        return self._cache is not None and found.until > self._cache.store.now() + ahead

    async def last(self, prepared: Prepared) -> Found:
        """The best answer to a question that there is: a current one, else the newest of this minute or the
        one before."""
        if self._cache is None:
            return NOTHING
        names = [prepared.name, _other_slot(prepared.name)]
        looked = await self._cache.look(names, prepared.fingerprint)
        found = [self._judged(prepared, entry, looked.published, looked.now) for entry in looked.entries]
        return max(found, key=_worth)

    def _judged(
        self, prepared: Prepared, entry: Entry | None, published: Published | None, now: float
    ) -> Found:
        """What an entry is to who asks the question."""
        if entry is None or self._cache is None:
            return Found(None, "old", published)
        state = freshness(entry, prepared.question, published, now, self._cache.settings)
        return Found(entry, state, published)


def _worth(found: Found) -> tuple[bool, int]:
    return found.freshness == "hit", found.entry.as_of if found.entry is not None else 0


def _other_slot(name: str) -> str:
    return name[:-1] + ("1" if name.endswith("0") else "0")
