"""What we compile means in PostgreSQL what the author's text means there, whatever the zone of the session.

The text is run as it stands, in a session whose zone is the model's; our SQL in one that lives elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.types import infer
from tests.integration.semantic.written import DAY, MOMENT, NUMBER, TEXTS, TRUTH
from tests.support.databases import Database, Databases

ZONE = "America/Chicago"
TYPES = {
    "n": INTEGER,
    "amount": decimal(2),
    "f": ColumnType("float", native="double precision"),
    "s": TEXT,
    "e": ColumnType("text", native="mood"),
    "b": BOOLEAN,
    "d": DATE,
    "ts": TIME,
    "w": WALL,
}
KINDS = {
    "int2": "integer", "int4": "integer", "int8": "integer", "numeric": "decimal", "float8": "float",
    "text": "text", "varchar": "text", "mood": "text", "unknown": "text", "bool": "boolean", "date": "date",
    "timestamptz": "time", "timestamp": "wall",
}  # fmt: skip
TABLE = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (n bigint, amount numeric(12,2), f float8, s text, e mood, b bool, d date, ts timestamptz,
                w timestamp);
INSERT INTO t VALUES
  (3, 12.50, 0.25, 'GTX Pro', 'happy', true, '2017-02-28', '2017-03-12 08:30:00+00', '2017-03-12 02:30'),
  (-7, 0, 2.5, '  a_b%c ', 'sad', false, '2016-12-31', '2016-12-31 23:59:59.5-06', '2016-12-31 23:59:59.5'),
  (0, -1.05, -1e10, '', 'happy', null, '2020-02-29', '2017-11-05 06:30:00+00', '2017-11-05 01:30'),
  (null, null, null, null, null, null, null, null, null);
"""


@dataclass(frozen=True)
class Twins:
    """Two sessions over one table: `here` in the model's zone, `there` on the other side of the world."""

    here: psycopg.Connection[Any]
    there: psycopg.Connection[Any]


class Scope:
    """Every name is a column of `t`."""

    zone = ZONE

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """A quoted column."""
        return exp.column(exp.to_identifier(name, quoted=True), "t")

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return TYPES[name]


@pytest.fixture(scope="module")
def table(databases: Databases) -> Iterator[Database]:
    """A database with the table."""
    made = databases.create()
    with psycopg.connect(made.business) as connection:
        connection.execute(TABLE)
    yield made
    databases.drop(made)


@pytest.fixture(scope="module")
def twins(table: Database) -> Iterator[Twins]:
    """The two sessions."""
    with (
        psycopg.connect(table.business, autocommit=True) as here,
        psycopg.connect(table.business, autocommit=True) as there,
    ):
        here.execute(f"SET TimeZone = '{ZONE}'")
        there.execute("SET TimeZone = 'Asia/Kolkata'")
        yield Twins(here, there)


def rows(connection: psycopg.Connection[Any], sql: str) -> tuple[list[Any], str]:
    """The values of one expression over the table, in the table's order, and the name of its type."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT x FROM (SELECT {sql} AS x, ctid AS c FROM t) q ORDER BY c".encode())
        assert cursor.description is not None
        named = connection.adapters.types.get(cursor.description[0].type_code)
        return [row[0] for row in cursor], named.name if named else "mood"


def close(one: Any, other: Any) -> bool:
    """Equal values. Instants by the instant; numbers to 9 digits: some are exact here and floats there."""
    if isinstance(one, datetime) and isinstance(other, datetime) and one.tzinfo and other.tzinfo:
        return one.astimezone(UTC) == other.astimezone(UTC)
    if isinstance(one, bool) or not isinstance(one, int | float | Decimal) or other is None:
        return bool(one == other)
    exact = Decimal(str(one))
    return abs(exact - Decimal(str(other))) <= Decimal("1e-9") * max(Decimal(1), abs(exact))


def compiled(text: str) -> str:
    """Our SQL of a text."""
    return compile_sql(parse(text), Scope()).sql(dialect="postgres", identify=True)


TRIED = r"""
n / 2 | n * amount + f | -n % 3 | amount / 3 | n - -3 | round(amount, 1) | abs(n) - 1 | f / 3 | ceil(amount)
floor(f) | n in (1, 3, null) | n not in (3, 4) | amount between -2 and 0 | round(amount, -1)
s like '%a\_b%' | s not like 'G%' | s || n || d | concat(s, null, 1) | trim(s) | trim(both 'G o' from s)
ltrim(s) | substr(s, 2, 3) | replace(s, ' ', '') | upper(s) = 'GTX PRO' | lower(e::text) | e = 'happy'
coalesce(s, 'none') | nullif(n, 0) | greatest(n, amount) | least(d, '2017-01-01') | e in ('happy', 'sad')
case when n > 0 then 'up' when n < 0 then 'down' end | case n when 3 then 1.5 else n end
cast(ts as date) | ts::date - w::date | d + 1 | d - n::int | '2017-01-01' < d | ts >= '2017-03-12 03:30'
ts > d | ts = w | ts between '2016-01-01' and '2017-01-01' | ts in ('2017-03-12 03:30', null)
extract(hour from ts) | extract(dow from ts) | extract(second from w) | extract(epoch from ts)
extract(week from d) | date_trunc('day', ts) | date_trunc('month', d) | date_trunc('week', w)
date_trunc('day', ts, 'Asia/Tokyo') | ts at time zone 'Asia/Tokyo' | w at time zone 'Asia/Tokyo'
d at time zone 'Asia/Tokyo' | cast(w as timestamptz) | cast(d as timestamptz) | cast(ts as timestamp)
cast(n as text) | cast(amount as int) | cast(b as int) | cast(n::int as boolean) | cast(s as varchar(3))
cast(f as numeric(20, 3)) | cast('12' as int) + n | coalesce(ts, d) | coalesce(d, w) | greatest(ts, d)
case when b then ts else w end | b is true | b is not true | not b | b and n > 0 | b or n is null
n = 3 and (s = 'x' or s like 'G%') | not n = 3 and amount > 0 | n + 1 * 2 - 3 | n - 2 - 1 | (n - (2 - 1))
n * (2 + 1) | n = 3 is null | n is null = b | extract(year from ts) / 4
timestamp with time zone '2017-01-01 00:00+00' < ts
"""


@pytest.mark.parametrize("text", [one.strip() for one in TRIED.strip().replace("\n", " | ").split(" | ")])
def test_the_same_as_the_text_itself(twins: Twins, text: str) -> None:
    expected, _ = rows(twins.here, text)
    found, named = rows(twins.there, compiled(text))
    assert all(map(close, expected, found)), (expected, found)
    inferred = infer(parse(text), lambda path, name: TYPES[name])
    assert KINDS[named] == inferred.kind


def test_a_divisor_of_zero_gives_null(twins: Twins) -> None:
    assert rows(twins.there, compiled("amount / n"))[0][2] is None
    assert rows(twins.there, compiled("n % 0"))[0] == [None] * 4


def test_an_unknown_label_of_an_enum_is_no_error(twins: Twins) -> None:
    assert rows(twins.there, compiled("e = 'no such mood'"))[0] == [False, False, False, None]
    assert rows(twins.there, compiled("coalesce(e, '(none)')"))[0][3] == "(none)"


_WALL = re.compile(r"\bw\b|timestamp\)")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=NUMBER | TEXTS | DAY | MOMENT | TRUTH)
def test_any_expression_that_both_take_means_the_same(twins: Twins, text: str) -> None:
    """It refuses or divides by zero where we do not, and we refuse what has no zone; else all agree.

    Where `between` has instants and wall clocks, we compare all three as instants, it each pair by itself: in
    the hour of a clock change that may differ.
    """
    assume(not ("between" in text and _WALL.search(text)))
    try:
        sql = compiled(text)
        inferred = infer(parse(text), lambda path, name: TYPES[name])
    except LeadlineError:
        return
    try:
        expected, _ = rows(twins.here, text)
    except psycopg.Error:
        return
    found, named = rows(twins.there, sql)
    assert all(map(close, expected, found)), (sql, expected, found)
    assert KINDS[named] == inferred.kind


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TRUTH | NUMBER)
def test_the_canonical_text_means_the_same(twins: Twins, text: str) -> None:
    """Sorted, without needless brackets, in other words."""
    try:
        canonical = parse(text).canonical
        before, after = compiled(text), compiled(canonical)
    except LeadlineError:
        return
    try:
        expected, _ = rows(twins.there, before)
    except psycopg.Error:
        return
    assert all(map(close, expected, rows(twins.there, after)[0]))
