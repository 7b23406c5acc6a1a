"""Expressions computed in Python: what is asked for, what is refused, and what no other test can say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.python import compile as compile_python
from leadline.semantic.expressions.runtime.failures import NOT_DONE_HERE, EvaluationError

Row = dict[str, Any]
TYPES = {
    "n": INTEGER,
    "q": decimal(None),
    "f": ColumnType("float", native="double precision"),
    "s": TEXT,
    "e": ColumnType("text", native="mood"),
    "c": ColumnType("text", native="citext"),
    "p": ColumnType("text", native="character(3)"),
    "r": ColumnType("float", native="real"),
    "b": BOOLEAN,
    "d": DATE,
    "ts": TIME,
    "w": WALL,
}


class Rows:
    """Rows are maps; `read` lists what was asked for."""

    zone = "America/Chicago"

    def __init__(self) -> None:
        self.read: list[str] = []

    def value(self, path: tuple[str, ...], name: str) -> Callable[[Row], Any]:
        """A key of the row."""

        def read(row: Row) -> Any:
            self.read.append(".".join((*path, name)))
            return row[".".join((*path, name))]

        return read

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type, whatever leads to it."""
        return TYPES[name]


def value(text: str, **row: Any) -> Any:
    """The value of an expression for a row."""
    return compile_python(parse(text), Rows())(row)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("q / 3", {"q": Decimal("10.00")}, "3.3333333333333333"),
        ("q / 7", {"q": Decimal("100000")}, "14285.714285714286"),
        ("q / 8", {"q": Decimal("0.0001")}, "0.000012500000000000000000"),
        ("q * q", {"q": Decimal("1.50")}, "2.2500"),
        ("round(q, 4)", {"q": Decimal("2.5")}, "2.5000"),
        ("round(q, -2)", {"q": Decimal("-150")}, "-200"),
        ("-q", {"q": Decimal("0.00")}, "0.00"),
        ("1e3 + q", {"q": Decimal("0")}, "1000"),
        ("cast(f as numeric)", {"f": 0.1}, "0.1"),
        ("cast(s as numeric(5, 2))", {"s": " 1.005 "}, "1.01"),
        ("extract(second from w)", {"w": datetime(2017, 3, 12, 2, 30, 5, 250000)}, "5.250000"),
    ],
)
def test_decimals_have_the_digits_of_postgresql(text: str, row: Row, expected: str) -> None:
    found = value(text, **row)
    assert isinstance(found, Decimal)
    assert str(found) == expected


def test_paths_lead_to_names() -> None:
    rows = Rows()
    assert compile_python(parse("rep.team.s || s"), rows)({"rep.team.s": "a", "s": "b"}) == "ab"
    assert rows.read == ["rep.team.s", "s"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("b and n > 0", ["b"]),
        ("b is null or n > 0 ", ["b", "n"]),
        ("coalesce(s, e)", ["s"]),
        ("case when b then n else f end", ["b", "f"]),
        ("n in (1, n + 1)", ["n"]),
    ],
)
def test_what_is_not_needed_is_not_computed(text: str, asked: list[str]) -> None:
    rows = Rows()
    compile_python(parse(text), rows)({"b": False, "n": 1, "s": "x", "e": "y", "f": 0.5})
    assert rows.read == asked


@pytest.mark.parametrize(
    ("text", "row", "state"),
    [
        ("n + 1", {"n": 2**63 - 1}, "22003"),
        ("cast(n as smallint)", {"n": 40_000}, "22003"),
        ("cast(s as int)", {"s": "seven"}, "22P02"),
        ("cast(s as boolean)", {"s": "o"}, "22P02"),
        ("cast(s as date)", {"s": "2017-02-30"}, "22008"),
        ("cast(s as date)", {"s": "Feb 3 2017"}, NOT_DONE_HERE),
        ("cast(q as numeric(3, 1))", {"q": Decimal("99.95")}, "22003"),
        ("f * f", {"f": 1e200}, "22003"),
        ("s like s", {"s": "a\\"}, "22025"),
        ("substr(s, 1, n)", {"s": "a", "n": -1}, "22011"),
        ("d + n", {"d": date(9999, 12, 31), "n": 1}, NOT_DONE_HERE),
        ("ts at time zone 'Asia/Tokyo'", {"ts": datetime(9999, 12, 31, 23, tzinfo=UTC)}, NOT_DONE_HERE),
    ],
)
def test_a_refusal_has_a_state_and_a_way_out(text: str, row: Row, state: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        value(text, **row)
    assert refused.value.sqlstate == state
    assert refused.value.code == "model_invalid" and refused.value.why and refused.value.fix


def test_a_divisor_of_zero_gives_null() -> None:
    assert [value(text, n=0, q=Decimal("0.0"), f=0.0) for text in ("1 / n", "1.5 / q", "n % n", "2 / f")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    "text", ["c = 'x'", "p = 'x'", "r + 1", "e < e", "greatest(e, e) is null", "e between e and e"]
)
def test_what_only_the_database_compares_is_refused(text: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        compile_python(parse(text), Rows())
    assert refused.value.code == "not_supported"
    assert refused.value.fix


@pytest.mark.parametrize("text", ["n + s", "n = 'abc'", "not n", "case when n then 1 end"])
def test_types_that_do_not_fit_are_refused_as_for_sql(text: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        compile_python(parse(text), Rows())
    assert refused.value.code == "model_invalid"


def test_a_pattern_takes_no_longer_than_the_text() -> None:
    assert value("s like '" + "%a" * 40 + "%b'", s="a" * 5_000) is False
