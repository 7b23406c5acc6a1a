"""Questions to Results: parse, key, cache, single flight, one reading transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import uuid4

import structlog

from leadline.cache import ResultCache
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.core.viewer import Viewer
from leadline.engine.answering import Asked, Stopwatch, answer
from leadline.engine.flights import Flights
from leadline.engine.models import Models
from leadline.planner import BoundModel, canonical, parse_query
from leadline.sources.postgres import Reader, Source

log = structlog.get_logger("leadline.engine")
Outcome = Result | LeadlineError


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`byte_cap`: how much one answer may hold. `at_once`: questions of one request that run together."""

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
    ) -> None:
        """`cache` None: nothing is kept."""
        self._source, self._cache, self._models, self._clock = source, cache, models, clock
        self._settings = settings or EngineSettings()
        self._flights: Flights[Result] = Flights()
        self._version = ""

    @property
    def model(self) -> BoundModel:
        """The model in use. Raises `model_invalid` where there is none."""
        return self._models.current

    async def ask(self, data: object, viewer: Viewer) -> Result:
        """The answer to one query (JSON). Raises LeadlineError."""
        watch = Stopwatch.start()
        return await self._answered(self._asked(data, viewer), watch)

    async def ask_in(self, reader: Reader, data: object, viewer: Viewer) -> Result:
        """The answer within the reader's transaction; neither looked up nor kept."""
        watch = Stopwatch.start()
        asked = self._asked(data, viewer)
        return await answer(reader, asked, self._clock, watch, self._settings.byte_cap)

    async def ask_many(
        self, questions: Sequence[tuple[str, object]], viewer: Viewer
    ) -> AsyncIterator[tuple[str, Outcome]]:
        """Many queries, each with a tag, in the order in which they are ready; equal ones run once.

        Whoever stops listening cancels what still runs.
        """
        slots = asyncio.Semaphore(self._settings.at_once)
        groups: dict[str, list[str]] = {}
        first: dict[str, Asked] = {}
        for tag, data in questions:
            asked = self._try(data, viewer)
            if isinstance(asked, LeadlineError):
                yield tag, asked
                continue
            groups.setdefault(asked.keys.cache, []).append(tag)
            first.setdefault(asked.keys.cache, asked)
        tasks = {
            asyncio.create_task(self._settled(asked, slots)): groups[key] for key, asked in first.items()
        }
        async with aclosing(_as_ready(tasks)) as ready:
            async for done, tags in ready:
                for tag in tags:
                    yield tag, done

    # From a question to its answer

    def _asked(self, data: object, viewer: Viewer) -> Asked:
        ready = self._models.ready
        query = parse_query(data, viewer=viewer, now=self._clock.now(), model=ready.bound.model)
        if ready.bound.model.row_rules and not viewer.is_admin:
            raise LeadlineError(
                "not_supported",
                "this model has row rules, and rules are not enforced yet, so only admins may ask it",
                "Ask as an admin, or take row_rules out of the model.",
            )
        return Asked(query, canonical(query, ready.bound), ready)

    def _try(self, data: object, viewer: Viewer) -> Asked | LeadlineError:
        try:
            return self._asked(data, viewer)
        except LeadlineError as error:
            return error

    async def _settled(self, asked: Asked, slots: asyncio.Semaphore) -> Outcome:
        """The answer or its error: one question of many must not take the others with it."""
        watch = Stopwatch.start()
        try:
            async with slots:
                return await self._answered(asked, watch)
        except LeadlineError as error:
            return error
        except Exception:  # our bug in one tile, logged with its trace; the others go on
            number = uuid4().hex[:12]
            log.exception("question_failed", log_id=number)
            return LeadlineError(
                "internal", f"this question met a bug of ours (log id {number})", "Report it."
            )

    async def _answered(self, asked: Asked, watch: Stopwatch) -> Result:
        kept = await self._kept(asked)
        if kept is not None:
            return kept.cached("hit", watch.total())
        return await self._flights.join(asked.keys.cache, lambda: self._read(asked, watch))

    async def _read(self, asked: Asked, watch: Stopwatch) -> Result:
        cap = self._settings.byte_cap
        asked.ready.plans.check(asked.query, asked.keys.cache)
        result = await self._source.read(lambda reader: answer(reader, asked, self._clock, watch, cap))
        self._version = result.data_version
        if self._cache is not None:
            await self._cache.put(asked.query.viewer.org, _cache_key(asked, result.data_version), result)
        return result

    async def _kept(self, asked: Asked) -> Result | None:
        """An answer in the cache, under the data version that this process saw last."""
        if self._cache is None:
            return None
        return await self._cache.get(asked.query.viewer.org, _cache_key(asked, self._version))


def _cache_key(asked: Asked, version: str) -> str:
    """The cache key: the question resolved, and the version of the data it was answered from."""
    return hashlib.sha256(f"{asked.keys.cache}:{version}".encode()).hexdigest()[:40]


async def _as_ready(
    tasks: dict[asyncio.Task[Outcome], list[str]],
) -> AsyncGenerator[tuple[Outcome, list[str]]]:
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
