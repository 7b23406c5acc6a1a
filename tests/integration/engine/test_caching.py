"""Answers of a cluster: seen at once by all, read once for all, stale within a bound and said so."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from redis.asyncio import Redis

from leadline.cache import CacheSettings
from leadline.core.errors import LeadlineError
from leadline.engine import Engine
from leadline.sources.postgres import parse_url
from tests.integration.engine.cluster import (
    ADMIN,
    BY_DAY,
    NEXT_MINUTE,
    SALES,
    Process,
    processes,
    reads,
    sell,
    won,
)
from tests.support import business
from tests.support.databases import Database
from tests.support.relay import Relay
from tests.support.sources import run, settings_of
from tests.support.waiting import LATE, until

STRICT = CacheSettings(ttl=30, stale=-1000)
"""Nothing that no longer holds is shown."""


@pytest.fixture
def filled(database: Database) -> Database:
    """The business with its deals."""
    business.fill(database.business)
    return database


async def test_a_refresh_in_one_process_is_seen_by_all_at_once(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(2, settings_of(filled), valkey, tmp_path, STRICT) as (one, two):
        await one.refresh()
        await one.publish()
        first = await one.ask()
        assert first.served_by.layer == "rollup"
        again = await two.ask()
        assert (again.served_by.cache, again.data_version) == ("hit", first.data_version)
        sell(filled.business)
        await two.refresh()
        await two.publish()
        for process in (one, two, one):
            answer = await process.ask()
            assert won(answer) == won(first) + 1
            assert answer.data_version != first.data_version
        assert (await one.ask()).served_by.cache == "hit"


async def test_a_write_makes_what_a_rollup_gave_no_longer_hold(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path, STRICT) as (one,):
        await one.refresh()
        await one.publish()
        before = won(await one.ask())
        sell(filled.business)
        await one.publish()
        assert won(await one.ask()) == before + 1, "without any refresh"


async def test_an_unpublished_version_is_a_miss(filled: Database, valkey: str, tmp_path: Path) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path, STRICT) as (one,):
        await one.refresh()
        await one.ask()
        async with Redis.from_url(valkey) as client:
            await client.delete(*await client.keys("ll:*:v:*"))
        assert (await one.ask()).served_by.cache == "miss"
        assert (await one.ask()).served_by.cache == "hit", "the reading has published it"


async def _no_hit_any_more(process: Process) -> tuple[str, int]:
    """The first answer that is no hit: what took long holds for five times as long as it took."""
    async with asyncio.timeout(12 + LATE):
        while (answer := await process.ask(SALES)).served_by.cache == "hit":  # noqa: ASYNC110 - time passes
            await asyncio.sleep(0.05)
    return answer.served_by.cache, won(answer)


async def test_what_no_version_covers_holds_for_its_time(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    settings = CacheSettings(ttl=2, stale=-1000)
    async with processes(2, settings_of(filled), valkey, tmp_path, settings) as (one, two):
        first = await one.ask(SALES)
        assert (first.served_by.layer, (await two.ask(SALES)).served_by.cache) == ("base", "hit")
        sell(filled.business)
        assert await _no_hit_any_more(two) == ("miss", won(first) + 1)


async def test_versions_cover_only_what_rollups_alone_gave(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path) as (one,):
        await one.refresh()
        yearly = {"metrics": ["sales"], "time": {"grain": "month", "range": {"preset": "this_year"}}}
        open_end = {"metrics": ["sales"], "time": {"grain": "day", "range": {"from": "2026-04-01"}}}
        members = {**SALES, "dimensions": [{"field": "rep.region", "all": True}]}
        cut = {"metrics": ["sales"], "time": {"range": {"from": "2026-05-01T10:00", "to": "2026-05-09"}}}
        expected = (
            (BY_DAY, True),
            (yearly, True),
            (SALES, False),
            (members, False),
            (open_end, False),
            (cut, True),
        )
        for query, exact in expected:
            entry = (await one.engine.serve(one.engine.prepare(query, ADMIN))).entry
            assert entry.exact is exact, query
            assert bool(entry.scores) is (entry.layer != "base")


async def test_a_stale_answer_is_shown_with_its_age_while_it_is_read_anew(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    settings = CacheSettings(ttl=0.2, stale=60)
    async with processes(2, settings_of(filled), valkey, tmp_path, settings) as (one, two):
        first = await one.ask(SALES)
        sell(filled.business)

        async def fresh() -> bool:
            answer = await two.ask(SALES, fresh_only=True)
            assert answer.served_by.cache != "stale", "never into reports or alerts"
            return won(answer) == won(first) + 1

        await until(fresh, 1)
        sell(filled.business)
        assert await _no_hit_any_more(one) == ("stale", won(first) + 1)
        await until(lambda: _counts(one, won(first) + 2), 1)


async def test_f30_beyond_the_bound_nothing_stale_is_shown(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path, CacheSettings(ttl=0.1, stale=0.1)) as (
        one,
    ):
        began = time.monotonic()
        first = await one.ask(SALES)
        sell(filled.business)
        # what took long holds for five times as long as it took
        await asyncio.sleep(0.3 + 6 * (time.monotonic() - began))
        answer = await one.ask(SALES)
        assert (answer.served_by.cache, won(answer)) == ("miss", won(first) + 1)


async def test_the_minute_before_is_what_is_stale_after_its_turn(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    to_date = {**SALES, "time": {"range": {"preset": "month_to_date"}}}
    async with processes(1, settings_of(filled), valkey, tmp_path) as (one,):
        first = await one.ask(to_date)
        following = Engine(one.source, one.cache, one.models, NEXT_MINUTE)
        turned = await following.ask(to_date, ADMIN)
        assert (turned.served_by.cache, turned.now) == ("stale", first.now), "with the now it was asked for"

        async def both_hit() -> bool:
            later = await following.ask(to_date, ADMIN)
            return later.served_by.cache == (await one.ask(to_date)).served_by.cache == "hit"

        await until(both_hit, 1)


async def test_f29_many_who_ask_at_once_cause_one_reading_in_the_cluster(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(3, settings_of(filled), valkey, tmp_path) as many:
        assert all([await process.cache.alive() for process in many])
        asking = [process.ask(query) for process in many for query in (SALES, BY_DAY) for _ in range(25)]
        answers = await asyncio.gather(*asking)
        assert reads(many) == 2
        assert len({answer.key for answer in answers}) == 2


async def test_f40_whoever_leaves_cancels_the_reading_and_gives_its_lease_back(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    waits = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with processes(2, settings_of(filled), valkey, tmp_path) as (one, two):
        assert await one.cache.alive() and await two.cache.alive()
        with psycopg.connect(filled.business) as blocker:
            blocker.execute("LOCK TABLE deals IN ACCESS EXCLUSIVE MODE")
            leading = asyncio.create_task(one.ask(SALES))

            async def one_reads() -> bool:
                return bool(run(filled.admin, waits) == [(1,)])

            await until(one_reads, 1)
            waiting = asyncio.create_task(two.ask(SALES))
            await asyncio.sleep(0.3)
            leading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leading
            await until(one_reads, 3)
        assert won(await waiting) > 0
        tried = [process.cache.counters.led + process.cache.counters.alone for process in (one, two)]
        assert tried == [1, 1], "the one who waits has taken over (alone: Redis was slow to say who leads)"


async def test_an_error_is_not_kept_and_does_not_stop_those_who_wait(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    broken = {"metrics": ["revenue"], "filters": [{"field": "deals.source", "op": "eq", "values": ["x"]}]}
    async with processes(2, settings_of(filled), valkey, tmp_path) as (one, two):
        run(filled.business, "ALTER TABLE deals RENAME COLUMN source TO origin")
        for answer in await asyncio.gather(
            one.ask(broken), two.ask(broken), one.ask(broken), return_exceptions=True
        ):
            assert isinstance(answer, LeadlineError) and answer.code == "model_invalid"
        run(filled.business, "ALTER TABLE deals RENAME COLUMN origin TO source")
        assert (await one.ask(broken)).served_by.cache == "miss"


async def test_f31_while_the_source_is_away_the_last_good_answer_is_shown_with_its_age(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    login = parse_url(filled.reader)
    settings = CacheSettings(ttl=0.1, stale=-1000)
    async with Relay(login.port) as relay:
        behind = replace(settings_of(filled), primary=replace(login, port=relay.port), owner=None)
        async with processes(2, behind, valkey, tmp_path, settings) as (one, two):
            first = await one.ask(SALES)
            await relay.cut()
            assert await _no_hit_any_more(one) == ("stale", won(first))
            loop = asyncio.get_running_loop()
            for process in (one, two, one, one):
                began = loop.time()
                kept = await process.ask(SALES)
                assert loop.time() - began < 1 + LATE
                assert (kept.served_by.cache, kept.as_of, won(kept)) == ("stale", first.as_of, won(first))
            following = Engine(one.source, one.cache, one.models, NEXT_MINUTE)
            assert (await following.ask(SALES, ADMIN)).served_by.cache == "stale", "also in other minutes"
            for never in ({**SALES, "limit": 7}, SALES):
                with pytest.raises(LeadlineError) as refused:
                    await one.ask(never, fresh_only=True)
                assert refused.value.code == "source_unavailable"
            sell(filled.business)
            await relay.mend()
            await until(lambda: _counts(one, won(first) + 1), 10)


async def _counts(process: Process, wanted: int) -> bool:
    return won(await process.ask(SALES)) == wanted
