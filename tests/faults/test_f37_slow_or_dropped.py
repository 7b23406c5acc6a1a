"""F37: a refresh longer than its interval, or a dropped view. Nothing piles up; the error has a name."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from tests.faults.workers import DAILY, HOURLY, WIN, WorkerProcess, rows, until, worker, write
from tests.support import business
from tests.support.databases import Database

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND usename = 'leadline_rollups' AND state = 'active' AND wait_event_type = 'Lock'"
)


async def test_one_that_takes_longer_than_its_interval_is_named_and_does_not_pile_up(
    database: Database, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", HOURLY)
        async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
            await blocker.execute(f"ANALYZE leadline.{DAILY}")
            write(database.business, WIN)
            most = 0
            for _ in range(30):
                await asyncio.sleep(0.1)
                most = max(most, rows(database.admin, _WAITING)[0][0])
        assert most <= 1, "one refresh waits for the blocker"
        slow = await running.has("rollup_slow", DAILY)
        assert "longer than its interval of 1 s" in slow["why"]


def _times_built(running: WorkerProcess, name: str) -> int:
    return sum(one["event"] == "rollup_built" and one["rollup"] == name for one in running.events)


@pytest.mark.parametrize(
    "drop",
    [
        f"DROP MATERIALIZED VIEW leadline.{DAILY}",
        f"DROP TABLE leadline.{DAILY}__rows CASCADE",
        f"DROP TABLE leadline.{HOURLY}",
    ],
)
async def test_a_dropped_one_is_built_again(database: Database, tmp_path: Path, drop: str) -> None:
    business.fill(database.business)
    name = HOURLY if HOURLY in drop else DAILY
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", name)
        write(database.rollups, drop)
        write(database.business, WIN)
        await running.said(lambda _: _times_built(running, name) > 1)
        count = "deals_count" if name == DAILY else "won_count"
        won = rows(database.reader, "SELECT count(*) FROM deals WHERE status = 'won'")[0][0]
        query = f"SELECT sum({count}) FROM leadline.{name}"
        await until(database.reader, query, lambda found: found == won)
