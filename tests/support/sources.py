"""Sources for tests: opened ones, their settings over test databases, and what befalls their servers."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from leadline.embedded.postgres import PostgresServer
from leadline.planner.plan import Statement
from leadline.sources.postgres import Reader, Source, SourceSettings, parse_url
from tests.support.databases import Database, Follower
from tests.support.waiting import until

__all__ = [
    "ONE", "kill", "node_of", "one", "opened", "run", "settings_of", "sleeping", "stopped", "until",
]  # fmt: skip
ONE = Statement("SELECT %(one)s::int", {"one": 1})


@asynccontextmanager
async def opened(settings: SourceSettings) -> AsyncIterator[Source]:
    """A source for the time of the block."""
    source = Source(settings)
    await source.open()
    try:
        yield source
    finally:
        await source.close()


def settings_of(database: Database, replica: Follower | None = None, **more: Any) -> SourceSettings:
    """Read as the reader, written as the owner of our schema, with the run's replica where there is one."""
    replicas = (parse_url(replica.database(database).reader),) if replica else ()
    primary, owner = parse_url(database.reader), parse_url(database.rollups)
    return SourceSettings(primary, replicas=replicas, owner=owner, **more)


def run(dsn: str, statement: str) -> list[tuple[Any, ...]]:
    """What one statement gives, in autocommit mode; nothing where it has no rows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def one(source: Source) -> list[tuple[Any, ...]]:
    """The smallest question."""
    return await source.read(lambda reader: reader.fetch(ONE))


async def node_of(source: Source) -> Reader:
    """Who would answer a question now, and what it knows."""
    async with source.reading() as reader:
        return reader


def kill(server: PostgresServer) -> None:
    """kill -9 of a server that the test started; it can be started again on its port."""
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)


@contextmanager
def stopped(dsn: str) -> Iterator[None]:
    """Every process of a server that the test started stands still: it is there, and says nothing."""
    [(pid,)] = run(dsn, "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int")
    family = [pid, *_children(pid)]
    for one_of in family:
        os.kill(one_of, signal.SIGSTOP)
    try:
        yield
    finally:
        for one_of in family:
            with suppress(ProcessLookupError):
                os.kill(one_of, signal.SIGCONT)


def _children(pid: int) -> list[int]:
    """The processes that one has started."""
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in task.read_text().split()]


async def sleeping(database: Database, many: int) -> None:
    """Waits until so many statements with `pg_sleep` run in a database."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
        "AND query LIKE '%pg_sleep(%' AND pid <> pg_backend_pid()"
    )

    async def run_now() -> bool:
        return run(database.admin, query) == [(many,)]

    await until(run_now, 5)
