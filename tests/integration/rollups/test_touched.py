"""A change says where: the buckets of its rows as they were and as they are; the other rows stay exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups import states
from leadline.rollups.service import Rollups
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn
from leadline.sources.postgres import Source
from tests.integration.rollups.touching import fetch, state_of, untouched_is_exact
from tests.support import business
from tests.support.databases import Database

DAILY, BY_REGION = "daily_revenue_summary", "deals_by_region"
MARCH_10 = datetime(2026, 3, 10, 5, tzinfo=UTC)  # midnight in Chicago, in summer time already
APRIL_1 = datetime(2026, 4, 1, 5, tzinfo=UTC)
_DAYS = "date_trunc('day', closed_at, 'America/Chicago')"


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will be once the planner answers edges."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", True)


def _write(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement)


async def _made(source: Source, *rollups: Rollup) -> Rollups:
    made = Rollups(source, BoundModel(business.model(*rollups), await source.schema()))
    await made.install()
    for rollup in rollups:
        await made.refresh(rollup.name)
    return made


async def _touched(source: Source, rollups: Rollups, name: str = DAILY) -> frozenset[object]:
    """What is touched, after a look at the property; nothing may be stale."""
    async with source.reading() as reader:
        state = await untouched_is_exact(reader, rollups, name)
    assert not state.stale
    return state.touched


_NEW = "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-04-01 12:00+00')"
_SET_UP = "INSERT INTO deals VALUES (9002, 1, 'won', 'web', 7, now(), '2026-03-10 12:00+00')"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_NEW, {APRIL_1}),
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
    _write(database.business, _SET_UP)
    await rollups.refresh(DAILY)
    _write(database.business, change)
    assert await _touched(source, rollups) == expected
    outcome = await rollups.refresh(DAILY)
    assert outcome.action == ("refreshed" if expected else "unchanged")
    assert await _touched(source, rollups) == frozenset()


async def test_copy_marks_what_it_brings(source: Source, rollups: Rollups, database: Database) -> None:
    statement = "COPY deals (id, status, closed_at) FROM STDIN"
    with psycopg.connect(database.business) as connection, connection.cursor().copy(statement) as copy:
        for number in range(2000):
            copy.write_row((9000 + number, "won", f"2026-04-01 12:00:{number % 60:02d}+00"))
    assert await _touched(source, rollups) == {APRIL_1}


async def test_cascades_and_triggers_of_the_business_are_marked(
    source: Source, rollups: Rollups, database: Database
) -> None:
    _write(
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
    _write(database.business, "DELETE FROM reps WHERE id = 77")
    assert await _touched(source, rollups) == {APRIL_1}
    await rollups.refresh(DAILY)
    _write(database.business, _NEW)
    assert await _touched(source, rollups) == {MARCH_10}, "the row as it was stored"


async def test_a_thousand_rows_of_one_day_are_one_mark(
    source: Source, rollups: Rollups, database: Database
) -> None:
    _write(
        database.business,
        "INSERT INTO deals SELECT 10000 + n, 1, 'won', 'web', n, now(), '2026-04-01 12:00+00' "
        "FROM generate_series(1, 1000) n",
        "UPDATE deals SET amount = amount + 1 WHERE id > 10000",
    )
    marks = f"SELECT count(*) FROM leadline.change_mark WHERE rollup = '{DAILY}'"
    assert await fetch(source, marks) == [(1,)], "one a transaction"
    for _ in range(3):
        _write(database.business, "UPDATE deals SET amount = amount + 1 WHERE id > 10000")
    assert await fetch(source, marks) == [(4,)]
    assert await _touched(source, rollups) == {APRIL_1}


async def test_too_many_buckets_are_a_change_everywhere(
    source: Source, rollups: Rollups, database: Database
) -> None:
    many = (
        "INSERT INTO deals SELECT 20000 + n, 1, 'won', 'web', n, now(), "
        "timestamptz '2020-01-01 12:00+00' + n * interval '1 day' FROM generate_series({}, {}) n"
    )
    _write(database.business, many.format(1, 500))
    assert len(await _touched(source, rollups)) == 500
    _write(database.business, many.format(501, 1001))
    assert (await state_of(source, rollups, DAILY)).stale, "501 in one statement"
    await rollups.refresh(DAILY)
    for first in range(2001, 3001, 250):
        _write(database.business, many.format(first, first + 249))
    assert len(await _touched(source, rollups)) == 1000
    _write(database.business, many.format(4000, 4000))
    state = await state_of(source, rollups, DAILY)
    assert (state.stale, state.touched) == (True, frozenset())
    await rollups.refresh(DAILY)
    assert await _touched(source, rollups) == frozenset()


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
    _write(database.admin, "DROP TABLE leadline.change_mark")
    _write(database.business, _NEW)
    await rollups.install()
    assert (await state_of(source, rollups, DAILY)).stale
    await rollups.refresh(DAILY)
    assert await _touched(source, rollups) == frozenset()


async def test_a_joined_table_matters_only_in_the_columns_that_are_read(
    source: Source, rollups: Rollups, database: Database
) -> None:
    _write(database.business, "UPDATE reps SET name = 'Anna' WHERE id = 1")
    assert await _touched(source, rollups, BY_REGION) == frozenset()
    _write(database.business, "UPDATE reps SET region = 'North' WHERE id = 1")
    assert (await state_of(source, rollups, BY_REGION)).stale
    assert await _touched(source, rollups) == frozenset(), "the other rollup does not read it"
    await rollups.refresh(BY_REGION)
    _write(database.business, _NEW)
    assert await _touched(source, rollups, BY_REGION) == {datetime(2026, 4, 1, 12, tzinfo=UTC)}


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
    _write(
        database.business,
        "ALTER TABLE deals ADD wall_at timestamp, ADD closed_on date",
        "UPDATE deals SET wall_at = closed_at AT TIME ZONE 'America/Chicago', closed_on = closed_at::date",
    )
    rollups = await _made(source, _grain("bucketed", time, grain))
    _write(
        database.business,
        "SET TimeZone = 'Asia/Kathmandu'",
        "SET DateStyle = 'German, DMY'",
        "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-04-01 12:34:56+00', "
        "'2026-04-01 23:34:56', '2026-04-01')",
    )
    assert await _touched(source, rollups, "bucketed") == {expected}
    await rollups.refresh("bucketed")
    assert await _touched(source, rollups, "bucketed") == frozenset()
    _write(database.business, "UPDATE deals SET wall_at = NULL, closed_on = NULL, closed_at = NULL")
    await rollups.refresh("bucketed")
    assert await _touched(source, rollups, "bucketed") == frozenset()


@pytest.mark.parametrize(
    "where", ["cast(source as integer) > 0", "source = '$mark$ {rows} %s' or amount > 0"]
)
async def test_an_expression_never_makes_a_write_fail(source: Source, database: Database, where: str) -> None:
    _write(database.business, "UPDATE deals SET source = '1'")
    rollups = await _made(source, _grain("guarded", "closed_at", "day", where))
    _write(database.business, _NEW)
    state = await state_of(source, rollups, "guarded")
    assert state.stale == where.startswith("cast")
    assert state.touched == (frozenset() if state.stale else {APRIL_1})
    _write(database.business, "ALTER TABLE deals DROP COLUMN source CASCADE", "DELETE FROM deals")
    assert (await state_of(source, rollups, "guarded")).stale


async def test_a_role_of_no_rights_and_hostile_settings_still_marks(
    source: Source, rollups: Rollups, database: Database
) -> None:
    _write(
        database.business,
        "CREATE SCHEMA trap",
        "CREATE FUNCTION trap.date_trunc(text, timestamptz, text) RETURNS timestamptz "
        "LANGUAGE sql AS $$ SELECT NULL::timestamptz $$",
        "SET search_path = trap, public, pg_catalog",
        "SET extra_float_digits = -15",
        "SET default_transaction_isolation = 'serializable'",
        _NEW,
    )
    assert await _touched(source, rollups) == {APRIL_1}


async def test_loads_that_switch_triggers_off_are_marked_where_the_table_is_ours(
    source: Source, database: Database
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO leadline_rollups")
        connection.execute("ALTER TABLE deals OWNER TO leadline_rollups")
    rollups = await _made(source, business.DAILY)
    _write(database.admin, "SET session_replication_role = replica", _NEW)
    assert await _touched(source, rollups) == {APRIL_1}


async def test_only_the_touched_rows_are_written_anew(
    source: Source, rollups: Rollups, database: Database
) -> None:
    rows = "SELECT count(*) FILTER (WHERE xmin::text <> {}::text), count(*) FROM leadline." + BY_REGION
    [(before,)] = await fetch(source, f"SELECT min(xmin::text) FROM leadline.{BY_REGION}")
    _write(database.business, _NEW, "UPDATE deals SET amount = 1 WHERE id = 2")
    assert (await rollups.refresh(BY_REGION)).action == "refreshed"
    [(anew, count)] = await fetch(source, rows.format(f"'{before}'"))
    assert anew == 2
    assert (await rollups.known())[BY_REGION].rows == count
    assert await _touched(source, rollups, BY_REGION) == frozenset()


async def test_rollups_of_one_table_do_not_share_what_touches_them(
    source: Source, database: Database
) -> None:
    lost = replace(business.DAILY, name="lost", where=parse("status = 'lost'"))
    rollups = await _made(source, business.DAILY, lost)
    _write(database.business, _NEW)
    assert await _touched(source, rollups) == {APRIL_1}
    assert await _touched(source, rollups, "lost") == frozenset()


async def test_another_definition_takes_the_triggers_of_the_old_one_with_it(
    source: Source, database: Database
) -> None:
    await _made(source, business.DAILY)
    after = await _made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
    triggers = "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'leadline')"
    assert await fetch(source, triggers) == [(4,)]
    await Rollups(source, BoundModel(business.model(), await source.schema())).drop_others()
    assert await fetch(source, triggers) == [(0,)]
    assert await after.known() == {}


async def test_marks_of_the_first_version_give_way(source: Source, database: Database) -> None:
    _write(
        database.rollups,
        "CREATE TABLE leadline.rollup_state (name text PRIMARY KEY, definition text, relation oid, "
        "tables oid[], table_names text[], triggers text[], inexact text, cluster bigint, seen pg_snapshot, "
        "version bigint NOT NULL DEFAULT 0, refreshed_at timestamptz, took_ms double precision, rows bigint, "
        "error text, error_at timestamptz)",
        "CREATE TABLE leadline.change_mark (source_table oid, xid xid8, PRIMARY KEY (source_table, xid))",
        "CREATE FUNCTION leadline.mark_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
        "leadline.change_mark VALUES (TG_RELID, pg_current_xact_id()); RETURN NULL; END $$",
        "CREATE TRIGGER leadline_mark AFTER INSERT ON deals EXECUTE FUNCTION leadline.mark_change()",
        "CREATE MATERIALIZED VIEW leadline.daily_revenue_summary AS SELECT 1 AS one",
        "INSERT INTO leadline.rollup_state (name, version) VALUES ('daily_revenue_summary', 7)",
    )
    rollups = Rollups(source, BoundModel(business.model(business.DAILY), await source.schema()))
    assert await rollups.known() == {}
    await rollups.install()
    _write(database.business, _NEW)
    assert (await rollups.refresh(DAILY)).version == 8
    assert await _touched(source, rollups) == frozenset()


@pytest.mark.parametrize("columns", [slice(0, 5), slice(0, 2)])
async def test_two_long_names_that_begin_alike_are_two_rollups(
    source: Source, database: Database, columns: slice
) -> None:
    stem = "the_daily_summary_of_revenue_by_the_region_of_the_rep"
    both = [
        replace(one, name=f"{stem}_{number}")
        for number, one in enumerate((business.DAILY, business.BY_REGION))
    ]
    rollups = await _made(
        source, *both, replace(business.DAILY, name=f"{stem}_3", columns=business.DAILY.columns[columns])
    )
    _write(database.business, _NEW)
    for name in rollups.definitions:
        assert (await rollups.refresh(name)).action == "refreshed"
        assert await _touched(source, rollups, name) == frozenset()


async def test_triggers_that_were_too_busy_to_go_are_taken_away_later(
    source: Source, database: Database
) -> None:
    await _made(source, business.DAILY)
    with psycopg.connect(database.business) as busy:
        busy.execute("SELECT count(*) FROM deals")
        after = await _made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
        triggers = "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'leadline')"
        assert await fetch(source, triggers) == [(8,)]
        _write(database.business, _NEW)
        assert await _touched(source, after) == {APRIL_1}, "the old ones mark too, and do no harm"
    await after.drop_others()
    assert await fetch(source, triggers) == [(4,)]
    assert await _touched(source, after) == {APRIL_1}
