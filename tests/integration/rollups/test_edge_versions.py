"""Answers from a rollup and buckets that changed since: they hold until a change, never after it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from leadline.cache import CacheSettings
from leadline.core.result import Result
from leadline.engine.reliance import edge_score, score
from leadline.planner.plan import RollupState
from leadline.rollups import refresh, states
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source
from tests.integration.engine.cluster import ADMIN, BY_DAY, Process, processes, won
from tests.integration.rollups.touching import BY_REGION, made, state_of, write
from tests.support import business
from tests.support.databases import Database
from tests.support.sources import settings_of

BRIEF = CacheSettings(ttl=0.01, stale=-1000)
"""What no version tells holds for an instant only."""
_DEAL = "INSERT INTO deals SELECT max(id) + 1, 1, 'won', 'web', 1, now(), '{}' FROM deals"
TODAY, YESTERDAY = _DEAL.format("2026-05-31 12:00-05"), _DEAL.format("2026-05-30 12:00-05")
APRIL = {"metrics": ["sales"], "time": {"grain": "day", "range": {"from": "2026-04-01", "to": "2026-05-01"}}}
CUT = {"metrics": ["sales"], "time": {"range": {"from": "2026-05-20T10:00", "to": "2026-06-01"}}}
MEMBERS = {**BY_DAY, "dimensions": [{"field": "rep.region", "all": True}]}


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Touched buckets are read from the table, and marks are thinned out wherever two are of one place."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", True)
    monkeypatch.setattr(refresh, "_MANY_MARKS", 1)


def _told(answer: Result) -> tuple[str, str]:
    return answer.served_by.layer, answer.served_by.cache


async def _ask(process: Process, query: object = BY_DAY) -> Result:
    """An answer, when the states of the moment have been published."""
    await process.publish()
    return await process.ask(query)


async def test_an_edge_holds_until_a_change_touches_it(
    database: Database, valkey: str, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with processes(2, settings_of(database), valkey, tmp_path, BRIEF) as (one, two):
        await one.refresh()
        write(database.business, TODAY)
        first = await _ask(one)
        assert _told(first) == ("rollup+edge", "miss")
        again = await _ask(two)
        assert _told(again) == ("rollup+edge", "hit")
        assert again.data_version == first.data_version
        for sold in (1, 2):  # in a bucket that was touched before
            write(database.business, TODAY)
            answer = await _ask(two)
            assert (_told(answer), won(answer)) == (("rollup+edge", "miss"), won(first) + sold)
            assert _told(await _ask(one)) == ("rollup+edge", "hit")
        await one.refresh()
        answer = await _ask(two)
        assert (_told(answer), won(answer)) == (("rollup", "miss"), won(first) + 2)


async def test_a_cut_bucket_is_an_edge_too(database: Database, valkey: str, tmp_path: Path) -> None:
    business.fill(database.business)
    async with processes(1, settings_of(database), valkey, tmp_path, BRIEF) as (one,):
        await one.refresh()
        first = await _ask(one, CUT)
        assert _told(await _ask(one, CUT)) == ("rollup+edge", "hit")
        write(database.business, _DEAL.format("2026-05-20 11:00-05"))
        answer = await _ask(one, CUT)
        assert (_told(answer), won(answer)) == (("rollup+edge", "miss"), won(first) + 1)


async def test_buckets_that_are_not_read_do_not_matter(
    database: Database, valkey: str, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with processes(1, settings_of(database), valkey, tmp_path, BRIEF) as (one,):
        await one.refresh()
        write(database.business, TODAY)
        assert _told(await _ask(one, APRIL)) == ("rollup", "miss")
        write(database.business, TODAY)
        assert _told(await _ask(one, APRIL)) == ("rollup", "hit"), "another change of what it does not read"
        write(database.business, YESTERDAY)
        assert _told(await _ask(one, APRIL)) == ("rollup", "miss"), "it might have been in April"
        assert _told(await _ask(one, APRIL)) == ("rollup", "hit")


async def test_members_of_a_table_have_no_version(database: Database, valkey: str, tmp_path: Path) -> None:
    business.fill(database.business)
    async with processes(1, settings_of(database), valkey, tmp_path, BRIEF) as (one,):
        await one.refresh()
        write(database.business, TODAY)
        entry = (await one.engine.serve(one.engine.prepare(MEMBERS, ADMIN))).entry
        assert not entry.exact


async def test_scores_only_ever_grow(database: Database, source: Source) -> None:
    """Whatever happens, in any order; and a change of what is stored never leaves the edge's as it was."""
    write(database.business, "INSERT INTO reps VALUES (0, 'Di', 'East'), (4, 'Ed', 'West')")  # nobody waits
    rollups = await made(source, business.BY_REGION)
    chance, rep = random.Random(4), 100  # noqa: S311
    before = await state_of(source, rollups, BY_REGION)
    for _ in range(60):
        act = chance.choice(("sell", "sell", "arrive", "refresh", "forget"))
        rep += 1
        await _act(act, rep, database, source, rollups)
        after = await state_of(source, rollups, BY_REGION)
        assert _scores(after) >= _scores(before)
        assert act != "sell" or edge_score(after) > edge_score(before)
        before = after


def _scores(state: RollupState) -> tuple[str, str]:
    return score(state), edge_score(state)


async def _act(act: str, rep: int, database: Database, source: Source, rollups: Rollups) -> None:
    if act == "sell":
        write(database.business, TODAY)
    elif act == "arrive":
        write(database.business, f"INSERT INTO reps VALUES ({rep}, 'New', 'East')")
    elif act == "refresh":
        await rollups.refresh(BY_REGION)
    else:
        await refresh.forget_marks(source)
