"""F32: a replica that is behind is left out beyond the bound; own writes are seen at once; ages are true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from leadline.planner.plan import Statement
from leadline.sources.postgres import Need, Reader, Source, Standing
from tests.support.databases import Database, Follower
from tests.support.sources import node_of, opened, run, settings_of
from tests.support.waiting import until

COUNT = Statement("SELECT count(*) FROM leadline.notes", {})
BOUND = timedelta(seconds=1)


@contextmanager
def _paused(replica: Follower, database: Database) -> Iterator[None]:
    admin = replica.database(database).admin
    run(admin, "SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        run(admin, "SELECT pg_wal_replay_resume()")


async def _uses_replica(source: Source) -> bool:
    return (await node_of(source)).node == "replica-1"


async def _left_out(source: Source) -> bool:
    shown = _standing(source)
    return not shown.used and (shown.lag_bytes or 0) > 100_000


def _standing(source: Source) -> Standing:
    return source.standings()[1]


async def _count(source: Source, need: Need | None = None) -> tuple[str, int]:
    async def work(reader: Reader) -> tuple[str, int]:
        return reader.node, (await reader.fetch(COUNT))[0][0]

    return await source.read(work, need=need or Need())


async def _counts(source: Source, node: str, wanted: int) -> bool:
    found, count = await _count(source)
    assert (found, count) == (node, wanted) or found == "primary", "an old answer of the replica"
    return found == node


async def test_f32_a_lagging_replica_is_left_out_and_shown_and_comes_back(
    database: Database, replica: Follower
) -> None:
    async with opened(settings_of(database, replica, lag_bound=BOUND)) as source:
        await until(lambda: _uses_replica(source), 5)
        assert _standing(source).used
        with _paused(replica, database):
            run(database.business, "CREATE TABLE t AS SELECT generate_series(1, 10000)")
            await until(lambda: _left_out(source), 3)
            assert (await node_of(source)).node == "primary"
            shown = _standing(source)
            assert shown.role == "replica"
            assert shown.note.startswith("left out")
            assert (shown.lag_ms or 0) >= 1000
            async with source.reading(node="replica-1") as reader:
                assert reader.now - reader.as_of >= BOUND
                assert (reader.lag_bytes or 0) > 100_000
        await until(lambda: _uses_replica(source), 10)


async def test_f32_an_idle_primary_is_no_lag(database: Database, replica: Follower) -> None:
    replica.catch_up()
    async with opened(settings_of(database, replica, lag_bound=BOUND)) as source:
        await asyncio.sleep(2 * BOUND.total_seconds())

        async def up_to_date() -> bool:
            found = await node_of(source)
            return (found.node, found.lag_ms) == ("replica-1", 0)

        await until(up_to_date, 1)


async def test_f32_own_writes_are_seen_at_once_and_by_token_elsewhere(
    database: Database, replica: Follower
) -> None:
    settings = settings_of(database, replica, lag_bound=timedelta(seconds=60))
    async with opened(settings) as source, opened(settings) as other:
        async with source.writing() as connection:
            await connection.execute("CREATE TABLE leadline.notes (id int)")
            await connection.execute("GRANT SELECT ON leadline.notes TO PUBLIC")
        replica.catch_up()
        await until(lambda: _counts(source, "replica-1", 0), 2)
        with _paused(replica, database):
            async with source.writing() as connection:
                await connection.execute("INSERT INTO leadline.notes VALUES (1)")
            assert await _count(source) == ("primary", 1)
            assert await _count(other) == ("replica-1", 0), "within its bound, and it wrote nothing"
            assert await _count(other, Need(seen=source.written)) == ("primary", 1)
            assert await _count(other, Need(within=timedelta())) == ("primary", 1)
        replica.catch_up()
        await until(lambda: _counts(source, "replica-1", 1), 2)
