"""What stays with a connection from one reading to the next: plans, where asked for, and nothing else."""

from __future__ import annotations

import psycopg

from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.support.databases import Database

_CHEAP = Statement("SELECT count(*) FROM generate_series(1, %(most)s)", {"most": 3})
_DEAR = Statement("SELECT sum(one) FROM generate_series(1, %(most)s) AS one", {"most": 3})
_KEPT = Statement("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements", {})


async def test_a_plan_outlives_its_transaction(database: Database) -> None:
    source = Source(SourceSettings(parse_url(database.reader), pool_size=1))
    await source.open()
    try:
        for _ in range(3):
            async with source.reading() as reader:
                await reader.fetch(_CHEAP, keep_plan=True)
                await reader.fetch(_DEAR)
        async with source.reading() as reader:
            kept = [(text, times) for text, times in await reader.fetch(_KEPT) if "generate_series" in text]
        assert [times for _, times in kept] == [3], kept
        assert "count(*)" in kept[0][0]
    finally:
        await source.close()


async def test_a_reading_that_was_cut_off_leaves_no_transaction(database: Database) -> None:
    source = Source(SourceSettings(parse_url(database.reader), pool_size=1))
    await source.open()
    try:
        node = source._nodes[0]
        connection = await node.take()
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        await connection.execute("SELECT 1")
        await node.give(connection)
        async with node.connection() as again:
            assert again is connection
            assert again.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    finally:
        await source.close()
