"""The function that marks what a statement changed: where, in the rollup's own buckets, or everywhere.

An UPDATE is seen as two multisets of images, an image being the columns that the rollup reads: rows that look
the same before and after touch nothing.
"""

from __future__ import annotations

from psycopg import sql as pgsql

from leadline.rollups.define import Bucket, Definition, Reading
from leadline.rollups.sql import sql

MOST = 500
"""Buckets that one statement may touch; beyond that it is a change everywhere."""
OLD, NEW = "leadline_old", "leadline_new"
"""The transition tables."""
# What Python and the driver can hold; a bucket beyond is marked as a change everywhere.
_KNOWN = "BETWEEN '0001-01-03 00:00+00'::timestamptz AND '9999-12-29 00:00+00'::timestamptz"
_ARRIVED = "v_everywhere := false; v_arrived := EXISTS ({rows});"
_ANY = "v_everywhere := EXISTS ({rows});"
_WHERE = (
    f"SELECT coalesce(count(*) > {MOST} OR bool_or(NOT q.b {_KNOWN}), false), array_agg(q.b) "  # noqa: S608
    "INTO v_everywhere, v_buckets "
    f"FROM (SELECT DISTINCT p.b FROM ({{rows}}) AS p LIMIT {MOST + 1}) AS q;"
)
_ROWS = "SELECT {bucket} AS b{also} FROM {table} AS t{where}"
_CHANGED = "SELECT s.b FROM ({sides}) AS s GROUP BY s.b, s.image HAVING sum(s.sign) <> 0"


def function_sql(name: str, definition: Definition, reading: Reading) -> pgsql.SQL:
    """CREATE FUNCTION `leadline.<name>` for the triggers on one table of a rollup."""
    made = _Body(reading, definition.bucket if reading.own else None)
    body = sql("mark_body").format(
        rollup=_quoted(definition.name),
        insert=_ARRIVED.format(rows=made.rows(NEW)) if reading.joins_once else made.found(made.rows(NEW)),
        update=made.found(made.changed()),
        delete=made.found(made.rows(OLD)),
    )
    function = pgsql.Identifier(name).as_string()
    return pgsql.SQL(sql("mark_function").format(function=function, body=_quoted(body)))


class _Body:
    """The statements of one function. All texts in it are made from the checked model."""

    def __init__(self, reading: Reading, bucket: Bucket | None) -> None:
        self._where = f" WHERE {reading.where}" if reading.where else ""
        self._bucket = "NULL::timestamptz" if bucket is None else _instant(bucket)
        self._found = _ANY if bucket is None else _WHERE
        columns = ", ".join(f"t.{pgsql.Identifier(name).as_string()}" for name in reading.columns)
        self._image = f"ROW({columns})::text"

    def found(self, rows: str) -> str:
        """Puts what was changed into the function's variables; `rows` has a column `b`."""
        return self._found.format(rows=rows)

    def rows(self, table: str, also: str = "") -> str:
        """The rows of a transition table that count, with their bucket."""
        return _ROWS.format(bucket=self._bucket, also=also, table=table, where=self._where)

    def changed(self) -> str:
        """The buckets of images that are more, or fewer, after an UPDATE than before."""
        before = self.rows(OLD, f", {self._image} AS image, -1 AS sign")
        after = self.rows(NEW, f", {self._image} AS image, 1 AS sign")
        return _CHANGED.format(sides=f"{before} UNION ALL {after}")


def _instant(bucket: Bucket) -> str:
    """The bucket as marks have it; of a date its midnight in UTC."""
    return f"CAST({bucket.sql} AS timestamp) AT TIME ZONE 'UTC'" if bucket.is_date else bucket.sql


def _quoted(text: str) -> str:
    return pgsql.Literal(text).as_string()
