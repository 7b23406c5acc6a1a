"""A22, A23, A24 at the source: questions without an end, odd values, errors that would carry data."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import ReadConflictError, SourceSettings, parse_url
from tests.support.databases import Database
from tests.support.sources import ONE, opened, run
from tests.support.waiting import LATE, eventually

MOST_MEMORY = 200 * 1024 * 1024
CHILD = """
import asyncio, json, resource, sys, time
from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceSettings, parse_url

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

async def main(dsn, sql, seconds):
    source = Source(SourceSettings(parse_url(dsn), question_timeout=seconds))
    await source.open()
    one = Statement("SELECT 1", {})
    await source.read(lambda reader: reader.fetch(one))
    before, began = peak(), time.monotonic()
    try:
        await source.read(lambda reader: reader.fetch(Statement(sql, {})))
        code = "answered"
    except LeadlineError as error:
        code = error.code
    took, grown = time.monotonic() - began, peak() - before
    after = await source.read(lambda reader: reader.fetch(one))
    await source.close()
    print(json.dumps({"code": code, "took": took, "grown": grown, "after": after}))

asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
"""


def _in_a_process(dsn: str, sql: str, seconds: float) -> dict[str, Any]:
    """What a statement does to a process of its own: code, seconds, bytes that its memory grew."""
    command = [sys.executable, "-c", CHILD, dsn, sql, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("sql", "code", "seconds"),
    [
        ("SELECT generate_series(1, 10000000000), repeat('x', 100)", "too_large", 60),
        ("SELECT generate_series(1, 3000000)", "too_large", 60),
        ("SELECT a.n FROM generate_series(1, 1000000) a(n), generate_series(1, 1000000) b", "too_large", 60),
        ("SELECT repeat(repeat('x', 10000), 40000)", "too_large", 60),
        ("SELECT count(*) FROM generate_series(1, 1e6) a, generate_series(1, 1e6) b", "timeout", 1),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SELECT count(*) FROM r",
            "timeout",
            1,
        ),
        (r"SELECT repeat('ab', 3000) || 'c' ~ '^(.*)(.*)(.*)\1\2\3$'", "timeout", 1),
    ],
)
def test_a22_a_question_without_an_end_is_stopped_in_little_memory(
    database: Database, sql: str, code: str, seconds: float
) -> None:
    found = _in_a_process(database.reader, sql, seconds)
    assert found["code"] == code, found
    assert found["took"] < seconds + LATE
    assert found["grown"] < MOST_MEMORY
    assert found["after"] == [[1]]
    assert eventually(lambda: not _active(database), 3), _active(database)


def _active(database: Database) -> list[str]:
    """The queries that still run in the database."""
    query = (
        "SELECT query || coalesce(' waits for ' || wait_event, '') FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'active' "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return [text for (text,) in run(database.admin, query)]


async def test_a22_a_temporary_file_past_the_roles_limit_is_told(database: Database) -> None:
    run(database.admin, "ALTER ROLE leadline_reader SET temp_file_limit = '2MB'")
    try:
        async with opened(SourceSettings(parse_url(database.reader))) as source:
            sort = "SELECT * FROM generate_series(1, 2000000) AS n ORDER BY n DESC OFFSET 1999999"
            with pytest.raises(LeadlineError) as refused:
                await source.read(lambda reader: reader.fetch(Statement(sort, {})))
            assert refused.value.code == "too_large"
    finally:
        run(database.admin, "ALTER ROLE leadline_reader RESET temp_file_limit")


# A23: values


@pytest.mark.parametrize(
    "value",
    [
        "'infinity'::date", "'-infinity'::date", "'infinity'::timestamptz", "'-infinity'::timestamp",
        "'4713-01-01 BC'::date", "'0044-03-15 BC'::timestamptz", "'294276-12-31'::timestamp",
        "'5874897-12-31'::date",
    ],
)  # fmt: skip
async def test_a23_what_no_calendar_of_ours_holds_is_refused_and_the_next_is_read(
    database: Database, value: str
) -> None:
    async with opened(SourceSettings(parse_url(database.reader), pool_size=1)) as source:
        with pytest.raises(LeadlineError) as refused:
            await source.read(lambda reader: reader.fetch(Statement(f"SELECT {value}", {})))
        assert refused.value.code == "not_supported"
        assert "infinity" not in refused.value.why
        assert await source.read(lambda reader: reader.fetch(ONE)) == [(1,)]


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("repeat('[', 5000) || repeat(']', 5000)", 10_000),
        ("(repeat('{\"a\":', 4000) || '1' || repeat('}', 4000))::jsonb", None),
        ("'2 years 300 days'::interval", 16),
        ("E'\\\\x00ff'::bytea", 2),
        ("ARRAY[1, NULL, 3]", 3),
    ],
)
async def test_a23_odd_types_are_read(database: Database, value: str, length: int | None) -> None:
    async with opened(SourceSettings(parse_url(database.reader))) as source:
        [(found,)] = await source.read(lambda reader: reader.fetch(Statement(f"SELECT {value}", {})))
    assert length is None or len(found) == length


async def test_a23_columns_may_have_any_names(database: Database) -> None:
    odd = 'SELECT 1 AS "__proto__", 2 AS "a", 3 AS "a", 4 AS "x y", 5 AS "constructor"'
    async with opened(SourceSettings(parse_url(database.reader))) as source:
        assert await source.read(lambda reader: reader.fetch_text(odd)) == [(1, 2, 3, 4, 5)]


async def test_a23_text_that_is_no_utf8_is_refused(database: Database) -> None:
    """A database of bytes (SQL_ASCII) may hold anything."""
    name = database.name + "_bytes"
    run(
        database.admin,
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'",
    )
    dsn = database.admin.replace(f"/{database.name}", f"/{name}")
    try:
        run(dsn, "CREATE TABLE t AS SELECT convert_from('\\xc3a4'::bytea, 'SQL_ASCII') AS good")
        run(dsn, "ALTER TABLE t ADD bad text")
        run(dsn, "UPDATE t SET bad = convert_from('\\xe4'::bytea, 'SQL_ASCII')")
        async with opened(SourceSettings(parse_url(dsn))) as source:
            good, bad = Statement("SELECT good FROM t", {}), Statement("SELECT bad FROM t", {})
            assert await source.read(lambda reader: reader.fetch(good)) == [("ä",)]
            with pytest.raises(LeadlineError) as refused:
                await source.read(lambda reader: reader.fetch(bad))
            assert refused.value.code == "model_invalid"
    finally:
        run(database.admin, f"DROP DATABASE {name} WITH (FORCE)")


# A24: errors


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("v::int", "model_invalid"),
        ("v::date", "model_invalid"),
        ("v::uuid", "model_invalid"),
        ("v::jsonb", "model_invalid"),
        ("(v || v)::bit(4)", "model_invalid"),
        ("tell(v)", "internal"),
        ("substring(v FROM 1 FOR -1)", "model_invalid"),
        ("v ~ ('(' || v)", "model_invalid"),
    ],
)
async def test_a24_no_error_and_no_log_line_holds_a_value(
    database: Database, capsys: pytest.CaptureFixture[str], expression: str, code: str
) -> None:
    secret = "hunter2-4111"
    run(database.business, f"CREATE TABLE t AS SELECT '{secret}'::text AS v")
    run(
        database.business,
        "CREATE FUNCTION tell(v text) RETURNS text LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the value is \"%\"', v USING DETAIL = v; END $$",
    )
    async with opened(SourceSettings(parse_url(database.reader))) as source:
        with pytest.raises(LeadlineError) as refused:
            await source.read(lambda reader: reader.fetch(Statement(f"SELECT {expression} FROM t", {})))
    told, logged = json.dumps(refused.value.to_json()), "".join(capsys.readouterr())
    assert refused.value.code == code
    assert "log id" in told
    log_id = told.split("log id ")[1][:12]
    assert log_id in logged
    assert "hunter2" not in told + logged


async def test_a24_a_lost_connection_tells_no_statement(database: Database) -> None:
    async with opened(SourceSettings(parse_url(database.reader))) as source:
        with pytest.raises(ReadConflictError) as cut:
            async with source.reading() as reader:
                [(pid,)] = await reader.fetch(Statement("SELECT pg_backend_pid()", {}))
                run(database.admin, f"SELECT pg_terminate_backend({pid})")
                await reader.fetch(Statement("SELECT 'hunter2'", {}))
    assert "hunter2" not in str(cut.value.error.to_json())
