"""F35: a refresh while long readers read. No reader waits over a second; one refresh per view."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.workers import DAILY, HOURLY, MODEL, WIN, rows, timed_reads, until, worker, write
from tests.support import business
from tests.support.databases import Database
from tests.support.waiting import LATE

_VERSION = "SELECT version FROM leadline.rollup_state WHERE name = '{}'"
_BOTH = (
    f"SELECT (SELECT sum(deals_count) FROM leadline.{DAILY}), (SELECT sum(won_count) FROM leadline.{HOURLY})"
)
_ALL = f"SELECT count(*) FROM leadline.rollup_state WHERE name IN ('{DAILY}', '{HOURLY}')"


async def test_refreshes_go_on_and_nobody_waits(database: Database, tmp_path: Path) -> None:
    business.fill(database.business)
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", HOURLY)
        async with await psycopg.AsyncConnection.connect(database.reader) as long_reader:
            await long_reader.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            before = await (await long_reader.execute(_BOTH)).fetchone()
            async with timed_reads(database.reader, _BOTH) as took:
                for name in (DAILY, HOURLY):
                    version = rows(database.reader, _VERSION.format(name))[0][0]
                    write(database.business, WIN)
                    await until(database.reader, _VERSION.format(name), _above(version))
            assert await (await long_reader.execute(_BOTH)).fetchone() == before, "one snapshot"
        assert took
        assert max(took) < 1 + LATE, max(took)


async def test_a_new_definition_waits_for_the_long_reader_and_others_do_not_wait_for_it(
    database: Database, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", HOURLY)
        async with await psycopg.AsyncConnection.connect(database.reader) as long_reader:
            await long_reader.execute(_BOTH)
            async with timed_reads(database.reader, f"SELECT count(*) FROM leadline.{HOURLY}") as took:
                (tmp_path / "model.yaml").write_text(MODEL.replace("[won_count, won_amount]", "[won_count]"))
                failed = await running.has("rollup_failed", HOURLY)
                assert failed["code"] == "timeout"
            assert max(took) < 1 + LATE, max(took)
        columns = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'leadline.deals_by_hour'::regclass "
        await until(database.reader, columns + "AND attnum > 0", lambda count: count == 3)


async def test_of_two_workers_one_refreshes_and_the_other_says_busy(
    database: Database, tmp_path: Path
) -> None:
    business.fill(database.business)
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with worker(database, first) as one, worker(database, second) as two:
        await until(database.admin, "SELECT to_regclass('leadline.rollup_state') IS NOT NULL", bool)
        await until(database.admin, _ALL, lambda count: count == 2)
        async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
            await blocker.execute(f"ANALYZE leadline.{DAILY}")
            write(database.business, WIN)
            busy = [asyncio.create_task(each.has("rollup_busy")) for each in (one, two)]
            await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
            refreshing = (
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'REFRESH%' AND state = 'active'"
            )
            assert await until(database.admin, refreshing, lambda count: count > 0) == 1
            for task in busy:
                task.cancel()
        won = rows(database.reader, "SELECT count(*) FROM deals WHERE status = 'won'")[0][0]
        await until(
            database.reader, f"SELECT sum(deals_count) FROM leadline.{DAILY}", lambda sum_: sum_ == won
        )


def _above(least: int) -> Callable[[Any], bool]:
    return lambda found: found > least
