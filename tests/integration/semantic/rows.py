"""Random rows, and what PostgreSQL and Python make of an expression over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st
from sqlglot import exp

from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.python import compile as compile_python
from leadline.semantic.expressions.runtime.failures import NOT_DONE_HERE, EvaluationError
from leadline.semantic.expressions.sql import compile as compile_sql

Row = dict[str, Any]
ZONE = "America/Chicago"
TYPES = {
    "n": INTEGER,
    "i": ColumnType("integer", native="integer"),
    "k": ColumnType("integer", native="smallint"),
    "amount": decimal(2),
    "q": decimal(None),
    "f": ColumnType("float", native="double precision"),
    "s": TEXT,
    "e": ColumnType("text", native="mood"),
    "u": ColumnType("text", native="uuid"),
    "b": BOOLEAN,
    "d": DATE,
    "ts": TIME,
    "w": WALL,
    "said": TEXT,
}
NATIVES = {
    name: {"time": "timestamptz", "wall": "timestamp", "decimal": "numeric"}.get(type_.kind, type_.native)
    for name, type_ in TYPES.items()
}
KINDS = "CREATE TYPE mood AS ENUM ('sad', 'happy', 'Glad')"


def _near(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def _of_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _decimals(digits: int, most: int) -> st.SearchStrategy[Decimal]:
    """Written as PostgreSQL would: all digits, and as many after the point as are drawn."""
    return st.builds(
        lambda number, scale: Decimal(f"{number}E-{scale}"), st.integers(-most, most), st.integers(0, digits)
    )


_WALLS = st.one_of(
    st.datetimes(datetime(1850, 1, 1), datetime(2150, 1, 1)),
    st.datetimes(datetime(1, 6, 1), datetime(9998, 1, 1)),
    st.builds(
        lambda change, seconds: change + timedelta(seconds=seconds),
        _near(datetime(2017, 3, 12, 2), datetime(2017, 11, 5, 1), datetime(2016, 12, 31, 23)),
        st.integers(-9_000, 9_000) | _near(-0.5, 0.25, 59.999999),
    ),
)
_LETTERS = "aAbBzZ%_\\ ß\u0130\u03a3é.1-\n\u4e00\U0001f600'"
_SAID = _near(
    *(
        "7",
        " -12 ",
        "+3.50",
        "1e3",
        "1E-3",
        ".5",
        "5.",
        "0x1F",
        "0b101",
        "1_000",
        "__1",
        "",
        " ",
        "abc",
        "NaN",
    ),
    *(
        "inf",
        "-Infinity",
        "1e400",
        "1e-400",
        "99999999999",
        "9223372036854775808",
        "32768",
        "-0",
        "2147483648",
    ),
    *("true", "TR", "f", "o", "of", " yes ", "n", "1", "0", "2017-02-28", "2017-02-30", "2017-03-12 02:30"),
    *(
        "2017-11-05 01:30:00.25",
        "2017-03-12T10:00Z",
        "2017-03-12 10:00 +05:30",
        "2017-03-12 10:00-07",
        "soon",
    ),
    *("1.5", "-1.5", "2.5", "1234567.891", "0.000001", "12:30", "٣"),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "n": st.integers(-9, 9) | st.integers(-(2**63), 2**63 - 1) | _near(-(2**63), 2**63 - 1),
    "i": st.integers(-9, 9) | st.integers(-(2**31), 2**31 - 1) | _near(-(2**31), 2**31 - 1),
    "k": st.integers(-9, 9) | st.integers(-(2**15), 2**15 - 1) | _near(-(2**15)),
    "amount": (st.integers(-(10**12), 10**12) | st.integers(-300, 300)).map(_of_cents),
    "q": _decimals(12, 10**6) | _decimals(40, 10**30) | _decimals(3, 30) | _near(Decimal("NaN")),
    "f": st.integers(-9, 9).map(float) | st.floats() | st.floats(-1e6, 1e6) | _near(0.1, 2.5, 1e15, 1e-5),
    "s": st.text(_LETTERS, max_size=6),
    "e": _near("sad", "happy", "Glad"),
    "u": st.uuids(),
    "b": st.booleans(),
    "d": st.dates(date(1, 6, 1), date(9998, 1, 1)) | st.dates(date(2015, 12, 20), date(2021, 1, 10)),
    "ts": _WALLS.map(lambda local: local.replace(tzinfo=UTC)),
    "w": _WALLS,
    "said": _SAID | st.text("0123456789.-+e_ ", max_size=5),
}  # fmt: skip


def rows_of(*texts: str) -> st.SearchStrategy[list[Row]]:
    """Rows for expressions: the values that these read, since drawing them is what takes the time."""
    read = {name.name for text in texts for name in names(parse(text, viewer_names=True))}
    drawn = {name: st.none() | VALUES[name] for name in VALUES if name in read}
    return st.lists(st.fixed_dictionaries(drawn), min_size=20, max_size=20)


class Here:
    """Every name is a column of the rows."""

    zone = ZONE

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """For SQL: a quoted column."""
        return exp.column(exp.to_identifier(name, quoted=True), "t")

    def value(self, path: tuple[str, ...], name: str) -> Callable[[Row], Any]:
        """For Python: the row's value, identifiers as texts."""
        return (
            (lambda row: None if row[name] is None else str(row[name]))
            if name == "u"
            else lambda row: row[name]
        )

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return TYPES[name]


@dataclass(frozen=True)
class Refused:
    """In place of a value: why there is none, as PostgreSQL names it."""

    state: str


def in_sql(connection: psycopg.Connection[Any], text: str, rows: Sequence[Row]) -> list[Any]:
    """What PostgreSQL makes of an expression over the rows."""
    sql = compile_sql(parse(text), Here()).sql(dialect="postgres", identify=True).replace("%", "%%")
    arrays = ", ".join(f"%s::{native}[]" for native in NATIVES.values())
    named = ", ".join([*TYPES, "place"])
    statement = f"SELECT {sql} FROM unnest({arrays}) WITH ORDINALITY AS t({named}) ORDER BY place"
    return _asked(connection, statement.encode(), rows)


def _asked(connection: psycopg.Connection[Any], statement: bytes, rows: Sequence[Row]) -> list[Any]:
    """The values; where some are refused, each row's own."""
    columns = [[row.get(name) for row in rows] for name in TYPES]
    try:
        return [one for (one,) in connection.execute(statement, columns)]
    except psycopg.Error as failure:
        if len(rows) == 1:
            return [Refused(failure.sqlstate or "")]
    half = len(rows) // 2
    return [*_asked(connection, statement, rows[:half]), *_asked(connection, statement, rows[half:])]


def in_python(text: str, rows: Sequence[Row]) -> list[Any]:
    """What Python makes of it."""
    evaluate = compile_python(parse(text), Here())
    return [_tried(evaluate, row) for row in rows]


def _tried(evaluate: Callable[[Row], Any], row: Row) -> Any:
    try:
        return evaluate(row)
    except EvaluationError as failure:
        return Refused(failure.sqlstate)


def alike(theirs: Any, ours: Any) -> bool:
    """The same value of the same type: decimals to the digit, instants whatever the zone."""
    if isinstance(ours, Refused) and ours.state == NOT_DONE_HERE:
        return True
    if isinstance(theirs, UUID):
        return bool(str(theirs) == ours)
    if isinstance(theirs, datetime) and isinstance(ours, datetime) and theirs.tzinfo and ours.tzinfo:
        return theirs.astimezone(UTC) == ours.astimezone(UTC)
    if isinstance(theirs, float) and isinstance(ours, float) and math.isnan(theirs):
        return math.isnan(ours)
    return type(theirs) is type(ours) and (
        str(theirs) == str(ours) if isinstance(ours, Decimal) else theirs == ours
    )
