"""F34: what recovery or a lost connection cuts off is read once more, elsewhere, in the same budget."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import Reader, SourceSettings, parse_url
from tests.support.databases import Database, Follower
from tests.support.sources import ONE, node_of, opened, run, settings_of
from tests.support.waiting import LATE, until

PID = Statement("SELECT pg_backend_pid()", {})
SLEEP = Statement("SELECT pg_sleep(60)", {})


async def _cut(reader: Reader, admin: str) -> list[tuple[Any, ...]]:
    """Reads while somebody ends the reading's connection."""
    [(pid,)] = await reader.fetch(PID)
    run(admin, f"SELECT pg_terminate_backend({pid})")
    return await reader.fetch(ONE)


async def test_f34_a_connection_lost_while_reading_is_read_again_elsewhere(
    database: Database, replica: Follower
) -> None:
    replica.catch_up()
    nodes: list[str] = []
    async with opened(settings_of(database, replica)) as source:

        async def on_replica() -> bool:
            return (await node_of(source)).node == "replica-1"

        async def work(reader: Reader) -> list[tuple[Any, ...]]:
            nodes.append(reader.node)
            if len(nodes) == 1:
                return await _cut(reader, replica.database(database).admin)
            return await reader.fetch(ONE)

        await until(on_replica, 5)
        assert await source.read(work) == [(1,)]
    assert nodes == ["replica-1", "primary"]


async def test_f34_one_server_alone_is_asked_again_over_a_new_connection(database: Database) -> None:
    tries: list[int] = []
    async with opened(SourceSettings(parse_url(database.reader))) as source:

        async def work(reader: Reader) -> list[tuple[Any, ...]]:
            tries.append(1)
            return await (_cut(reader, database.admin) if len(tries) == 1 else reader.fetch(ONE))

        assert await source.read(work) == [(1,)]
    assert len(tries) == 2


async def test_f34_a_second_failure_is_told_and_not_tried_again(database: Database) -> None:
    tries: list[int] = []
    async with opened(SourceSettings(parse_url(database.reader))) as source:

        async def work(reader: Reader) -> list[tuple[Any, ...]]:
            tries.append(1)
            return await _cut(reader, database.admin)

        with pytest.raises(LeadlineError) as refused:
            await source.read(work)
    assert (refused.value.code, len(tries)) == ("source_unavailable", 2)
    assert "connection was lost" in refused.value.why


async def test_f34_the_second_try_has_only_the_time_that_is_left(database: Database) -> None:
    tries: list[int] = []
    async with opened(SourceSettings(parse_url(database.reader))) as source:

        async def work(reader: Reader) -> list[tuple[Any, ...]]:
            tries.append(1)
            if len(tries) == 1:
                await reader.fetch(Statement("SELECT pg_sleep(2.5)", {}))
                return await _cut(reader, database.admin)
            return await reader.fetch(SLEEP)

        started = time.monotonic()
        with pytest.raises(LeadlineError) as refused:
            await source.read(work, seconds=3)
        took = time.monotonic() - started
    assert (refused.value.code, len(tries)) == ("timeout", 2)
    assert took < 5, "a budget of its own would have ended at 5.5 s"


async def test_f34_statements_share_one_budget(database: Database) -> None:
    settings = SourceSettings(parse_url(database.reader), question_timeout=1.0)
    async with opened(settings) as source:

        async def work(reader: Reader) -> None:
            for _ in range(200):
                await reader.fetch(Statement("SELECT pg_sleep(0.3)", {}))

        started = time.monotonic()
        with pytest.raises(LeadlineError) as refused:
            await source.read(work)
        assert (refused.value.code, time.monotonic() - started < 1 + LATE) == ("timeout", True)
        assert await source.read(lambda reader: reader.fetch(ONE)) == [(1,)]


async def test_f34_no_second_try_where_the_question_itself_is_wrong(database: Database) -> None:
    tries: list[int] = []
    login = replace(parse_url(database.reader))
    async with opened(SourceSettings(login)) as source:

        async def work(reader: Reader) -> None:
            tries.append(1)
            await reader.fetch(Statement("SELECT * FROM nix", {}))

        with pytest.raises(LeadlineError):
            await source.read(work)
    assert len(tries) == 1
