"""Questions over a source that lets us only read: what has landed answers alone, as of its instant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline.cache import CacheSettings, ResultCache
from leadline.core.clock import Clock
from leadline.core.result import Result
from leadline.engine import Engine, Models
from leadline.engine.landed import NODE
from leadline.rollups.service import Rollups, rollups_for
from leadline.sources.postgres import Source
from tests.integration.engine.cluster import ADMIN, BY_DAY, CLOCK, won
from tests.integration.rollups.conftest import run
from tests.support import business
from tests.support.databases import Database

RUNNING = Clock(offset=CLOCK.now() - timedelta(hours=6) - datetime.now(UTC))
BRIEF = CacheSettings(ttl=0.001, stale=-1000)
_SELL = "INSERT INTO deals SELECT max(id) + 1, 1, 'won', 'web', 1, now(), '2026-05-31 12:00-05' FROM deals"
_HOURLY = """  deals_by_source:
    dataset: deals
    time: {closed_at: day}
    by: {source: source}
    measures: [won_count, won_amount]
    refresh: {every: 1h}
"""
BY_SOURCE = {**BY_DAY, "dimensions": ["source"]}
BOTH = {"metrics": ["revenue", "sales"], "dimensions": ["source"], "time": BY_DAY["time"], "totals": True}
CUT = {"metrics": ["sales"], "time": {"range": {"from": "2026-05-20T10:00", "to": "2026-06-01"}}}
OPEN = {"metrics": ["sales"], "time": {"grain": "day", "range": {"from": "2026-05-20"}}}


@dataclass
class Setting:
    """An engine over a source without our schema, whose rollups have landed in `ours`."""

    engine: Engine
    rollups: Rollups
    ours: Source
    business: str
    cache: ResultCache | None

    async def ask(self, query: Any = BY_DAY) -> Result:
        """An answer, when what was kept of an earlier one has ended."""
        await asyncio.sleep(0.15)
        return await self.engine.ask(query, ADMIN)

    async def land(self, *names: str) -> None:
        """These rollups (all, without names), in one snapshot."""
        landed = [one async for one in self.rollups.refresh_all(names or list(self.rollups.definitions))]
        assert all(hasattr(outcome, "action") for _, outcome in landed), landed

    def sell(self) -> None:
        """One more deal is won."""
        run(self.business, _SELL)


@pytest.fixture(params=["cache", "no cache"])
async def cache(request: pytest.FixtureRequest, valkey: str) -> AsyncIterator[ResultCache | None]:
    """With one and without."""
    made = ResultCache.at(valkey, BRIEF) if request.param == "cache" else None
    yield made
    if made is not None:
        await made.close()


@pytest.fixture
async def setting(
    reading: Source, ours: Source, database: Database, cache: ResultCache | None, tmp_path: Path
) -> Setting:
    """Two rollups, landed together."""
    (tmp_path / "model.yaml").write_text(business.MODEL + _HOURLY)
    models = Models(tmp_path, reading)
    await models.poll()
    rollups = await rollups_for(reading, models.current, ours)
    assert rollups.lands
    await rollups.install()
    await Engine(reading, cache, models, RUNNING).ask(CUT, ADMIN)  # begins the count of versions
    engine = Engine(reading, cache, models, RUNNING, landing=ours)
    made = Setting(engine, rollups, ours, database.business, cache)
    await made.land()
    return made


def _from(answer: Result) -> tuple[str, str | None]:
    return answer.served_by.layer, answer.served_by.node


async def test_what_has_landed_answers_as_of_then(setting: Setting) -> None:
    first = await setting.ask()
    assert _from(first) == ("rollup", NODE)
    at = (await setting.rollups.states())["daily_revenue_summary"].refreshed_at
    assert at is not None
    assert abs(datetime.fromisoformat(first.as_of) - RUNNING.at(at)) < timedelta(milliseconds=2)
    setting.sell()
    again = await setting.ask()
    assert (won(again), again.as_of, again.data_version) == (won(first), first.as_of, first.data_version)
    await setting.land()
    newer = await setting.ask()
    assert (_from(newer), won(newer)) == (("rollup", NODE), won(first) + 1)
    assert newer.as_of >= first.as_of
    assert newer.data_version != first.data_version


async def test_only_rollups_of_one_instant_answer_together(setting: Setting) -> None:
    assert _from(await setting.ask(BOTH)) == ("rollup", NODE)
    setting.sell()
    await setting.land("daily_revenue_summary")
    assert _from(await setting.ask(BY_DAY)) == ("rollup", NODE)
    both = await setting.ask(BOTH)
    [place] = [i for i, column in enumerate(both.columns) if column.name == "sales"]
    assert both.totals is not None
    assert int(both.totals["sales"] or 0) == sum(int(value or 0) for value in both.data[place])


@pytest.mark.parametrize("query", [CUT, OPEN])
async def test_what_needs_a_table_is_asked_of_the_source(setting: Setting, query: Any) -> None:
    answer = await setting.ask(query)
    assert answer.served_by.node == "primary"
    setting.sell()
    assert won(await setting.ask(query)) == won(answer) + 1


async def test_without_our_database_the_source_answers(setting: Setting) -> None:
    first = await setting.ask()
    setting.sell()
    async with setting.ours.writing() as connection:
        await connection.execute("DROP SCHEMA leadline CASCADE")
    answer = await setting.ask()
    assert (_from(answer), won(answer)) == (("base", "primary"), won(first) + 1)


async def test_an_answer_never_goes_back(setting: Setting) -> None:
    """The source was asked while a rollup had grown too old: older rows may not follow."""
    async with setting.ours.writing() as connection:
        move = "UPDATE leadline.rollup_state SET refreshed_at = refreshed_at {} interval '1 day'"
        await connection.execute(move.format("-"))
        setting.sell()
        answer = await setting.ask()
        assert answer.served_by.node == "primary"
        await connection.execute(move.format("+"))
    if setting.cache is not None:
        after = await setting.ask()
        assert (after.served_by.node, won(after)) == ("primary", won(answer))
