"""A rollup is used only if none of its tables changed since its refresh, decided in the reader's snapshot."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from leadline.planner.plan import RollupState, Statement
from leadline.rollups.refresh import Outcome
from leadline.rollups.service import Rollups
from leadline.rollups.states import read_states, still_there
from leadline.sources.postgres import Source
from tests.support.databases import Database

DAILY = "daily_revenue_summary"
_TOTAL = Statement("SELECT sum(total_revenue), sum(deals_count) FROM leadline.daily_revenue_summary", {})
_BASE = Statement("SELECT sum(amount), count(*) FROM deals WHERE status = 'won'", {})
_WIN = "INSERT INTO deals VALUES (%s, 1, 'won', 'web', 1000, now(), '2026-04-01 12:00+00')"


async def _state(source: Source, rollups: Rollups, name: str = DAILY) -> RollupState:
    async with source.reading() as reader:
        return (await read_states(reader, rollups.definitions))[name]


async def _write(database: Database, statement: str, *values: object) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as connection:
        await connection.execute(statement, values or None)


async def test_a_refreshed_rollup_is_usable_and_fresh(source: Source, rollups: Rollups) -> None:
    state = await _state(source, rollups)
    assert (state.usable, state.stale, state.version) == (True, False, 1)
    assert state.refreshed_at is not None


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO deals SELECT 9001, 1, 'won', 'web', 5, now(), now()",
        "UPDATE deals SET amount = amount + 1 WHERE id = 3",
        "DELETE FROM deals WHERE id = 3",
        "TRUNCATE deals",
        "MERGE INTO deals d USING reps r ON d.rep_id = r.id "
        "WHEN MATCHED AND d.id < 9 THEN UPDATE SET amount = 1",
        "WITH moved AS (DELETE FROM deals WHERE id = 6 RETURNING id) SELECT * FROM moved",
    ],
)
async def test_any_change_makes_it_stale(
    source: Source, rollups: Rollups, database: Database, change: str
) -> None:
    await _write(database, change)
    assert (await _state(source, rollups)).stale
    outcome = await rollups.refresh(DAILY)
    assert (outcome.action, outcome.version) == ("refreshed", 2)
    assert not (await _state(source, rollups)).stale


async def test_a_joined_table_counts_for_those_that_read_it(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write(database, "UPDATE reps SET region = 'North' WHERE id = 1")
    assert not (await _state(source, rollups)).stale
    assert (await _state(source, rollups, "deals_by_region")).stale


async def test_a_rolled_back_change_changes_nothing(
    source: Source, rollups: Rollups, database: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as connection:
        async with connection.transaction(force_rollback=True):
            await connection.execute(_WIN, [9001])
        async with connection.transaction():
            await connection.execute("SELECT count(*) FROM deals")
    assert not (await _state(source, rollups)).stale


async def test_a_change_after_a_rolled_back_savepoint_is_marked(
    source: Source, rollups: Rollups, database: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as connection:
        async with connection.transaction(force_rollback=True):
            await connection.execute(_WIN, [9001])
        await connection.execute(_WIN, [9002])
    assert (await _state(source, rollups)).stale


async def test_a_writer_that_began_before_the_refresh_and_commits_after_it(
    source: Source, rollups: Rollups, database: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as late:
        await late.execute(_WIN, [9001])
        await _write(database, _WIN, 9002)
        assert (await rollups.refresh(DAILY)).action == "refreshed"
        assert not (await _state(source, rollups)).stale
        await late.commit()
    assert (await _state(source, rollups)).stale
    await rollups.refresh(DAILY)
    async with source.reading() as reader:
        assert await reader.fetch(_TOTAL) == await reader.fetch(_BASE)


async def test_refreshing_reads_the_snapshot_of_its_transaction(
    source: Source, rollups: Rollups, database: Database
) -> None:
    """REFRESH … CONCURRENTLY starts after this writer's commit, and still must not read it."""
    await _write(database, _WIN, 9001)
    async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
        await blocker.execute("ANALYZE leadline.daily_revenue_summary")  # its lock keeps a refresh waiting
        refreshing = await _waiting(database, rollups)
        await _write(database, _WIN, 9002)
    assert (await refreshing).action == "refreshed"
    await _lacks_one(source, rollups)


async def test_building_reads_the_snapshot_of_its_transaction(
    source: Source, rollups: Rollups, database: Database
) -> None:
    """CREATE MATERIALIZED VIEW starts after this writer's commit, and still must not read it."""
    await _write_as_admin(database, "DROP MATERIALIZED VIEW leadline.daily_revenue_summary")
    async with await psycopg.AsyncConnection.connect(database.business) as blocker:
        await blocker.execute("LOCK TABLE deals IN ACCESS EXCLUSIVE MODE")
        refreshing = await _waiting(database, rollups)
        await blocker.execute(_WIN, [9002])
    assert (await refreshing).action == "built"
    await _lacks_one(source, rollups)


async def _lacks_one(source: Source, rollups: Rollups) -> None:
    """The stored rows lack the deal of the late writer, and the rollup says that it is stale."""
    async with source.reading() as reader:
        states = await read_states(reader, rollups.definitions)
        [(_, stored)] = await reader.fetch(_TOTAL)
        [(_, base)] = await reader.fetch(_BASE)
    assert states[DAILY].stale
    assert stored == base - 1


async def _waiting(database: Database, rollups: Rollups) -> asyncio.Task[Outcome]:
    """A refresh that has its snapshot and waits for a lock."""
    refreshing = asyncio.create_task(rollups.refresh(DAILY))
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with await psycopg.AsyncConnection.connect(database.admin, autocommit=True) as watcher:
        for _ in range(500):
            row = await (await watcher.execute(waiting)).fetchone()
            if row and row[0]:
                return refreshing
            await asyncio.sleep(0.01)
    raise AssertionError("the refresh never waited")


async def _write_as_admin(database: Database, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.admin) as connection:
        await connection.execute(statement)


async def test_nothing_changed_moves_only_the_clock(source: Source, rollups: Rollups) -> None:
    before = await _state(source, rollups)
    assert (await rollups.refresh(DAILY)).action == "unchanged"
    after = await _state(source, rollups)
    assert after.version == before.version
    assert after.refreshed_at and before.refreshed_at and after.refreshed_at > before.refreshed_at


async def test_marks_go_once_every_rollup_has_seen_them(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write(database, _WIN, 9001)
    await rollups.refresh(DAILY)
    await rollups.forget_marks()
    assert await _marks(source) == 1, "the other rollup has not seen it"
    assert (await _state(source, rollups, "deals_by_region")).stale
    await rollups.refresh("deals_by_region")
    await rollups.forget_marks()
    assert await _marks(source) == 0


async def _marks(source: Source) -> int:
    async with source.reading() as reader:
        [(count,)] = await reader.fetch(Statement("SELECT count(*) FROM leadline.change_mark", {}))
    return int(count)


async def test_switching_the_trigger_off_and_on_again_is_noticed(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write(database, "ALTER TABLE deals DISABLE TRIGGER USER")
    assert (await _state(source, rollups)).stale
    await _write(database, _WIN, 9001)
    await _write(database, "ALTER TABLE deals ENABLE TRIGGER USER")
    assert (await _state(source, rollups)).stale
    assert (await rollups.refresh(DAILY)).action == "refreshed"
    assert not (await _state(source, rollups)).stale


async def test_a_table_swapped_under_its_name_is_noticed(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write(
        database,
        "ALTER TABLE deals RENAME TO deals_old; CREATE TABLE deals (LIKE deals_old INCLUDING ALL)",
    )
    assert (await _state(source, rollups)).stale


async def test_a_cascade_marks_the_table_it_reaches(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write(database, "DELETE FROM deals WHERE rep_id NOT IN (SELECT id FROM reps)")
    await _write(database, "ALTER TABLE deals ADD FOREIGN KEY (rep_id) REFERENCES reps ON DELETE CASCADE")
    await rollups.refresh(DAILY)
    await _write(database, "DELETE FROM reps WHERE id = 1")
    assert (await _state(source, rollups)).stale


async def test_rows_copied_from_another_cluster_are_not_trusted(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write_as_admin(database, "UPDATE leadline.rollup_state SET cluster = 1")
    assert (await _state(source, rollups)).stale


async def test_without_our_tables_writing_goes_on_and_no_rollup_is_trusted(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write_as_admin(database, "DROP TABLE leadline.change_mark")
    await _write(database, _WIN, 9001)
    assert not (await _state(source, rollups)).usable


async def test_a_rebuild_between_state_and_read_is_noticed(
    source: Source, rollups: Rollups, database: Database
) -> None:
    async with source.reading() as reader:
        assert not (await read_states(reader, rollups.definitions))[DAILY].stale
        await _write_as_admin(database, "UPDATE leadline.rollup_state SET definition = 'other'")
        assert (await rollups.refresh(DAILY)).action == "built"
        await reader.fetch(_TOTAL)
        assert not await still_there(reader, [DAILY])
    async with source.reading() as reader:
        await reader.fetch(_TOTAL)
        assert await still_there(reader, [DAILY])


async def test_every_answer_is_exact_while_many_write(
    source: Source, rollups: Rollups, database: Database
) -> None:
    """Whenever the state says fresh, the rollup equals the base in the same snapshot."""
    seen = {"fresh": 0, "stale": 0}
    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(_keep_writing(database, seed)) for seed in (1, 2)]
        while not all(writer.done() for writer in writers):
            await rollups.refresh(DAILY)
            await rollups.forget_marks()
            async with source.reading() as reader:
                state = (await read_states(reader, rollups.definitions))[DAILY]
                seen["stale" if state.stale else "fresh"] += 1
                if not state.stale:
                    assert await reader.fetch(_TOTAL) == await reader.fetch(_BASE)
    assert seen["fresh"] and seen["stale"]


async def _keep_writing(database: Database, seed: int) -> None:
    async with await psycopg.AsyncConnection.connect(database.business) as connection:
        for number in range(25):
            await connection.execute(_WIN, [100_000 * seed + number])
            await asyncio.sleep(0.003 * (number % 5))
            await connection.commit()
            await asyncio.sleep(0.02 * (number % 3))


async def test_a_role_without_temporary_tables_refreshes_by_swapping(
    source: Source, rollups: Rollups, database: Database
) -> None:
    await _write_as_admin(database, f"REVOKE TEMPORARY ON DATABASE {database.name} FROM leadline_rollups")
    await _write(database, _WIN, 9001)
    assert (await rollups.refresh(DAILY)).action == "refreshed"
    assert not (await _state(source, rollups)).stale
    async with source.reading() as reader:
        assert await reader.fetch(_TOTAL) == await reader.fetch(_BASE)
