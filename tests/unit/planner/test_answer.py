"""Rows of a database as values of a Result: digits, signs, offsets, partial buckets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from leadline.planner import Answer, bind, make_plan, parse_query, read_answer
from tests.integration.planner.world import VIEWER, model, schema

BOUND = bind(model(), schema())
NOW = datetime(2026, 3, 31, 17, 0, 7, tzinfo=UTC)


def answer(query: dict[str, Any], *rows: tuple[Any, ...], totals: tuple[Any, ...] | None = None) -> Answer:
    asked = parse_query({"metrics": ["revenue"], **query}, viewer=VIEWER, now=NOW, model=BOUND.model)
    return read_answer(make_plan(asked, BOUND, {}), rows, totals)


def value(metric: str, raw: Any) -> Any:
    return answer({"metrics": [metric]}, (raw,)).data[0][0]


@pytest.mark.parametrize(
    ("metric", "raw", "shown"),
    [
        ("sales", 2**53, 2**53),
        ("sales", 2**53 + 1, "9007199254740993"),
        ("sales", Decimal(-(2**53)) - 1, "-9007199254740993"),
        ("sales", Decimal("7"), 7),
        ("revenue", Decimal("0"), "0.00"),
        ("revenue", Decimal("-0.00"), "0.00"),
        ("revenue", Decimal("-0.01"), "-0.01"),
        ("revenue", Decimal("1E+3"), "1000.00"),
        (
            "revenue",
            Decimal("12345678901234567890123456789012345678.90"),
            "12345678901234567890123456789012345678.90",
        ),
        ("revenue", Decimal("NaN"), None),
        ("revenue", Decimal("-Infinity"), None),
        ("win_rate", Decimal("1E-10"), "0.0000000001"),
        ("win_rate", Decimal("0.5"), "0.5000000000"),
        ("mean_amount", None, None),
        ("first_day", date(2017, 12, 31), "2017-12-31"),
        ("last_close", datetime(2026, 3, 8, 8, 0, tzinfo=UTC), "2026-03-08T03:00:00-05:00"),
        ("last_close", datetime(2026, 3, 8, 7, 59, 59, 120_000, tzinfo=UTC), "2026-03-08T01:59:59.120-06:00"),
        ("last_stage", "", ""),
    ],
)
def test_values(metric: str, raw: Any, shown: Any) -> None:
    assert value(metric, raw) == shown
    assert type(value(metric, raw)) is type(shown)


def test_a_decimal_without_stated_digits_has_those_of_its_values_totals_included() -> None:
    found = answer(
        {"metrics": ["heft"], "dimensions": ["rep.region"], "totals": True},
        ("East", Decimal("3")),
        ("West", Decimal("0.25")),
        ("(none)", None),
        totals=(Decimal("3.125"),),
    )
    assert found.data[1] == ("3.000", "0.250", None)
    assert found.totals == {"heft": "3.125"}
    assert found.columns[1].scale == 3


def test_dimensions_keep_their_types() -> None:
    fields = ["rep.active", "rep.grade", "rep.hired", "deals.share", "rep.name"]
    row = (True, Decimal("3"), date(2020, 2, 29), Decimal("0.1"), "(none)", Decimal("1.00"))
    found = answer({"dimensions": fields}, row, (None, None, None, None, "", Decimal("0")))
    assert [values[0] for values in found.data] == [True, 3, "2020-02-29", "0.1", "(none)", "1.00"]
    assert [values[1] for values in found.data] == [None, None, None, None, "", "0.00"]
    assert [one.type for one in found.columns] == ["boolean", "integer", "date", "decimal", "text", "decimal"]


def test_one_row_more_than_asked_tells_that_there_are_others() -> None:
    rows = [(name, Decimal("1.00")) for name in "abc"]
    cut = answer({"dimensions": ["rep.name"], "limit": 2}, *rows)
    assert (cut.rows, cut.truncated, cut.data[0]) == (2, True, ("a", "b"))
    assert not answer({"dimensions": ["rep.name"], "limit": 3}, *rows).truncated


def test_partial_rows_are_buckets_that_run_or_that_the_range_cuts() -> None:
    def partial(time: dict[str, Any], *days: str, as_of: str | None = None) -> tuple[int, ...]:
        rows = [(datetime.fromisoformat(f"{day}T06:00:00+00:00"), Decimal(1)) for day in days]
        query = {"time": {"zone": "America/Chicago", **time}}
        return answer({**query, "as_of": as_of} if as_of else query, *rows).partial_rows

    year = {"grain": "month", "range": {"preset": "this_year"}}
    assert partial(year, "2026-01-01", "2026-02-01", "2026-03-01") == (2,)
    assert partial(year, "2026-01-01", "2026-02-01", "2026-03-01", as_of="2026-03-31") == ()
    weeks = {"grain": "week", "range": {"from": "2026-01-01", "to": "2026-01-20"}}
    assert partial(weeks, "2025-12-29", "2026-01-05", "2026-01-12", "2026-01-19") == (0, 3)


def test_the_last_year_of_the_calendar_has_no_next() -> None:
    query = {"time": {"grain": "year", "range": {"to": "9999-12-31"}, "zone": "UTC"}}
    found = answer(query, (datetime(9999, 1, 1, tzinfo=UTC), Decimal(0)))
    assert found.partial_rows == (0,)
