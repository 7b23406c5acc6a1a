"""Rows of a database as values of a Result: digits, signs, offsets, partial buckets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import Answer, bind, read_answer
from tests.integration.planner.spec import Conversion, Measure, Metric, Spec
from tests.integration.planner.world import loaded, schema
from tests.integration.planner.world_base import BASE
from tests.unit.planner.planning import plan

Row = tuple[Any, ...]
USUAL = (False, 0)
"""Behind the columns of a row: it is not the group of others, and no value had no rate."""


def answer(query: dict[str, Any], *rows: Row, totals: Row | None = None) -> Answer:
    sums = (*totals, *USUAL) if totals is not None else None
    return read_answer(plan(query), [(*row, *USUAL) for row in rows], sums)


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


def test_a_row_names_its_bucket_by_its_place() -> None:
    days = {"grain": "day", "range": {"preset": "last_3_days"}}
    found = answer({"time": days}, (3, Decimal(1)), (1, Decimal(0)))
    assert found.data[0] == ("2026-03-30T00:00:00-05:00", "2026-03-28T00:00:00-05:00")


def test_partial_rows_are_buckets_that_run_or_that_the_range_cuts() -> None:
    def partial(time: dict[str, Any], *places: int, as_of: str | None = None) -> tuple[int, ...]:
        query = {"time": {"zone": "America/Chicago", **time}}
        rows = [(place, Decimal(1)) for place in places]
        return answer({**query, "as_of": as_of} if as_of else query, *rows).partial_rows

    year = {"grain": "month", "range": {"preset": "this_year"}}
    assert partial(year, 1, 2, 3) == (2,)
    assert partial(year, 3, 1) == (0,)
    assert partial(year, 1, 2, 3, as_of="2026-03-31") == ()
    weeks = {"grain": "week", "range": {"from": "2026-01-01", "to": "2026-01-20"}}
    assert partial(weeks, 1, 2, 3, 4) == (0, 3)


def test_the_last_year_of_the_calendar_has_no_next() -> None:
    asked = {"from": "9990-01-01", "to": "9999-12-31"}
    query = {"time": {"grain": "year", "range": asked, "zone": "UTC"}}
    found = answer(query, (10, Decimal(0)))
    assert found.data[0] == ("9999-01-01T00:00:00+00:00",)
    assert found.partial_rows == (0,)


def test_rows_of_other_members_are_named() -> None:
    query = {"dimensions": ["rep.region"], "top": {"n": 1, "other": True}}
    rows = [("East", Decimal(2), False, 0), ("(other)", Decimal(1), True, 0)]
    assert read_answer(plan(query), rows).other_rows == (1,)


def test_cohorts_that_may_still_convert_are_named() -> None:
    """Within 30 days: those of February are over (30 days from 1 March), those of March are not."""
    converted = Metric("converted", Conversion("leads.created", "deals.won_count", "lead", "30 days"))
    won = replace(BASE.measure("deals.won_count")[1], time="closed_at")
    created = replace(BASE.measure("leads.created")[1], time="created_at")
    bound = bind(loaded(_with(converted, deals=won, leads=created)), schema())
    year: dict[str, Any] = {"metrics": ["converted"], "time": {"range": {"preset": "this_year"}}}
    assert read_answer(plan(year, bound), [(Decimal(0), *USUAL)]).immature_rows == (0,)
    rows = [(place, Decimal(0), *USUAL) for place in (4, 3, 2, 1)]
    months = {**year, "time": {**year["time"], "grain": "month"}}
    assert read_answer(plan(months, bound), rows).immature_rows == (0, 1)


def _with(metric: Metric, **measures: Measure) -> Spec:
    """The small world with another metric, and measures put in."""
    datasets = {**BASE.datasets}
    for name, one in measures.items():
        datasets[name] = replace(datasets[name], measures={**datasets[name].measures, one.name: one})
    return replace(BASE, datasets=datasets, metrics={**BASE.metrics, metric.name: metric})


@pytest.mark.parametrize("where", ["rows", "totals", "subtotals"])
def test_money_without_a_rate_is_no_answer(where: str) -> None:
    """The source counts such rows over all that it reads, so every row tells of them."""
    asked = plan({"dimensions": ["rep.region"], "totals": True if where == "totals" else [["rep.region"]]})
    counts = {name: 3 if name == where else 0 for name in ("rows", "totals", "subtotals")}
    rows = [("East", Decimal(2), False, counts["rows"])]
    totals = (Decimal(2), False, counts["totals"]) if where == "totals" else None
    subtotals = [[("East", Decimal(2), False, counts["subtotals"])]] if asked.subtotals else []
    with pytest.raises(LeadlineError) as error:
        read_answer(asked, rows, totals, subtotals)
    assert error.value.code == "no_rate"


def test_subtotals_are_typed_like_rows_with_the_digits_of_their_own_values() -> None:
    query = {
        "metrics": ["heft"],
        "dimensions": ["rep.region", "rep.hired"],
        "totals": [["rep.hired"], []],
    }
    days = [(date(2020, 2, 29), Decimal("1.5"), *USUAL), (None, None, *USUAL)]
    every = [(Decimal("1.25"), *USUAL)]
    by_day, all_rows = read_answer(plan(query), [], None, [days, every]).subtotals
    assert (by_day.by, by_day.data) == (("rep.hired",), (("2020-02-29", None), ("1.5", None)))
    assert (all_rows.by, all_rows.data, all_rows.columns[0].scale) == ((), (("1.25",),), 2)
