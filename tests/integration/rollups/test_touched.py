"""A change says where: the buckets of its rows as they were and as they are; the other rows stay exact."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest

from leadline.rollups import states
from leadline.rollups.service import Rollups
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn
from leadline.sources.postgres import Source
from tests.integration.rollups.touching import (
    APRIL_1,
    BY_REGION,
    DAILY,
    MARCH_10,
    NEW,
    fetch,
    made,
    state_of,
    touched,
    write,
)
from tests.support import business
from tests.support.databases import Database


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will be once the planner answers edges."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", True)


_SET_UP = "INSERT INTO deals VALUES (9002, 1, 'won', 'web', 7, now(), '2026-03-10 12:00+00')"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (NEW, {APRIL_1}),
        ("UPDATE deals SET amount = amount + 1 WHERE id = 9002", {MARCH_10}),
        ("UPDATE deals SET closed_at = '2026-04-01 12:00+00' WHERE id = 9002", {MARCH_10, APRIL_1}),
        ("UPDATE deals SET closed_at = NULL WHERE id = 9002", {MARCH_10, None}),
        ("UPDATE deals SET status = 'open' WHERE id = 9002", {MARCH_10}),
        ("UPDATE deals SET id = 9003 WHERE id = 9002", set()),
        ("DELETE FROM deals WHERE id = 9002", {MARCH_10}),
        ("UPDATE deals SET amount = 1 WHERE false", set()),
        ("UPDATE deals SET rep_id = 2, opened_at = now() WHERE id = 9002", set()),
        ("UPDATE deals SET amount = amount + 1 WHERE status = 'open'", set()),
        ("INSERT INTO deals VALUES (9001, 1, 'open', 'web', 5, now(), '2026-04-01 12:00+00')", set()),
        (
            "INSERT INTO deals SELECT id, 1, 'won', 'web', 8, now(), '2026-04-01 12:00+00' FROM deals "
            "WHERE id = 9002 ON CONFLICT (id) DO UPDATE SET closed_at = EXCLUDED.closed_at",
            {MARCH_10, APRIL_1},
        ),
        (
            "MERGE INTO deals d USING (VALUES (9002), (9001)) v (id) ON d.id = v.id "
            "WHEN MATCHED THEN DELETE "
            "WHEN NOT MATCHED THEN INSERT VALUES (v.id, 1, 'won', 'web', 1, now(), '2026-04-01 12:00+00')",
            {MARCH_10, APRIL_1},
        ),
        (
            "WITH gone AS (DELETE FROM deals WHERE id = 9002 RETURNING *) INSERT INTO deals "
            "SELECT 9001, rep_id, status, source, amount, opened_at, '2026-04-01 12:00+00' FROM gone",
            {MARCH_10, APRIL_1},
        ),
        (
            "WITH one AS (UPDATE deals SET amount = 1 WHERE id = 9002), "
            "two AS (UPDATE deals SET amount = 2 WHERE closed_at >= '2026-04-01 05:00+00' "
            "AND closed_at < '2026-04-02 05:00+00') SELECT 1",
            {MARCH_10, APRIL_1},
        ),
    ],
)
async def test_a_change_names_the_buckets_before_and_after(
    source: Source, rollups: Rollups, database: Database, change: str, expected: set[datetime | None]
) -> None:
    write(database.business, _SET_UP)
    await rollups.refresh(DAILY)
    write(database.business, change)
    assert await touched(source, rollups) == expected
    outcome = await rollups.refresh(DAILY)
    assert outcome.action == ("refreshed" if expected else "unchanged")
    assert await touched(source, rollups) == frozenset()


async def test_copy_marks_what_it_brings(source: Source, rollups: Rollups, database: Database) -> None:
    statement = "COPY deals (id, status, closed_at) FROM STDIN"
    with psycopg.connect(database.business) as connection, connection.cursor().copy(statement) as copy:
        for number in range(2000):
            copy.write_row((9000 + number, "won", f"2026-04-01 12:00:{number % 60:02d}+00"))
    assert await touched(source, rollups) == {APRIL_1}


async def test_cascades_and_triggers_of_the_business_are_marked(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(
        database.business,
        "DELETE FROM deals WHERE rep_id NOT IN (SELECT id FROM reps)",
        "ALTER TABLE deals ADD FOREIGN KEY (rep_id) REFERENCES reps ON DELETE CASCADE",
        "INSERT INTO reps VALUES (77, 'Di', 'South')",
        "INSERT INTO deals VALUES (9001, 77, 'won', 'web', 5, now(), '2026-04-01 12:00+00')",
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.closed_at := '2026-03-10 12:00+00'; RETURN NEW; END $$",
        "CREATE TRIGGER later BEFORE INSERT ON deals FOR EACH ROW EXECUTE FUNCTION later()",
    )
    await rollups.refresh(DAILY)
    write(database.business, "DELETE FROM reps WHERE id = 77")
    assert await touched(source, rollups) == {APRIL_1}
    await rollups.refresh(DAILY)
    write(database.business, NEW)
    assert await touched(source, rollups) == {MARCH_10}, "the row as it was stored"


async def test_a_thousand_rows_of_one_day_are_one_mark(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(
        database.business,
        "INSERT INTO deals SELECT 10000 + n, 1, 'won', 'web', n, now(), '2026-04-01 12:00+00' "
        "FROM generate_series(1, 1000) n",
        "UPDATE deals SET amount = amount + 1 WHERE id > 10000",
    )
    marks = f"SELECT count(*) FROM leadline.change_mark WHERE rollup = '{DAILY}'"
    assert await fetch(source, marks) == [(1,)], "one a transaction"
    for _ in range(3):
        write(database.business, "UPDATE deals SET amount = amount + 1 WHERE id > 10000")
    assert await fetch(source, marks) == [(4,)]
    assert await touched(source, rollups) == {APRIL_1}


async def test_too_many_buckets_are_a_change_everywhere(
    source: Source, rollups: Rollups, database: Database
) -> None:
    many = (
        "INSERT INTO deals SELECT 20000 + n, 1, 'won', 'web', n, now(), "
        "timestamptz '2020-01-01 12:00+00' + n * interval '1 day' FROM generate_series({}, {}) n"
    )
    write(database.business, many.format(1, 500))
    assert len(await touched(source, rollups)) == 500
    write(database.business, many.format(501, 1001))
    assert (await state_of(source, rollups, DAILY)).stale, "501 in one statement"
    await rollups.refresh(DAILY)
    for first in range(2001, 3001, 250):
        write(database.business, many.format(first, first + 249))
    assert len(await touched(source, rollups)) == 1000
    write(database.business, many.format(4000, 4000))
    state = await state_of(source, rollups, DAILY)
    assert (state.stale, state.touched) == (True, frozenset())
    await rollups.refresh(DAILY)
    assert await touched(source, rollups) == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        "TRUNCATE deals",
        "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), 'infinity')",
        "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '4000-01-01 BC')",
        "ALTER TABLE deals ALTER COLUMN source TYPE varchar USING 'x' || source",
        "ALTER TABLE deals DISABLE TRIGGER USER",
        "ALTER TABLE deals DISABLE TRIGGER USER; ALTER TABLE deals ENABLE TRIGGER USER",
        "CREATE TABLE more_deals () INHERITS (deals)",
        "CREATE TABLE above (LIKE deals); ALTER TABLE deals INHERIT above",
        "ALTER TABLE deals RENAME amount TO money; ALTER TABLE deals RENAME rep_id TO amount",
        "ALTER TABLE deals DROP COLUMN source CASCADE; ALTER TABLE deals ADD COLUMN source text DEFAULT 'x'",
        "ALTER TABLE deals RENAME TO all_deals; CREATE TABLE deals (LIKE all_deals INCLUDING ALL)",
        "ALTER TABLE deals ENABLE ROW LEVEL SECURITY",
        "VACUUM FULL deals",
    ],
)
async def test_where_nobody_knows_where_it_is_stale(
    source: Source, rollups: Rollups, database: Database, change: str
) -> None:
    with psycopg.connect(database.business, autocommit=True) as connection:
        for statement in change.split("; "):
            connection.execute(statement)
    assert (await state_of(source, rollups, DAILY)).stale


async def test_a_table_of_marks_made_anew_is_not_the_one_that_was_written(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(database.admin, "DROP TABLE leadline.change_mark")
    write(database.business, NEW)
    await rollups.install()
    assert (await state_of(source, rollups, DAILY)).stale
    await rollups.refresh(DAILY)
    assert await touched(source, rollups) == frozenset()


async def test_a_joined_table_matters_only_in_the_columns_that_are_read(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(database.business, "UPDATE reps SET name = 'Anna' WHERE id = 1")
    assert await touched(source, rollups, BY_REGION) == frozenset()
    write(database.business, "UPDATE reps SET region = 'North' WHERE id = 1")
    assert (await state_of(source, rollups, BY_REGION)).stale
    assert await touched(source, rollups) == frozenset(), "the other rollup does not read it"
    await rollups.refresh(BY_REGION)
    write(database.business, NEW)
    assert await touched(source, rollups, BY_REGION) == {datetime(2026, 4, 1, 12, tzinfo=UTC)}


def _grain(name: str, time: str, grain: str, where: str | None = None) -> Rollup:
    deals = RollupColumn("deals", measure=business.DAILY.columns[1].measure)
    condition = parse(where) if where else None
    return Rollup(
        name, "deals", (deals, RollupColumn("b", time=True)), business.HERE, (time, grain), condition
    )


@pytest.mark.parametrize(
    ("time", "grain", "expected"),
    [
        ("closed_at", "minute", datetime(2026, 4, 1, 12, 34, tzinfo=UTC)),
        ("closed_at", "quarter_hour", datetime(2026, 4, 1, 12, 30, tzinfo=UTC)),
        ("closed_at", "week", datetime(2026, 3, 30, 5, tzinfo=UTC)),
        ("closed_at", "year", datetime(2026, 1, 1, 6, tzinfo=UTC)),
        ("wall_at", "day", datetime(2026, 4, 1, 5, tzinfo=UTC)),
        ("wall_at", "quarter", datetime(2026, 4, 1, 5, tzinfo=UTC)),
        ("closed_on", "day", date(2026, 4, 1)),
        ("closed_on", "month", date(2026, 4, 1)),
    ],
)
async def test_every_kind_of_time_names_its_buckets(
    source: Source, database: Database, time: str, grain: str, expected: object
) -> None:
    write(
        database.business,
        "ALTER TABLE deals ADD wall_at timestamp, ADD closed_on date",
        "UPDATE deals SET wall_at = closed_at AT TIME ZONE 'America/Chicago', closed_on = closed_at::date",
    )
    rollups = await made(source, _grain("bucketed", time, grain))
    write(
        database.business,
        "SET TimeZone = 'Asia/Kathmandu'",
        "SET DateStyle = 'German, DMY'",
        "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-04-01 12:34:56+00', "
        "'2026-04-01 23:34:56', '2026-04-01')",
    )
    assert await touched(source, rollups, "bucketed") == {expected}
    await rollups.refresh("bucketed")
    assert await touched(source, rollups, "bucketed") == frozenset()
    write(database.business, "UPDATE deals SET wall_at = NULL, closed_on = NULL, closed_at = NULL")
    await rollups.refresh("bucketed")
    assert await touched(source, rollups, "bucketed") == frozenset()


@pytest.mark.parametrize(
    "where", ["cast(source as integer) > 0", "source = '$mark$ {rows} %s' or amount > 0"]
)
async def test_an_expression_never_makes_a_write_fail(source: Source, database: Database, where: str) -> None:
    write(database.business, "UPDATE deals SET source = '1'")
    rollups = await made(source, _grain("guarded", "closed_at", "day", where))
    write(database.business, NEW)
    state = await state_of(source, rollups, "guarded")
    assert state.stale == where.startswith("cast")
    assert state.touched == (frozenset() if state.stale else {APRIL_1})
    write(database.business, "ALTER TABLE deals DROP COLUMN source CASCADE", "DELETE FROM deals")
    assert (await state_of(source, rollups, "guarded")).stale


async def test_a_role_of_no_rights_and_hostile_settings_still_marks(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(
        database.business,
        "CREATE SCHEMA trap",
        "CREATE FUNCTION trap.date_trunc(text, timestamptz, text) RETURNS timestamptz "
        "LANGUAGE sql AS $$ SELECT NULL::timestamptz $$",
        "SET search_path = trap, public, pg_catalog",
        "SET extra_float_digits = -15",
        "SET default_transaction_isolation = 'serializable'",
        NEW,
    )
    assert await touched(source, rollups) == {APRIL_1}


async def test_loads_that_switch_triggers_off_are_marked_where_the_table_is_ours(
    source: Source, database: Database
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO leadline_rollups")
        connection.execute("ALTER TABLE deals OWNER TO leadline_rollups")
    rollups = await made(source, business.DAILY)
    write(database.admin, "SET session_replication_role = replica", NEW)
    assert await touched(source, rollups) == {APRIL_1}
