"""F33: the primary is killed, the standby promoted: writes go on within 10 s, nothing told is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded.postgres import PostgresServer
from leadline.embedded.replica import Replica
from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.support.servers import ROLES, Home, folder, running_primary
from tests.support.sources import kill, node_of, opened, run, stopped
from tests.support.waiting import best_of, until

ROWS = Statement("SELECT id FROM rows_written", {})
SYNC = "ALTER SYSTEM SET synchronous_standby_names = '*'"


@dataclass
class Pair:
    """A primary and its synchronous standby, both a test's own."""

    primary: PostgresServer
    standby: PostgresServer
    acknowledged: list[int] = field(default_factory=list)

    def settings(self) -> SourceSettings:
        """A source over both."""
        return SourceSettings(parse_url(self.primary.dsn()), replicas=(parse_url(self.standby.dsn()),))

    def write(self) -> None:
        """Inserts numbers until the primary is gone; notes each that it acknowledged."""
        try:
            with psycopg.connect(self.primary.dsn(), autocommit=True) as connection:
                connection.execute("SET synchronous_commit = remote_apply")
                for number in range(1_000_000):
                    connection.execute("INSERT INTO rows_written VALUES (%s)", [number])
                    self.acknowledged.append(number)
        except psycopg.OperationalError:
            return


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Both running, and the table that is written to."""
    with folder("f33") as path:
        home = Home.at(path)
        with running_primary(home) as primary:
            replica = Replica(home.server("standby"), primary, ROLES.replication, "standby_1")
            replica.start()
            run(primary.dsn(), SYNC)
            run(primary.dsn(), "SELECT pg_reload_conf()")
            run(primary.dsn(), "CREATE TABLE rows_written (id int)")
            yield Pair(primary, replica.server)
            replica.stop()


async def _writes(source: Source) -> bool:
    try:
        async with source.writing() as connection:
            await connection.execute("INSERT INTO rows_written VALUES (-1)")
    except LeadlineError:
        return False
    return True


async def _reads_from(source: Source, node: str) -> bool:
    try:
        return (await node_of(source)).node == node
    except LeadlineError:
        return False


async def _seconds(source: Source) -> float:
    """How long a question to the primary takes."""
    started = time.monotonic()
    assert await _reads_from(source, "primary")
    return time.monotonic() - started


async def test_f33_writes_go_on_where_the_standby_was_promoted(pair: Pair) -> None:
    async with opened(pair.settings()) as source:
        assert await _writes(source)
        await until(lambda: _reads_from(source, "replica-1"), 10)
        writer = threading.Thread(target=pair.write)
        writer.start()
        await until(_enough(pair), 10)
        kill(pair.primary)
        writer.join(10)
        assert not await _writes(source), "the standby takes no writes yet"
        run(pair.standby.dsn(), "SELECT pg_promote()")
        await until(lambda: _writes(source), 10)
        rows = {row for (row,) in await source.read(lambda reader: reader.fetch(ROWS))}
        assert set(pair.acknowledged) <= rows, "acknowledged with remote_apply: nothing is lost"
        await _ignores_the_former_primary(pair, source)


async def _ignores_the_former_primary(pair: Pair, source: Source) -> None:
    """It comes back as it was, a primary of old: nothing is read from it, nothing is written to it."""
    run(pair.standby.dsn(), "ALTER SYSTEM RESET synchronous_standby_names")
    run(pair.standby.dsn(), "SELECT pg_reload_conf()")
    pair.primary.start()
    await until(_told(source, "another server has been promoted"), 10)
    for _ in range(6):
        assert not await _reads_from(source, "primary")
    assert await _writes(source)
    written = "SELECT count(*) FROM rows_written WHERE id = -1"
    assert run(pair.primary.dsn(), written) == [(1,)], "only the write before it was killed"


def _enough(pair: Pair) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return len(pair.acknowledged) > 50

    return check


def _left_out(source: Source, name: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return not any(one.used for one in source.standings() if one.name == name)

    return check


def _told(source: Source, words: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return any(words in one.note for one in source.standings())

    return check


async def test_f33_a_server_that_becomes_read_only_under_a_write_is_left(pair: Pair) -> None:
    """25006: the connection is dropped, whoever wrote is told in plain words, and the next write succeeds."""
    async with opened(SourceSettings(parse_url(pair.primary.dsn()))) as source:
        with pytest.raises(LeadlineError) as refused:
            async with source.writing() as connection:
                before = connection.info.backend_pid
                await connection.execute("SET default_transaction_read_only = on")
                await connection.execute("INSERT INTO rows_written VALUES (-2)")
        assert refused.value.code == "source_unavailable"
        assert "takes no writes" in refused.value.why
        async with source.writing() as connection:
            assert connection.info.backend_pid != before
            await connection.execute("SET synchronous_commit = local")
            await connection.execute("INSERT INTO rows_written VALUES (-2)")


async def test_f33_a_replica_that_is_killed_or_frozen_is_left_out_and_used_again(pair: Pair) -> None:
    """No question fails meanwhile, and none waits much longer than a second."""
    run(pair.primary.dsn(), "ALTER SYSTEM RESET synchronous_standby_names")
    run(pair.primary.dsn(), "SELECT pg_reload_conf()")
    async with opened(pair.settings()) as source:
        await until(lambda: _reads_from(source, "replica-1"), 10)
        kill(pair.standby)
        assert await _reads_from(source, "primary")
        pair.standby.start()
        await until(lambda: _reads_from(source, "replica-1"), 10)
        with stopped(pair.standby.dsn()):
            await until(lambda: _reads_from(source, "primary"), 3)
            assert await best_of(lambda: _seconds(source), 0.5) < 0.5, "it is known by now"
            await until(_left_out(source, "replica-1"), 3)
        await until(lambda: _reads_from(source, "replica-1"), 10)
