"""Which rollups are refreshed now: by the clock, or because something changed and the last time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups.service import Rollups
from leadline.semantic.model import Refresh
from leadline.sources.postgres import Source
from tests.support import business
from tests.support.databases import Database

DAILY, BY_REGION = "daily_revenue_summary", "deals_by_region"
_WIN = "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), now())"


@pytest.fixture
async def on_change(source: Source) -> Rollups:
    """One rollup that follows changes and one that does not, built."""
    daily = replace(business.DAILY, refresh=Refresh(every=300, on_change=True))
    made = Rollups(source, BoundModel(business.model(daily, business.BY_REGION), await source.schema()))
    await made.install()
    for name in made.definitions:
        await made.refresh(name)
    return made


async def _due(rollups: Rollups) -> tuple[str, ...]:
    return rollups.due(await rollups.known(), datetime.now(UTC))


async def test_only_what_follows_changes_is_due_by_a_change(database: Database, on_change: Rollups) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as connection:
        await connection.execute(_WIN)
        assert await _due(on_change) == (), "not committed yet"
    assert await _due(on_change) == (DAILY,)
    await on_change.refresh(DAILY)
    assert await _due(on_change) == ()


async def test_it_rests_as_long_as_it_took(database: Database, on_change: Rollups) -> None:
    with psycopg.connect(database.business) as connection:
        connection.execute(_WIN)
    _took(database, seconds=60)
    assert await _due(on_change) == ()
    _took(database, seconds=0.001)
    assert await _due(on_change) == (DAILY,)


async def test_a_failed_one_waits_for_its_next_try(database: Database, on_change: Rollups) -> None:
    with psycopg.connect(database.business) as connection:
        connection.execute(_WIN)
    with psycopg.connect(database.rollups) as connection:
        connection.execute("UPDATE leadline.rollup_state SET error = 'x', error_at = now()")
    assert await _due(on_change) == ()
    known = await on_change.known()
    assert set(on_change.due(known, datetime.now(UTC) + timedelta(seconds=11))) == {DAILY, BY_REGION}


def _took(database: Database, seconds: float) -> None:
    with psycopg.connect(database.rollups) as connection:
        connection.execute("UPDATE leadline.rollup_state SET took_ms = %s", [seconds * 1000])
