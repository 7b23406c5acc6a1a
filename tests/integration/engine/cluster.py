"""Several engines over one source and one Redis, as the processes of a cluster have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from leadline.cache import CacheSettings, ResultCache
from leadline.core.clock import Clock
from leadline.core.result import Result
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from leadline.engine.publishing_versions import Publishing
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings
from tests.support import business

ADMIN = Viewer("o1", "ada@example.com", "admin")
CLOCK = Clock.from_as_of("2026-05-31", business.ZONE)
NEXT_MINUTE = Clock(still=CLOCK.now() - timedelta(minutes=1))
"""Another minute of the same day."""
BY_DAY = {
    "metrics": ["revenue", "sales"],
    "time": {"grain": "day", "range": {"preset": "this_month"}},
    "totals": True,
}
"""Answered by the rollup."""
SALES = {"metrics": ["sales"], "time": {"range": {"preset": "this_month"}}, "dimensions": ["source"]}
"""Answered by the table."""
_DEAL = "INSERT INTO deals SELECT max(id) + 1, 1, 'won', 'web', 1, now(), '2026-05-31 12:00-05' FROM deals"


@dataclass(frozen=True)
class Process:
    """One process: its own source, cache and engine."""

    source: Source
    cache: ResultCache
    models: Models
    engine: Engine

    async def ask(self, query: object = BY_DAY, *, fresh_only: bool = False) -> Result:
        """An answer."""
        return await self.engine.ask(query, ADMIN, fresh_only=fresh_only)

    async def publish(self) -> None:
        """What the background work does twice a second."""
        await Publishing(self.source, self.cache, self.models).publish()

    async def refresh(self) -> None:
        """Brings the rollup up to date, as a worker does."""
        rollups = Rollups(self.source, self.models.current)
        await rollups.install()
        await rollups.refresh("daily_revenue_summary")


@asynccontextmanager
async def processes(
    count: int,
    source: SourceSettings,
    valkey: str,
    folder: Path,
    settings: CacheSettings | None = None,
) -> AsyncIterator[list[Process]]:
    """So many processes over one source."""
    (folder / "model.yaml").write_text(business.MODEL)
    async with AsyncExitStack() as stack:
        yield [
            await _process(stack, Source(source), ResultCache.at(valkey, settings), folder)
            for _ in range(count)
        ]


async def _process(stack: AsyncExitStack, source: Source, cache: ResultCache, folder: Path) -> Process:
    await source.open()
    stack.push_async_callback(source.close)
    stack.push_async_callback(cache.close)
    models = Models(folder, source)
    await models.poll()
    return Process(source, cache, models, Engine(source, cache, models, CLOCK))


def sell(dsn: str) -> None:
    """One more deal is won."""
    with psycopg.connect(dsn) as connection:
        connection.execute(_DEAL)


def won(result: Result) -> int:
    """How many deals an answer counts."""
    if result.totals is not None:
        return int(result.totals["sales"] or 0)
    place = [column.name for column in result.columns].index("sales")
    return sum(int(value or 0) for value in result.data[place])


def reads(many: list[Process]) -> int:
    """How often the source was read for answers."""
    return sum(one.cache.counters.source for one in many)
