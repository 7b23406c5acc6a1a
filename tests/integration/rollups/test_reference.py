"""`daily_revenue_summary` is the reference SQL, row for row and type for type."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from leadline.rollups.service import Rollups
from tests.support import business
from tests.support.databases import Database

_TYPES = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
    "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum"
)
_VIEW = "leadline.daily_revenue_summary"


def _rows(connection: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT * FROM ({query}) AS q ORDER BY 1 NULLS LAST").fetchall()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_the_rows_are_those_of_the_reference(rollups: Rollups, database: Database, zone: str) -> None:
    with psycopg.connect(database.reader, options=f"-c timezone={zone}") as connection:
        expected = _rows(connection, business.REFERENCE)
        assert _rows(connection, f"TABLE {_VIEW}") == expected
        assert expected[-1][0] is None, "deals without closed_at are a row of their own"
        assert len(expected) > 100


@pytest.mark.parametrize("role", ["reader", "business"])
def test_whoever_may_read_the_source_may_read_it(rollups: Rollups, database: Database, role: str) -> None:
    with psycopg.connect(getattr(database, role)) as connection:
        assert _rows(connection, f"TABLE {_VIEW}") == _rows(connection, business.REFERENCE)


def test_the_types_are_those_of_the_reference(rollups: Rollups, database: Database) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("CREATE TABLE public.reference AS " + business.REFERENCE)
        expected = connection.execute(_TYPES, ["public.reference"]).fetchall()
        assert connection.execute(_TYPES, [_VIEW]).fetchall() == expected
        assert expected[0] == ("date", "timestamp with time zone")


def test_it_has_a_unique_index_and_the_models_own(rollups: Rollups, database: Database) -> None:
    with psycopg.connect(database.reader) as connection:
        found = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'daily_revenue_summary' ORDER BY indexname"
        ).fetchall()
    assert [definition for (definition,) in found] == [
        f"CREATE INDEX daily_revenue_summary_idx ON {_VIEW} USING btree (date DESC)",
        f"CREATE UNIQUE INDEX daily_revenue_summary_key ON {_VIEW} USING btree (date) NULLS NOT DISTINCT",
    ]


def test_joined_dimensions_keep_rows_without_a_partner(rollups: Rollups, database: Database) -> None:
    query = """
    SELECT date_trunc('hour', d.closed_at, 'America/Chicago'), r.region,
           count(*) FILTER (WHERE status = 'won'), sum(amount) FILTER (WHERE status = 'won')
      FROM deals d LEFT JOIN reps r ON r.id = d.rep_id GROUP BY 1, 2
    """
    with psycopg.connect(database.reader) as connection:
        order = "ORDER BY 1 NULLS LAST, 2 NULLS LAST"
        expected = connection.execute(f"{query} {order}").fetchall()
        assert connection.execute(f"TABLE leadline.deals_by_region {order}").fetchall() == expected
