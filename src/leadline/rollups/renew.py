"""New rows in place of the old ones while readers go on: the touched buckets only, or all.

What is renewed in part costs with the change: stored rows of the touched buckets are deleted, and those
buckets are computed anew from the rows whose time can lie in them, in the caller's snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from psycopg import sql as pgsql

from leadline.rollups.build import build_view, relation, rows_name
from leadline.rollups.define import Bucket, Definition
from leadline.sources.postgres.node import Connection

Touched = frozenset[datetime | date | None]
_MAY_COMPARE = "SELECT has_database_privilege(current_database(), 'TEMPORARY')"
_SLACK = 2  # days: zones and clock changes move a bucket by less
_SPANS = {"week": 7, "month": 31, "quarter": 92, "year": 366}
_MANY_RANGES = 50
_ALL = "true"


async def renew(connection: Connection, definition: Definition, touched: Touched | None = None) -> int:
    """Renews the touched buckets (None: all), within the caller's transaction.

    Returns how many rows there are more than before; where all is renewed, how many there are.
    """
    more = 0
    if definition.bucket is not None:
        more = await _renew_rows(connection, definition, definition.bucket, touched)
    if definition.is_view:
        await _renew_view(connection, definition)
    in_part = definition.bucket is not None and touched is not None
    return more if in_part else await _count(connection, definition)


async def _renew_rows(
    connection: Connection, definition: Definition, bucket: Bucket, touched: Touched | None
) -> int:
    rows = relation(rows_name(definition))
    name = pgsql.Identifier(bucket.name).as_string()
    old = _ALL if touched is None else _one_of(name, bucket, touched)
    gone = await connection.execute(pgsql.SQL("DELETE FROM {} WHERE ").format(rows) + pgsql.SQL(old))
    select = pgsql.SQL(definition.within(_rows_of(bucket, touched)))
    made = await connection.execute(pgsql.SQL("INSERT INTO {} ").format(rows) + select)
    return made.rowcount - gone.rowcount


async def is_whole(connection: Connection, definition: Definition, touched: Touched | None) -> bool | None:
    """Whether every row (of the touched buckets) that names a partner has found one; None: nobody asks."""
    condition = _rows_of(definition.bucket, touched) if definition.bucket is not None else _ALL
    lonely = definition.lonely_within(condition)
    if lonely is None:
        return None
    row = await (
        await connection.execute(pgsql.SQL("SELECT NOT EXISTS ({})").format(pgsql.SQL(lonely)))
    ).fetchone()
    return bool(row and row[0])


def _rows_of(bucket: Bucket, touched: Touched | None) -> str:
    """SQL: the row lies in one of the buckets."""
    if touched is None:
        return _ALL
    return f"({_one_of(bucket.sql, bucket, touched)}) AND ({_near(bucket, touched)})"


def _one_of(expression: str, bucket: Bucket, touched: Touched) -> str:
    """SQL: the expression is one of the buckets."""
    kind = "date" if bucket.is_date else "timestamptz"
    known = [f"'{one.isoformat()}'" for one in touched if one is not None]
    parts = [f"{expression} = ANY (ARRAY[{', '.join(known)}]::{kind}[])"] if known else []
    parts += [f"{expression} IS NULL"] if None in touched else []
    return " OR ".join(parts)


def _near(bucket: Bucket, touched: Touched) -> str:
    """SQL: the time lies near the buckets. It excludes none of their rows, and an index can answer it."""
    if bucket.column is None:
        return _ALL
    column = f"t.{pgsql.Identifier(bucket.column).as_string()}"
    ranges = list(_ranges(bucket, touched))
    if len(ranges) > _MANY_RANGES:
        ranges = [(ranges[0][0], ranges[-1][1])]
    parts = [f"{column} >= '{_day(low)}' AND {column} < '{_day(high)}'" for low, high in ranges]
    parts += [f"{column} IS NULL"] if None in touched else []
    return " OR ".join(f"({part})" for part in parts)


def _ranges(bucket: Bucket, touched: Touched) -> Iterator[tuple[int, int]]:
    """The days near the buckets (proleptic ordinals), sorted, those that meet as one."""
    span = _SPANS.get(bucket.grain, 1) + _SLACK
    low = high = 0
    for start in sorted(_days(touched)):
        if high and start - _SLACK > high:
            yield low, high
            low = 0
        low, high = low or start - _SLACK, start + span
    if high:
        yield low, high


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat() if ordinal <= date.max.toordinal() else "infinity"


def _days(touched: Touched) -> Iterator[int]:
    """The days on which the buckets begin; marks hold none of the first days there are."""
    return (one.toordinal() for one in touched if one is not None)


async def _renew_view(connection: Connection, definition: Definition) -> None:
    """PostgreSQL compares in a temporary table; a role that may have none builds beside and swaps instead."""
    row = await (await connection.execute(_MAY_COMPARE)).fetchone()
    if not (row and row[0]):
        await build_view(connection, definition)
        return
    statement = pgsql.SQL("REFRESH MATERIALIZED VIEW CONCURRENTLY {}")
    await connection.execute(statement.format(relation(definition.name)))


async def _count(connection: Connection, definition: Definition) -> int:
    count = pgsql.SQL("SELECT count(*) FROM {}").format(relation(definition.name))
    row = await (await connection.execute(count)).fetchone()
    return int(row[0]) if row else 0
