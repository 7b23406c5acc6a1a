"""F40: whoever asks leaves, or our process dies: the query in the database ends, the connection is clean."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from leadline.planner.plan import Statement
from leadline.sources.postgres import Reader, Source, SourceSettings, parse_url
from tests.support.databases import Database
from tests.support.sources import ONE, one, opened, run
from tests.support.waiting import LATE, until

MARK = "leadline_f40"
SLOW = Statement(f"SELECT pg_sleep(120) AS {MARK}", {})
SETTINGS = Statement(
    "SELECT current_setting('TimeZone'), current_setting('search_path'), current_user = session_user, "
    "current_setting('transaction_read_only'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
    "AND pid = pg_backend_pid())",
    {},
)
CLEAN = [("UTC", "public, pg_temp", True, "on", 0)]
CHILD = """
import asyncio, sys
from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceSettings, parse_url

async def main():
    source = Source(SourceSettings(parse_url(sys.argv[1])))
    await source.open()
    await source.read(lambda reader: reader.fetch(Statement(sys.argv[2], {})))

asyncio.run(main())
"""


def _running(database: Database) -> bool:
    found = run(
        database.admin,
        f"SELECT 1 FROM pg_stat_activity WHERE query LIKE '%{MARK}%' AND state = 'active' "
        "AND pid <> pg_backend_pid()",
    )
    return bool(found)


async def _begun(database: Database) -> bool:
    return _running(database)


async def _gone(database: Database) -> bool:
    return not _running(database)


async def test_f40_a_cancelled_question_ends_in_the_database_within_two_seconds(database: Database) -> None:
    async with opened(SourceSettings(parse_url(database.reader), pool_size=1)) as source:
        task = asyncio.create_task(source.read(lambda reader: reader.fetch(SLOW)))
        await until(lambda: _begun(database), 5)
        task.cancel()
        await until(lambda: _gone(database), 2)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await one(source) == [(1,)], "its only connection is free again"


async def test_f40_cancelled_again_and_again_no_connection_is_lost(database: Database) -> None:
    async with opened(SourceSettings(parse_url(database.reader), pool_size=2)) as source:
        for pause in (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05):
            task = asyncio.create_task(source.read(lambda reader: reader.fetch(SLOW)))
            await asyncio.sleep(pause)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        started = time.monotonic()
        assert await asyncio.gather(*(one(source) for _ in range(4))) == [[(1,)]] * 4
        assert time.monotonic() - started < 2 + LATE
    await until(lambda: _gone(database), 2)


async def test_f40_the_query_of_a_process_that_was_killed_ends(database: Database) -> None:
    child = _child(database)
    try:
        await until(lambda: _begun(database), 20)
        os.kill(child.pid, signal.SIGKILL)
        await until(lambda: _gone(database), 3)
    finally:
        child.kill()
        child.wait()


def _child(database: Database) -> subprocess.Popen[bytes]:
    """A process of ours that asks the slow question."""
    return subprocess.Popen([sys.executable, "-c", CHILD, database.reader, SLOW.sql])


@pytest.mark.parametrize(
    "text",
    [
        "SELECT set_config('TimeZone', 'Asia/Tokyo', false)",
        "SELECT set_config('search_path', 'pg_catalog', false)",
        "SELECT set_config('statement_timeout', '0', false)",
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('role', 'pg_read_all_data', false)",
        "SELECT pg_advisory_lock(4711)",
    ],
)
async def test_f40_nobody_reads_in_a_session_that_another_one_changed(database: Database, text: str) -> None:
    """Over the one connection of a pool, by a written text and by a statement of ours."""
    run(database.admin, "GRANT pg_read_all_data TO leadline_reader")
    settings = SourceSettings(parse_url(database.reader), pool_size=1)
    try:
        async with opened(settings) as source:

            async def written(reader: Reader) -> object:
                return await reader.fetch_text(text)

            await source.read(written)
            assert await _state(source) == CLEAN
            if "lock" not in text:
                await source.read(lambda reader: reader.fetch(Statement(text, {})))
                assert await _state(source) == CLEAN
    finally:
        run(database.admin, "REVOKE pg_read_all_data FROM leadline_reader")


async def _state(source: Source) -> list[tuple[object, ...]]:
    async def work(reader: Reader) -> list[tuple[object, ...]]:
        assert await reader.fetch(ONE) == [(1,)]
        return await reader.fetch(SETTINGS)

    return await source.read(work)
