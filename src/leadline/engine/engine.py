"""Questions to answers: prepared, looked up, read once for all who ask, never older than what was shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog

from leadline.cache import ResultCache
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.core.viewer import Viewer
from leadline.engine.answering import Asked, Stopwatch, answer
from leadline.engine.asking import Prepared, Served, slot
from leadline.engine.drilling import Drilling
from leadline.engine.explaining import Explaining
from leadline.engine.finding import Finding, Finds, Found
from leadline.engine.kin import Together
from leadline.engine.landed import Landed
from leadline.engine.models import Models, Ready
from leadline.engine.reading import Readings
from leadline.engine.snapshot import Snapshot
from leadline.planner import BoundModel, canonical, parse_query
from leadline.planner.canonical import viewer_scope
from leadline.sources.postgres import Reader, Source

log = structlog.get_logger("leadline.engine")
Outcome = Served | LeadlineError
_MOST_SCOPES = 10_000


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`byte_cap`: how much one answer may hold. `at_once`: transactions for the questions of one request."""

    byte_cap: int = 32 * 1024 * 1024
    at_once: int = 8


class Engine:
    """Answers questions over one source. The only way from a viewer to its rows."""

    def __init__(
        self,
        source: Source,
        cache: ResultCache | None,
        models: Models,
        clock: Clock,
        settings: EngineSettings | None = None,
        *,
        landing: Source | None = None,
    ) -> None:
        """`cache` None: nothing is kept. `landing`: our own database, where rollups may have landed."""
        self._settings = settings or EngineSettings()
        self._cache, self._models, self._clock = cache, models, clock
        self._finding = Finding(cache)
        self._ready: Ready | None = None
        self._generation = 0
        self._scopes: dict[tuple[Viewer, str], str] = {}
        cap = self._settings.byte_cap
        self._explaining = Explaining(self.prepare, self._finding, cache, source, clock, cap)
        self._drilling = Drilling(source, models, clock, cap)
        self._readings = Readings(
            source,
            cache,
            self._finding,
            clock,
            byte_cap=cap,
            at_once=self._settings.at_once,
            landed=Landed(landing, clock, cap) if landing is not None else None,
        )

    @property
    def model(self) -> BoundModel:
        """The model in use. Raises `model_invalid` where there is none."""
        return self._models.current

    async def ask(self, data: object, viewer: Viewer, *, fresh_only: bool = False) -> Result:
        """The answer to one query (JSON). Raises LeadlineError.

        `fresh_only`: never one that no longer holds, whatever its age (for reports and alerts).
        """
        return (await self.serve(self.prepare(data, viewer), fresh_only=fresh_only)).result()

    async def ask_in(self, reader: Reader, data: object, viewer: Viewer) -> Result:
        """The answer within the reader's transaction; neither looked up nor kept."""
        watch = Stopwatch.start()
        asked = self.prepare(data, viewer).asked
        return (await answer(Snapshot(reader), asked, self._clock, watch, self._settings.byte_cap)).result

    async def ask_many(
        self, questions: Sequence[tuple[str, object]], viewer: Viewer
    ) -> AsyncIterator[tuple[str, Result | LeadlineError]]:
        """Many queries, each with a tag, in the order in which they are ready; equal ones run once.

        Whoever stops listening cancels what still runs.
        """
        prepared = [self.try_prepare(data, viewer) for _, data in questions]
        async with aclosing(self.serve_many(prepared)) as answers:
            async for places, outcome in answers:
                told = outcome if isinstance(outcome, LeadlineError) else outcome.result()
                for place in places:
                    yield questions[place][0], told

    async def rows(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """A page of the rows behind a cell of an answer (JSON in and out). Raises LeadlineError."""
        return await self._drilling.rows(data, viewer)

    async def values(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """The members of a field that the viewer may see (JSON in and out). Raises LeadlineError."""
        return await self._drilling.values(data, viewer)

    async def explain(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """How the answer to a query comes about (JSON in and out). Raises LeadlineError."""
        return await self._explaining.explain(data, viewer)

    # Questions

    def prepare(self, data: object, viewer: Viewer, now: datetime | None = None) -> Prepared:
        """A query (JSON), ready to be answered. Raises LeadlineError. `now`: if not that of the clock."""
        ready = self._models.ready
        query = parse_query(data, viewer=viewer, now=now or self._clock.now(), model=ready.bound.model)
        asked = Asked(query, canonical(query, ready.bound), ready)
        name = self._cache.name(viewer.org, asked.keys.live, slot(asked)) if self._cache else ""
        return Prepared(asked, name)

    def try_prepare(
        self, data: object, viewer: Viewer, now: datetime | None = None
    ) -> Prepared | LeadlineError:
        """The same, with the error as a value."""
        try:
            return self.prepare(data, viewer, now)
        except LeadlineError as error:
            return error

    def context(self, viewer: Viewer, now: datetime | None = None) -> Hashable:
        """Equal for those, and as long as, equal queries are equal questions with equal answers.

        That is: one organisation and viewer scope, one model over the same tables, one minute.
        """
        ready = self._models.ready
        if ready is not self._ready:
            self._ready, self._generation = ready, self._generation + 1
            self._scopes.clear()
        minute = int((now or self._clock.now()).timestamp()) // 60
        return viewer.org, self._scope(viewer, ready), self._generation, minute

    def _scope(self, viewer: Viewer, ready: Ready) -> str:
        """What a viewer may see; found out once for each, as every request asks for it.

        The written attributes tell true from 1, which are equal to Python.
        """
        key = viewer, repr(viewer.attributes)
        known = self._scopes.get(key)
        if known is None:
            if len(self._scopes) >= _MOST_SCOPES:
                self._scopes.clear()
            known = self._scopes[key] = viewer_scope(viewer, ready.bound)
        return known

    # Answers

    async def find(
        self, prepared: Sequence[Prepared], beside: Sequence[str] = (), last: Finds | None = None
    ) -> Finds:
        """What the cache has for questions that were prepared over one model; see `Finding.find`."""
        return await self._finding.find(prepared, beside, last)

    def refresh(self, prepared: Sequence[Prepared], ahead: float = 0.0) -> None:
        """Reads answers anew in the background, once for all, unless they hold for `ahead` seconds."""
        self._readings.refresh(prepared, ahead)

    async def serve(self, prepared: Prepared, *, fresh_only: bool = False) -> Served:
        """The answer to one question. Raises LeadlineError."""
        watch = Stopwatch.start()
        [found] = await self._finding.best([prepared])
        together = self._readings.together([prepared], found.published)
        try:
            return await self._readings.served(prepared, found, watch, together, fresh_only=fresh_only)
        finally:
            await together.leave()

    async def serve_many(
        self, questions: Sequence[Prepared | LeadlineError]
    ) -> AsyncGenerator[tuple[list[int], Outcome]]:
        """Many answers in order of readiness, each with the places of the questions that it answers.

        Whoever stops listening cancels what still runs.
        """
        watch, groups = Stopwatch.start(), _grouped(questions)
        for places, error in groups.errors:
            yield places, error
        found = await self._finding.best(groups.asked)
        missing = [one for one, there in zip(groups.asked, found, strict=True) if there.freshness != "hit"]
        together = self._readings.together(missing, found[0].published if found else None)
        self._readings.refresh(
            [one for one, there in zip(groups.asked, found, strict=True) if there.freshness == "stale"]
        )
        tasks: dict[asyncio.Task[Outcome], list[int]] = {}
        for prepared, places, one in zip(groups.asked, groups.places, found, strict=True):
            if one.freshness == "hit":
                yield places, one.served(watch.total())
            else:
                tasks[asyncio.create_task(self._settled(prepared, one, together))] = places
        async with aclosing(_as_ready(tasks)) as ready:
            async for outcome, places in ready:
                yield places, outcome

    async def _settled(self, prepared: Prepared, found: Found, together: Together) -> Outcome:
        """The answer or its error: one question of many must not take the others with it."""
        watch = Stopwatch.start()
        try:
            return await self._readings.served(prepared, found, watch, together)
        except LeadlineError as error:
            return error
        except Exception:  # our bug in one tile, logged with its trace; the others go on
            number = uuid4().hex[:12]
            log.exception("question_failed", log_id=number)
            return LeadlineError(
                "internal", f"this question met a bug of ours (log id {number})", "Report it."
            )
        finally:
            await together.leave()


@dataclass(frozen=True, slots=True)
class _Groups:
    """Different questions, and for each the places at which it stands."""

    asked: list[Prepared]
    places: list[list[int]]
    errors: list[tuple[list[int], LeadlineError]]


def _grouped(questions: Sequence[Prepared | LeadlineError]) -> _Groups:
    groups = _Groups([], [], [])
    known: dict[str, int] = {}
    for place, one in enumerate(questions):
        if isinstance(one, LeadlineError):
            groups.errors.append(([place], one))
        elif one.question in known:
            groups.places[known[one.question]].append(place)
        else:
            known[one.question] = len(groups.asked)
            groups.asked.append(one)
            groups.places.append([place])
    return groups


async def _as_ready(
    tasks: dict[asyncio.Task[Outcome], list[int]],
) -> AsyncGenerator[tuple[Outcome, list[int]]]:
    """What tasks give, as they end; all that still run are cancelled if the listener leaves."""
    pending = dict(tasks)
    try:
        while pending:
            done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result(), pending.pop(task)
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
