"""A source on real servers: schema, snapshots, replicas, time limits, errors in plain words."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import Login, Reader, Source, SourceSettings, parse_url
from tests.support.databases import Database, Follower
from tests.support.relay import Relay
from tests.support.sources import sleeping
from tests.support.waiting import LATE, best_of, until

ONE = Statement("SELECT %(one)s::int", {"one": 1})


@asynccontextmanager
async def _opened(settings: SourceSettings) -> AsyncIterator[Source]:
    source = Source(settings)
    await source.open()
    try:
        yield source
    finally:
        await source.close()


@pytest.fixture
async def source(database: Database) -> AsyncIterator[Source]:
    async with _opened(SourceSettings(parse_url(database.reader))) as opened:
        yield opened


def _run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


async def _refused(source: Source, node: str | None = None) -> LeadlineError:
    with pytest.raises(LeadlineError) as refused:
        async with source.reading(node=node):
            pass
    return refused.value


# Schema


async def test_the_schema_has_kinds_scales_and_unique_sets(source: Source, database: Database) -> None:
    _run(
        database.business,
        """
        CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN money_of AS numeric(12,2) NOT NULL;
        CREATE TABLE things (id int PRIMARY KEY, a numeric(12,2), b numeric, c varchar(9) NOT NULL, d date,
            e timestamptz, f timestamp, g real, h uuid, i boolean, j int[], k mood, l money_of, m char(3),
            UNIQUE (c, d), "Odd Name" text);
        CREATE UNIQUE INDEX ON things (b) WHERE i;
        CREATE VIEW seen AS SELECT id FROM things;
        CREATE TABLE hidden (id int); REVOKE ALL ON hidden FROM leadline_reader;
        """,
    )
    schema = await source.schema()
    things = schema.table("things")
    assert things is not None
    kinds = {name: (column.type.kind, column.type.scale) for name, column in things.columns.items()}
    assert kinds == {
        "id": ("integer", None), "a": ("decimal", 2), "b": ("decimal", None), "c": ("text", None),
        "d": ("date", None), "e": ("time", None), "f": ("wall", None), "g": ("float", None),
        "h": ("text", None), "i": ("boolean", None), "j": ("other", None), "k": ("text", None),
        "l": ("decimal", 2), "m": ("text", None), "Odd Name": ("text", None),
    }  # fmt: skip
    assert set(things.unique) == {frozenset({"id"}), frozenset({"c", "d"})}
    assert [name for name, column in things.columns.items() if not column.nullable] == ["id", "c", "l"]
    assert schema.table("seen") is not None
    assert schema.table("hidden") is None


# Reading


async def test_all_statements_of_a_reading_see_one_commit(source: Source, database: Database) -> None:
    _run(database.business, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    count = Statement("SELECT count(*) FROM t", {})
    async with source.reading() as reader:
        assert await reader.fetch(count) == [(1,)]
        _run(database.business, "INSERT INTO t VALUES (2)")
        assert await reader.fetch(count) == [(1,)]
    async with source.reading() as reader:
        assert await reader.fetch(count) == [(2,)]


async def test_sessions_are_pinned_whatever_the_role_prefers(database: Database) -> None:
    role = database.name + "_odd"
    _run(
        database.admin,
        f"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE {database.name} TO {role};"
        f"ALTER ROLE {role} SET timezone = 'Asia/Tokyo'; ALTER ROLE {role} SET datestyle = 'SQL, DMY'",
    )
    login = replace(parse_url(database.reader), user=role, password="x")
    async with _opened(SourceSettings(login)) as source, source.reading() as reader:
        shown = await reader.fetch(Statement("SELECT timestamptz '2026-11-17 00:00+00'::text", {}))
    assert shown == [("2026-11-17 00:00:00+00",)]
    _run(database.admin, f"REVOKE ALL ON DATABASE {database.name} FROM {role}; DROP ROLE {role}")


async def test_nothing_is_written_by_a_reading(database: Database) -> None:
    async with _opened(SourceSettings(parse_url(database.business))) as source, source.reading() as reader:
        with pytest.raises(LeadlineError):
            await reader.fetch(Statement("CREATE TABLE t (id int)", {}))


async def test_values_come_as_exact_python_values(source: Source) -> None:
    statement = "SELECT 0.10::numeric(5,2), gen_random_uuid(), interval '1 day', '{\"a\": 1}'::jsonb"
    async with source.reading() as reader:
        [(number, key, span, document)] = await reader.fetch(Statement(statement, {}))
    assert number == Decimal("0.10")
    assert (type(key), span, document) == (str, "1 day", '{"a": 1}')


async def test_an_answer_beyond_the_cap_is_refused(source: Source) -> None:
    many = Statement("SELECT repeat('x', 1000) FROM generate_series(1, 20000)", {})
    async with source.reading() as reader:
        with pytest.raises(LeadlineError) as refused:
            await reader.fetch(many, byte_cap=1_000_000)
        assert refused.value.code == "too_large"
    async with source.reading() as reader:
        assert await reader.fetch(ONE) == [(1,)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT * FROM nix", "model_invalid"),
        ("SELECT nix", "model_invalid"),
        ("SELECT 1 / 0", "model_invalid"),
        ("SELECT 'infinity'::timestamptz", "not_supported"),
        ("SELECT pg_sleep(5)", "timeout"),
        ("SELECT pg_read_file('/etc/passwd')", "no_permission"),
        ("selec", "internal"),
        ("SELECT 5 % 3", "internal"),
    ],
)
async def test_errors_have_codes_and_leave_the_snapshot_usable(
    source: Source, statement: str, code: str
) -> None:
    async with source.reading() as reader:
        await reader.set(statement_timeout="200ms")
        with pytest.raises(LeadlineError) as refused:
            async with reader.savepoint():
                await reader.fetch(Statement(statement, {}))
        assert refused.value.code == code
        assert await reader.fetch(ONE) == [(1,)]


# Statements that a person wrote


async def test_a_written_select_keeps_its_order_and_its_percent_signs(source: Source) -> None:
    text = (
        "WITH n AS (SELECT generate_series(1, 3) AS i) "
        "SELECT i FROM n WHERE 'a%s' LIKE 'a%' ORDER BY i DESC; -- x"
    )
    async with source.reading() as reader:
        assert await reader.fetch_text(text) == [(3,), (2,), (1,)]


@pytest.mark.parametrize(
    "text",
    [
        "selec",
        "SELECT 1; DROP TABLE t",
        "COMMIT",
        "DELETE FROM t",
        "WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone",
        "SELECT 1 / 0",
        "SELECT nextval('s')",
        "SET default_transaction_read_only = off",
        "",
    ],
)
async def test_a_written_text_that_is_not_one_select_is_refused(database: Database, text: str) -> None:
    _run(database.business, "CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE SEQUENCE s")
    async with _opened(SourceSettings(parse_url(database.business))) as source:
        async with source.reading() as reader:
            with pytest.raises(LeadlineError) as refused:
                await reader.fetch_text(text)
            assert refused.value.code == "bad_case"
        async with source.reading() as reader:
            assert await reader.fetch(Statement("SELECT id FROM t", {})) == [(1,)]


# Servers that fail


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda login: replace(login, password="wrong-secret"), "source_login"),
        (lambda login: replace(login, dbname="nix"), "source_login"),
        (lambda login: replace(login, user="nobody-here"), "source_login"),
        (lambda login: replace(login, port=1), "source_unavailable"),
        (lambda login: replace(login, host="nohost.invalid"), "source_unavailable"),
    ],
)
async def test_why_there_is_no_connection(
    database: Database, change: Callable[[Login], Login], code: str
) -> None:
    login = change(parse_url(database.reader))
    async with _opened(SourceSettings(login)) as source:
        started = time.monotonic()
        first, second = await _refused(source), await _refused(source)
        assert time.monotonic() - started < 3 + LATE
    assert first.code == second.code == code
    assert login.place in first.why
    assert "secret" not in str(first.to_json())


async def test_a_restarted_server_is_reached_again(database: Database) -> None:
    login = parse_url(database.reader)
    async with Relay(login.port) as relay:
        settings = SourceSettings(replace(login, port=relay.port))
        async with _opened(settings) as source:
            async with source.reading() as reader:
                await reader.fetch(ONE)
            await relay.cut()
            assert (await _refused(source)).code == "source_unavailable"
            await relay.mend()
            await until(lambda: _answers(source), 2)


async def _answers(source: Source) -> bool:
    try:
        return await source.read(lambda reader: reader.fetch(ONE)) == [(1,)]
    except LeadlineError:
        return False


async def test_dead_connections_are_replaced_without_an_error(source: Source, database: Database) -> None:
    async with source.reading() as reader:
        await reader.fetch(ONE)
    _run(
        database.admin,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{database.name}' AND usename = 'leadline_reader'",
    )
    assert await source.read(lambda reader: reader.fetch(ONE)) == [(1,)]


async def test_a_cancelled_reading_ends_in_the_database_too(source: Source, database: Database) -> None:
    """F40: the tab is closed, the query ends, the connection is clean for the next."""
    async with source.reading() as reader:
        task = asyncio.create_task(reader.fetch(Statement("SELECT pg_sleep(30)", {})))
        await sleeping(database, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await sleeping(database, 0)
    async with source.reading() as reader:
        assert await reader.fetch(ONE) == [(1,)]


# Replicas


def _with_replica(database: Database, replica: Follower, **more: Any) -> SourceSettings:
    follower = parse_url(replica.database(database).reader)
    return SourceSettings(parse_url(database.reader), replicas=(follower,), **more)


async def _node(source: Source) -> Reader:
    async with source.reading() as reader:
        return reader


async def _asks(source: Source, node: str, lag_ms: int | None = None) -> bool:
    """Whether a question goes to that node now, as current as that."""
    found = await _node(source)
    return found.node == node and lag_ms in (None, found.lag_ms)


async def test_a_fit_replica_reads_and_says_how_much_it_knows(database: Database, replica: Follower) -> None:
    _run(database.business, "CREATE TABLE t (id int)")
    replica.catch_up()
    async with _opened(_with_replica(database, replica)) as source:
        await until(lambda: _asks(source, "replica-1", lag_ms=0), 1)
        found = await _node(source)
        assert timedelta() <= found.now - found.as_of < timedelta(seconds=2 + LATE)
        async with source.reading(node="primary") as reader:
            assert (reader.node, reader.lag_ms, reader.as_of) == ("primary", None, reader.now)


async def test_a_lagging_replica_is_left_out_and_its_age_is_true(
    database: Database, replica: Follower
) -> None:
    """F32: replay paused."""
    settings = _with_replica(database, replica, lag_bound=timedelta(seconds=1))
    async with _opened(settings) as source:
        await until(lambda: _asks(source, "replica-1"), 1)
        follower = replica.database(database).admin
        _run(follower, "SELECT pg_wal_replay_pause()")
        try:
            _run(database.business, "CREATE TABLE t (id int)")
            await until(lambda: _asks(source, "primary"), 2)
            async with source.reading(node="replica-1") as reader:
                assert reader.lag_ms is not None
                assert reader.lag_ms >= 1000
                assert reader.now - reader.as_of >= timedelta(seconds=1)
        finally:
            _run(follower, "SELECT pg_wal_replay_resume()")
        replica.catch_up()
        await until(lambda: _asks(source, "replica-1"), 1)


async def test_without_a_replica_the_primary_reads(database: Database) -> None:
    login = parse_url(database.reader)
    async with _opened(SourceSettings(login, replicas=(replace(login, port=1),))) as source:
        assert (await _node(source)).node == "primary"
        assert (await _refused(source, "replica-1")).code == "source_unavailable"


async def test_without_the_primary_an_old_replica_still_reads(database: Database, replica: Follower) -> None:
    """F31: better old data with its age than none."""
    primary, follower = parse_url(database.reader), parse_url(replica.database(database).reader)
    async with Relay(primary.port) as relay:
        settings = SourceSettings(
            replace(primary, port=relay.port), replicas=(follower,), lag_bound=timedelta(seconds=0.5)
        )
        async with _opened(settings) as source:
            await until(lambda: _asks(source, "replica-1"), 1)
            await relay.cut()
            await asyncio.sleep(1.2)

            async def seconds() -> float:
                started = time.monotonic()
                found = await _node(source)
                assert found.node == "replica-1"
                assert found.now - found.as_of > timedelta(seconds=0.5)
                return time.monotonic() - started

            assert await best_of(seconds, 1) < 1
            assert (await source.schema()).tables == {}


async def test_a_query_that_recovery_cancels_is_read_again_on_the_primary(
    database: Database, replica: Follower
) -> None:
    """F34: the standby drops the table under the query."""
    _run(database.business, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    replica.catch_up()
    follower = replica.database(database)
    nodes: list[str] = []
    async with _opened(_with_replica(database, replica)) as source:
        await until(lambda: _asks(source, "replica-1"), 1)

        async def work(reader: Reader) -> list[tuple[Any, ...]]:
            nodes.append(reader.node)
            if reader.node == "primary":
                return await reader.fetch(ONE)
            await reader.fetch(Statement("SELECT * FROM t", {}))
            _run(database.business, "DROP TABLE t")
            return await reader.fetch(Statement("SELECT pg_sleep(60)", {}))

        with _impatient(follower):
            assert await source.read(work) == [(1,)]
    assert nodes == ["replica-1", "primary"]


class _impatient:  # noqa: N801 - reads as a word where it is used
    """A standby that cancels conflicting queries at once."""

    def __init__(self, follower: Database) -> None:
        self._follower = follower

    def _set(self, value: str) -> None:
        with psycopg.connect(self._follower.admin, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_standby_streaming_delay = '{value}'")
            connection.execute("SELECT pg_reload_conf()")

    def __enter__(self) -> None:
        self._set("100ms")

    def __exit__(self, *_: object) -> None:
        self._set("30s")


def test_no_password_is_in_any_text_of_the_settings(database: Database) -> None:
    login = replace(parse_url(database.reader), password="hunter2")
    assert not re.search("hunter2", repr(SourceSettings(login)))
