"""Plans that the server keeps: from one transaction to the next, and only where it was asked for."""

from __future__ import annotations

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
