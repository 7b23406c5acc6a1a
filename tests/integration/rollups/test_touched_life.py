"""What touched buckets mean for refreshes, other definitions, joined tables and older versions."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups import states
from leadline.rollups.service import Rollups
from leadline.semantic.expressions.parse import parse
from leadline.sources.postgres import Source
from tests.integration.rollups.touching import (
    APRIL_1,
    BY_REGION,
    DAILY,
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


async def test_only_the_touched_rows_are_written_anew(
    source: Source, rollups: Rollups, database: Database
) -> None:
    rows = "SELECT count(*) FILTER (WHERE xmin::text <> {}::text), count(*) FROM leadline." + BY_REGION
    [(before,)] = await fetch(source, f"SELECT min(xmin::text) FROM leadline.{BY_REGION}")
    write(database.business, NEW, "UPDATE deals SET amount = 1 WHERE id = 2")
    assert (await rollups.refresh(BY_REGION)).action == "refreshed"
    [(anew, count)] = await fetch(source, rows.format(f"'{before}'"))
    assert anew == 2
    assert (await rollups.known())[BY_REGION].rows == count
    assert await touched(source, rollups, BY_REGION) == frozenset()


async def test_rollups_of_one_table_do_not_share_what_touches_them(
    source: Source, database: Database
) -> None:
    lost = replace(business.DAILY, name="lost", where=parse("status = 'lost'"))
    rollups = await made(source, business.DAILY, lost)
    write(database.business, NEW)
    assert await touched(source, rollups) == {APRIL_1}
    assert await touched(source, rollups, "lost") == frozenset()


async def test_another_definition_takes_the_triggers_of_the_old_one_with_it(
    source: Source, database: Database
) -> None:
    await made(source, business.DAILY)
    after = await made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
    triggers = "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'leadline')"
    assert await fetch(source, triggers) == [(4,)]
    await Rollups(source, BoundModel(business.model(), await source.schema())).drop_others()
    assert await fetch(source, triggers) == [(0,)]
    assert await after.known() == {}


async def test_marks_of_the_first_version_give_way(source: Source, database: Database) -> None:
    write(
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
    write(database.business, NEW)
    assert (await rollups.refresh(DAILY)).version == 8
    assert await touched(source, rollups) == frozenset()


@pytest.mark.parametrize("columns", [slice(0, 5), slice(0, 2)])
async def test_two_long_names_that_begin_alike_are_two_rollups(
    source: Source, database: Database, columns: slice
) -> None:
    stem = "the_daily_summary_of_revenue_by_the_region_of_the_rep"
    both = [
        replace(one, name=f"{stem}_{number}")
        for number, one in enumerate((business.DAILY, business.BY_REGION))
    ]
    rollups = await made(
        source, *both, replace(business.DAILY, name=f"{stem}_3", columns=business.DAILY.columns[columns])
    )
    write(database.business, NEW)
    for name in rollups.definitions:
        assert (await rollups.refresh(name)).action == "refreshed"
        assert await touched(source, rollups, name) == frozenset()


async def test_triggers_that_were_too_busy_to_go_are_taken_away_later(
    source: Source, database: Database
) -> None:
    await made(source, business.DAILY)
    with psycopg.connect(database.business) as busy:
        busy.execute("SELECT count(*) FROM deals")
        after = await made(source, replace(business.DAILY, columns=business.DAILY.columns[:3]))
        triggers = "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'leadline')"
        assert await fetch(source, triggers) == [(8,)]
        write(database.business, NEW)
        assert await touched(source, after) == {APRIL_1}, "the old ones mark too, and do no harm"
    await after.drop_others()
    assert await fetch(source, triggers) == [(4,)]
    assert await touched(source, after) == {APRIL_1}


_CLEAN = "UPDATE deals SET rep_id = 1 + rep_id % 3"
_HIRED = "INSERT INTO reps VALUES (88, 'Eve', 'North')"


async def test_a_new_row_in_a_joined_table_matters_only_to_those_that_waited_for_it(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(database.business, _HIRED)
    assert (await state_of(source, rollups, BY_REGION)).stale, "deals of reps 0 and 4 have found none"
    write(database.business, _CLEAN, "DELETE FROM reps WHERE id = 88")
    await rollups.refresh(BY_REGION)
    write(database.business, _HIRED)
    assert await touched(source, rollups, BY_REGION) == frozenset()
    write(database.business, "UPDATE deals SET rep_id = 99 WHERE id = 2")  # of a rep who is not there yet
    [bucket] = await touched(source, rollups, BY_REGION)
    write(database.business, "INSERT INTO reps VALUES (99, 'Flo', 'South')")
    assert await touched(source, rollups, BY_REGION) == {bucket}, "it is read from the table anyhow"
    write(database.business, "DELETE FROM reps WHERE id = 99")
    assert (await state_of(source, rollups, BY_REGION)).stale, "who goes may have been somebody's"


async def test_one_that_is_renewed_in_part_knows_who_waits(
    source: Source, rollups: Rollups, database: Database
) -> None:
    write(database.business, _CLEAN)
    await rollups.refresh(BY_REGION)
    write(database.business, "UPDATE deals SET rep_id = 99 WHERE id = 2")
    assert len(await touched(source, rollups, BY_REGION)) == 1
    await rollups.refresh(BY_REGION)
    write(database.business, "INSERT INTO reps VALUES (99, 'Flo', 'South')")
    assert (await state_of(source, rollups, BY_REGION)).stale
    await rollups.refresh(BY_REGION)
    write(database.business, _HIRED)
    assert await touched(source, rollups, BY_REGION) == frozenset()


async def test_a_partner_that_need_not_be_unique_makes_any_new_row_matter(
    source: Source, database: Database
) -> None:
    write(database.business, _CLEAN, "ALTER TABLE reps DROP CONSTRAINT reps_pkey")
    rollups = await made(source, business.BY_REGION)
    write(database.business, _HIRED)
    assert (await state_of(source, rollups, BY_REGION)).stale
