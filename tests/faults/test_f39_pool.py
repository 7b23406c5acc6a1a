"""F39: slow questions use up the pool of one source: others queue, then are told; nothing else suffers."""

from __future__ import annotations

import asyncio
import time

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceBusyError, SourceSettings, parse_url
from tests.support.databases import Database, Follower
from tests.support.sources import node_of, one, opened, settings_of, sleeping
from tests.support.waiting import LATE, best_of, until


def _slow(source: Source, seconds: float, many: int) -> list[asyncio.Task[object]]:
    statement = Statement(f"SELECT pg_sleep({seconds})", {})
    return [asyncio.create_task(source.read(lambda reader: reader.fetch(statement))) for _ in range(many)]


async def test_f39_who_waits_in_vain_is_told_in_two_seconds(database: Database) -> None:
    settings = SourceSettings(parse_url(database.reader), pool_size=2)
    async with opened(settings) as busy, opened(settings) as other:
        slow = _slow(busy, 60, 2)
        await sleeping(database, 2)
        started = time.monotonic()
        with pytest.raises(SourceBusyError) as refused:
            await one(busy)
        took = time.monotonic() - started
        assert (refused.value.code, refused.value.status, refused.value.retry_after) == (
            "source_unavailable", 503, 2,
        )  # fmt: skip
        assert 1.5 < took < 2 + LATE

        async def others() -> float:
            started = time.monotonic()
            await busy.probe()
            assert await one(other) == [(1,)]
            return time.monotonic() - started

        assert await best_of(others, 0.5) < 0.5, "health and others do not queue"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert await one(busy) == [(1,)]


async def test_f39_who_waits_a_little_is_served(database: Database) -> None:
    async with opened(SourceSettings(parse_url(database.reader), pool_size=1)) as source:
        slow = _slow(source, 1, 1)
        await sleeping(database, 1)
        assert await one(source) == [(1,)]
        await asyncio.gather(*slow)


async def test_f39_a_questions_own_deadline_comes_first(database: Database) -> None:
    async with opened(SourceSettings(parse_url(database.reader), pool_size=1)) as source:
        slow = _slow(source, 60, 1)
        await sleeping(database, 1)

        async def refused() -> float:
            started = time.monotonic()
            with pytest.raises(LeadlineError):
                await source.read(lambda reader: reader.fetch(Statement("SELECT 1", {})), seconds=0.5)
            return time.monotonic() - started

        assert await best_of(refused, 1.5) < 1.5, "the queue's own patience are two seconds"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_f39_a_full_pool_does_not_make_replicas_look_old(database: Database, replica: Follower) -> None:
    replica.catch_up()
    async with opened(settings_of(database, replica, pool_size=1)) as source:

        async def on_replica() -> bool:
            return (await node_of(source)).node == "replica-1"

        await until(on_replica, 5)
        async with source.reading(node="primary"):
            await asyncio.sleep(1.5)
            assert await on_replica()
            assert source.standings()[1].used
