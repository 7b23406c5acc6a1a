"""Making, changing and dropping rollups; failures; workers side by side; what cannot tell its changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.bound import BoundModel
from leadline.planner.plan import RollupState, Statement
from leadline.rollups.service import Rollups
from leadline.rollups.states import read_states
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn
from leadline.sources.postgres import Source
from tests.support import business
from tests.support.databases import Database
from tests.support.waiting import LATE, until

DAILY = "daily_revenue_summary"
_WIN = """
INSERT INTO deals
SELECT max(id) + 1, 1, 'won', 'web', 10, now(), max(closed_at) + interval '40 days' FROM deals
"""
_GONE = "DELETE FROM deals WHERE id = (SELECT max(id) FROM deals)"


async def _made(source: Source, *rollups: Rollup) -> Rollups:
    made = Rollups(source, BoundModel(business.model(*rollups), await source.schema()))
    await made.install()
    return made


async def _states(source: Source, rollups: Rollups) -> dict[str, RollupState]:
    async with source.reading() as reader:
        return await read_states(reader, rollups.definitions)


async def _fetch(source: Source, query: str) -> list[tuple[Any, ...]]:
    async with source.reading() as reader:
        return await reader.fetch(Statement(query, {}))


def _run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


async def test_before_anything_is_made_no_rollup_is_usable(source: Source) -> None:
    bound = BoundModel(business.model(business.DAILY), await source.schema())
    rollups = Rollups(source, bound)
    assert (await _states(source, rollups))[DAILY] == RollupState(DAILY, usable=False, stale=True, version=0)
    assert await rollups.known() == {}
    assert rollups.due({}, datetime.now(UTC)) == (DAILY,)


async def test_another_definition_is_built_beside_and_put_in_place(source: Source) -> None:
    before = await _made(source, business.DAILY)
    await before.refresh(DAILY)
    after = await _made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
    assert not (await _states(source, after))[DAILY].usable
    assert (await _states(source, before))[DAILY].usable, "the old one serves until the new one is there"
    known = await after.known()
    assert after.due(known, datetime.now(UTC)) == (DAILY,)
    outcome = await after.refresh(DAILY)
    assert (outcome.action, outcome.version) == ("built", 2)
    state = (await _states(source, after))[DAILY]
    assert (state.usable, state.stale) == (True, False)
    [row] = await _fetch(source, "SELECT * FROM leadline.daily_revenue_summary LIMIT 1")
    assert len(row) == 3


@pytest.mark.parametrize("rollup", [business.DAILY, business.BY_REGION])
async def test_how_many_rows_there_are_is_told_rightly_after_each_refresh(
    source: Source, database: Database, rollup: Rollup
) -> None:
    rollups = await _made(source, rollup)
    for always, change in ((False, ""), (True, ""), (False, _WIN), (True, _WIN), (False, _GONE)):
        if change:
            _run(database.business, change)
        await rollups.refresh(rollup.name, always=always)
        told = await _fetch(source, f"SELECT rows FROM leadline.rollup_state WHERE name = '{rollup.name}'")
        assert told == await _fetch(source, f"SELECT count(*) FROM leadline.{rollup.name}")


async def test_what_the_model_no_longer_has_is_dropped_and_only_that(
    source: Source, database: Database
) -> None:
    before = await _made(source, business.DAILY, business.BY_REGION)
    for name in before.definitions:
        await before.refresh(name)
    _run(database.rollups, "CREATE MATERIALIZED VIEW leadline.not_ours AS SELECT 1 AS one")
    after = await _made(source, business.DAILY)
    assert await after.drop_others() == ("deals_by_region",)
    views = await _fetch(source, "SELECT matviewname FROM pg_matviews ORDER BY 1")
    assert views == [(DAILY,), ("not_ours",)]
    assert set(await after.known()) == {DAILY}


async def test_f36_a_failure_keeps_the_last_good_rows_and_says_why(
    source: Source, database: Database
) -> None:
    rollups = await _made(source, business.DAILY)
    await rollups.refresh(DAILY)
    stored = await _fetch(source, "SELECT count(*) FROM leadline.daily_revenue_summary")
    _run(database.business, "REVOKE SELECT ON deals FROM leadline_rollups; UPDATE deals SET amount = 1")
    with pytest.raises(LeadlineError) as refused:
        await rollups.refresh(DAILY)
    assert refused.value.code == "no_permission"
    assert await _fetch(source, "SELECT count(*) FROM leadline.daily_revenue_summary") == stored
    assert (await _states(source, rollups))[DAILY].stale
    known = (await rollups.known())[DAILY]
    assert known.error is not None
    assert known.error.startswith("no_permission: ")
    assert rollups.due({DAILY: known}, datetime.now(UTC)) == ()
    assert rollups.due({DAILY: known}, datetime.now(UTC) + timedelta(seconds=11)) == (DAILY,)
    _run(database.business, "GRANT SELECT ON deals TO leadline_rollups")
    await rollups.refresh(DAILY)
    assert (await rollups.known())[DAILY].error is None


async def _waits(database: Database) -> bool:
    """Whether somebody waits for a lock in the database."""
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database.admin) as connection:
        return bool(connection.execute(query).fetchall())


async def _waits_or_gave_up(database: Database, task: asyncio.Task[Any]) -> bool:
    """A swap waits for less than a second: on a busy machine that has passed before anybody looks."""
    return task.done() or await _waits(database)


async def test_f36_a_refresh_that_is_killed_leaves_the_last_good_rows(
    source: Source, database: Database
) -> None:
    rollups = await _made(source, business.DAILY)
    await rollups.refresh(DAILY)
    _run(database.business, "UPDATE deals SET amount = 1 WHERE id = 3")
    async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
        await blocker.execute("ANALYZE leadline.daily_revenue_summary")
        refreshing = asyncio.create_task(rollups.refresh(DAILY))
        await until(lambda: _waits(database), 1)
        _run(
            database.admin,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'REFRESH%'",
        )
        with pytest.raises(LeadlineError) as refused:
            await refreshing
        assert refused.value.code == "source_unavailable"
    assert (await rollups.refresh(DAILY)).action == "refreshed", "its lock is free again"


async def test_f35_two_workers_never_refresh_one_rollup_together(source: Source, database: Database) -> None:
    rollups = await _made(source, business.DAILY)
    outcomes = await asyncio.gather(*(rollups.refresh(DAILY) for _ in range(4)))
    actions = sorted(outcome.action for outcome in outcomes)
    assert actions.count("built") == 1
    assert set(actions) <= {"built", "busy", "unchanged"}


async def test_f35_no_reader_waits_for_a_swap(source: Source, database: Database) -> None:
    rollups = await _made(source, business.DAILY)
    await rollups.refresh(DAILY)
    changed = await _made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
    async with source.reading() as long_reader:
        await long_reader.fetch(Statement("SELECT count(*) FROM leadline.daily_revenue_summary", {}))
        swapping = asyncio.create_task(changed.refresh(DAILY))
        await until(lambda: _waits_or_gave_up(database, swapping), 1)
        async with asyncio.timeout(2 + LATE):
            await _fetch(source, "SELECT count(*) FROM leadline.daily_revenue_summary")
        with pytest.raises(LeadlineError) as refused:
            await swapping
        assert refused.value.code == "timeout"
    assert (await changed.refresh(DAILY)).action == "built"


# What cannot tell its changes


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE deals RENAME TO all_deals; CREATE VIEW deals AS SELECT * FROM all_deals",
        "ALTER TABLE deals RENAME TO all_deals; CREATE TABLE deals (LIKE all_deals) PARTITION BY RANGE (id);"
        "CREATE TABLE some_deals PARTITION OF deals DEFAULT; INSERT INTO deals SELECT * FROM all_deals",
        "CREATE TABLE more_deals () INHERITS (deals)",
        "REVOKE TRIGGER ON deals FROM leadline_rollups",
    ],
)
async def test_a_table_that_cannot_tell_its_changes_is_trusted_for_seconds_only(
    source: Source, database: Database, change: str
) -> None:
    _run(database.business, change)
    rollups = await _made(source, business.DAILY)
    await rollups.refresh(DAILY)
    assert (await rollups.known())[DAILY].inexact
    async with source.reading() as reader:
        young = await read_states(reader, rollups.definitions)
        old = await read_states(reader, rollups.definitions, age_bound=0)
    assert not young[DAILY].stale
    assert old[DAILY].stale
    assert (await rollups.refresh(DAILY)).action == "refreshed", "nobody knows that nothing changed"


async def test_once_it_can_tell_it_is_exact(source: Source, database: Database) -> None:
    _run(database.business, "REVOKE TRIGGER ON deals FROM leadline_rollups")
    rollups = await _made(source, business.DAILY)
    await rollups.refresh(DAILY)
    _run(database.business, "GRANT TRIGGER ON deals TO leadline_rollups")
    await rollups.refresh(DAILY)
    assert (await rollups.known())[DAILY].inexact is None
    assert (await rollups.refresh(DAILY)).action == "unchanged"


async def test_a_table_with_row_security_is_not_rolled_up(source: Source, database: Database) -> None:
    _run(database.business, "ALTER TABLE deals ENABLE ROW LEVEL SECURITY")
    rollups = await _made(source, business.DAILY)
    with pytest.raises(LeadlineError) as refused:
        await rollups.refresh(DAILY)
    assert refused.value.code == "not_supported"


async def test_a_source_that_grants_no_schema_says_which_right_is_missing(database: Database) -> None:
    from leadline.sources.postgres import SourceSettings, parse_url

    business.fill(database.business)
    _run(database.admin, "DROP SCHEMA leadline CASCADE")
    source = Source(SourceSettings(parse_url(database.reader)))
    await source.open()
    rollups = Rollups(source, BoundModel(business.model(business.DAILY), await source.schema()))
    with pytest.raises(LeadlineError) as refused:
        await rollups.install()
    assert refused.value.code == "no_permission"
    assert not (await _states(source, rollups))[DAILY].usable
    await source.close()


# Definitions


def _grain(name: str, time: str, grain: str) -> Rollup:
    columns = (
        RollupColumn("bucket", time=True),
        RollupColumn("deals", measure=business.DAILY.columns[1].measure),
    )
    return Rollup(name, "deals", columns, business.HERE, time=(time, grain))


@pytest.mark.parametrize(
    ("time", "grain", "bucket"),
    [
        ("closed_at", "minute", "date_trunc('minute', closed_at)"),
        ("closed_at", "quarter_hour", "date_bin('15 minutes', closed_at, '2000-01-01 00:00+00')"),
        ("closed_at", "hour", "date_trunc('hour', closed_at, 'America/Chicago')"),
        ("closed_at", "week", "date_trunc('week', closed_at, 'America/Chicago')"),
        ("closed_at", "quarter", "date_trunc('quarter', closed_at, 'America/Chicago')"),
        ("wall_at", "day", "date_trunc('day', wall_at AT TIME ZONE 'America/Chicago', 'America/Chicago')"),
        ("closed_on", "month", "date_trunc('month', closed_on::timestamp)::date"),
    ],
)
async def test_buckets(source: Source, database: Database, time: str, grain: str, bucket: str) -> None:
    _run(
        database.business,
        "ALTER TABLE deals ADD wall_at timestamp, ADD closed_on date;"
        "UPDATE deals SET wall_at = closed_at AT TIME ZONE 'UTC', closed_on = closed_at::date",
    )
    rollups = await _made(source, _grain("bucketed", time, grain))
    await rollups.refresh("bucketed")
    expected = f"SELECT {bucket}, count(*) FILTER (WHERE status = 'won') FROM deals GROUP BY 1 ORDER BY 1"
    assert await _fetch(source, "TABLE leadline.bucketed ORDER BY 1") == await _fetch(source, expected)


async def test_a_rollup_without_time_or_groups_is_one_row(source: Source) -> None:
    whole = Rollup(
        "whole", "deals", business.DAILY.columns[1:3], business.HERE, where=parse("source = 'web'")
    )
    rollups = await _made(source, whole)
    await rollups.refresh("whole")
    await rollups.refresh("whole", always=True)
    query = (
        "SELECT count(*) FILTER (WHERE status = 'won'), sum(amount) FILTER (WHERE status = 'won') "
        "FROM deals WHERE source = 'web'"
    )
    assert await _fetch(source, "TABLE leadline.whole") == await _fetch(source, query)


async def test_a_definition_that_cannot_be_made_names_its_place(source: Source) -> None:
    rollups = await _made(source, _grain("fiscal", "closed_at", "fiscal_year"), business.DAILY)
    assert set(rollups.definitions) == {DAILY}
    assert rollups.failed["fiscal"].code == "not_supported"
    assert rollups.failed["fiscal"].at == "model.yaml:1"
    with pytest.raises(LeadlineError):
        await rollups.refresh("fiscal")
    with pytest.raises(LeadlineError) as unknown:
        await rollups.refresh("nix")
    assert unknown.value.code == "not_found"
