"""Answers that the cache has not: read once for the whole cluster, kept, never behind what was shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from leadline.cache import Entry, ResultCache
from leadline.cache.entry import body_of
from leadline.cache.versions import Published, beginning
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.result import CacheState
from leadline.engine.answering import Reading, Stopwatch
from leadline.engine.asking import Prepared, Served
from leadline.engine.finding import NOTHING, Finding, Found
from leadline.engine.flights import Flights
from leadline.engine.kin import Together
from leadline.engine.landed import AWAY, Landed
from leadline.engine.leading import Leading
from leadline.engine.sitting import Sitting
from leadline.sources.postgres import Need, Source

log = structlog.get_logger("leadline.engine")
_AT_ONCE_BEHIND = 4
"""Answers that are read at once though nobody waits for them."""
_TROUBLE = 1.0
"""Seconds after such an error in which nobody waits for the source who can be shown a last good answer."""
PRIMARY = Need(within=timedelta(0))
"""What no replica that lags can give."""
_LONGEST_TTL, _TTL_PER_SECOND = 10.0, 5.0
_MOST_REFRESHES = 64


@dataclass(frozen=True, slots=True)
class _Landed:
    """An answer that a flight brought. `ms` None: another process read it."""

    entry: Entry
    state: CacheState
    ms: dict[str, float] | None = None


class Readings:
    """Reads a source for those who ask, one reading for all who ask the same."""

    def __init__(
        self,
        source: Source,
        cache: ResultCache | None,
        finding: Finding,
        clock: Clock,
        *,
        byte_cap: int,
        at_once: int,
        landed: Landed | None = None,
    ) -> None:
        """`at_once`: transactions of questions that come together, at most."""
        self._source, self._cache, self._finding = source, cache, finding
        self._clock, self._byte_cap, self._at_once = clock, byte_cap, at_once
        self._landed = landed
        self._leading = Leading(cache) if cache is not None else None
        self._flights: Flights[_Landed] = Flights()
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self._behind = asyncio.Semaphore(_AT_ONCE_BEHIND)
        self._trouble_until = 0.0

    async def served(
        self,
        prepared: Prepared,
        found: Found,
        watch: Stopwatch,
        together: Together,
        *,
        fresh_only: bool = False,
    ) -> Served:
        """The answer to a question for which the cache has `found` at best, else read `together` with others.

        Raises LeadlineError.
        """
        if found.freshness == "hit":
            return found.served(watch.total())
        showable = found.freshness == "stale" or (found.entry is not None and self._in_trouble())
        if showable and not fresh_only:
            self.refresh([prepared])
            return found.served(watch.total())
        return await self._read_or_last(prepared, found if not fresh_only else NOTHING, watch, together)

    async def _read_or_last(
        self, prepared: Prepared, last: Found, watch: Stopwatch, together: Together
    ) -> Served:
        """The answer read now; while the source is away the last one there was."""
        try:
            landed = await self._flights.join(prepared.question, lambda: self._flight(prepared, together))
        except LeadlineError as error:
            if error.code not in AWAY or last.entry is None:
                raise
            return last.served(watch.total())
        return Served(landed.entry, landed.state, landed.ms or watch.total())

    def together(self, questions: Sequence[Prepared], published: Published | None = None) -> Together:
        """Questions that will be read together; they were looked up by the versions `published`."""
        return self._together(questions, self._at_once, PRIMARY if _is_unknown(published) else Need())

    def _together(self, questions: Sequence[Prepared], most: int, need: Need) -> Together:
        sitting = Sitting(self._source, len(questions), most, need)
        return Together(sitting, (one.asked for one in questions), self._clock, self._byte_cap)

    def refresh(self, questions: Sequence[Prepared], ahead: float = 0.0) -> None:
        """Reads answers anew in the background, together, unless they hold for `ahead` seconds or are being
        read."""
        wanted = {one.question: one for one in questions if one.question not in self._refreshing}
        chosen = list(wanted.items())[: max(_MOST_REFRESHES - len(self._refreshing), 0)]
        together = self._together([one for _, one in chosen], _AT_ONCE_BEHIND, Need())
        for key, one in chosen:
            task = self._refreshing[key] = asyncio.create_task(self._refreshed(one, together, ahead))
            task.add_done_callback(partial(self._refreshing.pop, key))

    async def _refreshed(self, prepared: Prepared, together: Together, ahead: float) -> None:
        try:
            async with self._behind:
                await self._flights.join(prepared.question, lambda: self._flight(prepared, together, ahead))
        except LeadlineError as error:
            log.debug("refresh_failed", code=error.code)
        except Exception:  # our bug; whoever waits for the answer is told of it
            log.exception("refresh_failed")
        finally:
            await together.leave()

    def _in_trouble(self) -> bool:
        return time.monotonic() < self._trouble_until

    # One reading

    async def _flight(self, prepared: Prepared, together: Together, ahead: float = 0.0) -> _Landed:
        """The reading of this process, or of another one of the cluster."""
        asked = prepared.asked
        asked.ready.plans.check(asked.query, prepared.question)
        if self._leading is None:
            return await self._read(prepared, NOTHING, together)
        before = NOTHING

        async def there() -> _Landed | None:
            """The answer, if another process has read it meanwhile; else what was shown before."""
            nonlocal before
            [before] = await self._finding.best([prepared])
            if before.entry is None or not self._finding.holds(before, ahead):
                return None
            return _Landed(before.entry, "hit")

        return await self._leading.run(
            prepared.question, there, lambda: self._read(prepared, before, together)
        )

    async def _read(self, prepared: Prepared, before: Found, together: Together) -> _Landed:
        watch = Stopwatch.start()
        try:
            reading = await self._within(prepared, before, watch, together)
        except LeadlineError as error:
            if error.code in AWAY:
                self._trouble_until = time.monotonic() + _TROUBLE
            raise
        self._trouble_until = 0.0
        return await self._kept(prepared, reading)

    async def _within(
        self, prepared: Prepared, before: Found, watch: Stopwatch, together: Together
    ) -> Reading:
        """A reading that is not behind what was shown or published: else the primary's."""
        landed = await self._landed.answer(prepared.asked, watch) if self._landed is not None else None
        if landed is not None and not _may_be_behind(landed, before):
            return landed
        reading = await self._from(prepared, watch, together)
        if reading.primary or not _may_be_behind(reading, before):
            return reading
        return await self._from(prepared, watch, self._together((), 1, PRIMARY))

    async def _from(self, prepared: Prepared, watch: Stopwatch, together: Together) -> Reading:
        if self._cache is not None:
            self._cache.counters.source += 1
        return await together.read(prepared.asked, watch)

    async def _kept(self, prepared: Prepared, reading: Reading) -> _Landed:
        """The reading as it goes out; in its place a newer one, if another process kept that meanwhile."""
        entry = self._entry(prepared, reading)
        if self._cache is None:
            return _Landed(entry, "miss", reading.result.ms)
        kept = await self._cache.keep(prepared.name, entry, prepared.fingerprint, primary=reading.primary)
        if kept is entry:
            return _Landed(entry, "miss", reading.result.ms)
        return _Landed(kept, "hit" if kept.question == prepared.question else "stale", reading.result.ms)

    def _entry(self, prepared: Prepared, reading: Reading) -> Entry:
        result, cache = reading.result, self._cache
        body, cut = body_of(result)
        seconds = result.ms.get("source", 0.0) / 1000
        least = cache.settings.ttl if cache else 0.0
        return Entry(
            question=prepared.question,
            scores=reading.relied.scores,
            exact=reading.relied.exact,
            as_of=reading.as_of,
            read_at=(cache.store.now() if cache else time.time()) - seconds,
            ttl=max(least, min(seconds * _TTL_PER_SECOND, _LONGEST_TTL)) + seconds,
            layer=result.served_by.layer,
            key=result.key,
            body=body,
            cut=cut,
        )


def _is_unknown(published: Published | None) -> bool:
    """Whether nobody knows what was shown before: then only the primary cannot be behind it."""
    return published is not None and beginning(published) is None


def _may_be_behind(reading: Reading, before: Found) -> bool:
    """Whether its node knew less than what was shown before, or than what is published, if that is known."""
    if _is_unknown(before.published):
        return True
    if before.entry is not None and reading.as_of < before.entry.as_of:
        return True
    published = before.published or {}
    return any(published.get(name, "") > score for name, score in reading.relied.scores)
