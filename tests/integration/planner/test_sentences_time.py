"""Sentences of the query reference about time, worked out by hand: the oracle reads them so."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from tests.integration.planner.oracle_calendar import Calendar, retail_start
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.tiny import ask, cells, deals, row, spec_with
from tests.support.shared import NO_SHARED_DATA, shared_folder


def sales(time: dict[str, Any], *days: str, **more: Any) -> list[list[Any]]:
    return cells(ask({"metrics": ["sales"], "time": time, **more}, deals=deals(*days)))


def test_an_hour_that_exists_twice_is_two_buckets() -> None:
    time = {"grain": "hour", "range": {"from": "2025-11-02T00:00", "to": "2025-11-02T03:00"}}
    found = sales(time, "2025-11-02T00:59", "2025-11-02T01:30", as_of="2026-01-01")
    assert found == [
        ["2025-11-02T00:00:00-05:00", 1],
        ["2025-11-02T01:00:00-05:00", 1],
        ["2025-11-02T01:00:00-06:00", 0],
        ["2025-11-02T02:00:00-06:00", 0],
    ]


def test_a_day_in_spring_has_23_hours() -> None:
    found = sales({"grain": "hour", "range": {"from": "2026-03-08", "to": "2026-03-09"}}, as_of="2026-04-01")
    assert len(found) == 23
    assert [line[0][11:13] for line in found[:4]] == ["00", "01", "03", "04"]


def test_quarter_hours_begin_on_the_wall_of_a_zone_45_minutes_off() -> None:
    time = {"grain": "quarter_hour", "zone": "Asia/Kathmandu", "range": {"preset": "last_1_hours"}}
    found = ask({"metrics": ["sales"], "time": time, "as_of": "2026-03-31T12:10:00+05:45"})
    assert [line[0].astimezone(UTC).isoformat()[11:16] for line in found.rows] == [
        "05:15",
        "05:30",
        "05:45",
        "06:00",
    ]


def test_a_time_that_exists_twice_is_the_second_one() -> None:
    time = {"range": {"from": "2025-11-02T01:30", "to": "2025-11-03"}}
    assert sales(time, "2025-11-02T01:45", "2025-11-02T02:10", as_of="2026-01-01") == [[1]]


def test_a_missing_time_moves_forward_by_the_gap() -> None:
    time = {"range": {"from": "2026-03-08T02:30", "to": "2026-03-09"}}
    assert sales(time, "2026-03-08T03:29", "2026-03-08T03:30", as_of="2026-04-01") == [[1]]


def test_the_first_of_two_midnights_belongs_to_the_day_before() -> None:
    time = {"grain": "day", "zone": "America/Havana", "range": {"from": "2025-11-01", "to": "2025-11-03"}}
    lines = [
        row("deals", 1, status="won", closed_at="2025-11-01T23:30")
    ]  # 00:30 in Havana, before 01:00 -> 00:00
    found = ask({"metrics": ["sales"], "time": time, "as_of": "2026-01-01"}, deals=lines)
    assert [line[1] for line in found.rows] == [1, 0]


@pytest.mark.parametrize(
    ("preset", "first", "after"),
    [
        ("last_week", "2026-03-23", "2026-03-30"),
        ("last_2_months", "2026-01-01", "2026-03-01"),
        ("next_quarter", "2026-04-01", "2026-07-01"),
        ("yesterday", "2026-03-30", "2026-03-31"),
        ("tomorrow", "2026-04-01", "2026-04-02"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("this_fiscal_year", "2026-02-01", "2027-02-01"),
        ("last_fiscal_quarter", "2025-11-01", "2026-02-01"),
        ("this_retail_month", "2026-03-01", "2026-04-05"),
        ("last_retail_year", "2025-02-02", "2026-02-01"),
    ],
)
def test_ranges_are_whole_units(preset: str, first: str, after: str) -> None:
    spec = spec_with(fiscal=2)
    days = [date.fromisoformat(text) - timedelta(days=back) for text in (first, after) for back in (1, 0)]
    found = ask(
        {"metrics": ["sales"], "time": {"range": {"preset": preset}}, "as_of": "2026-03-31"},
        spec,
        deals=deals(*map(str, days)),
    )
    assert found.rows == [[2]]


def test_to_date_includes_the_last_microsecond_of_a_date_and_whole_days() -> None:
    lines = [row("deals", 1, status="won", closed_at="2026-03-10T23:59:59.999999", closed_on="2026-03-10")]
    ranged = {"range": {"preset": "month_to_date"}}
    whole = {"metrics": ["sales"], "time": {**ranged, "by": "deals.closed_on"}}
    assert ask({"metrics": ["sales"], "time": ranged, "as_of": "2026-03-10"}, deals=lines).rows == [[1]]
    for as_of in ("2026-03-10", "2026-03-10T08:00:00-05:00"):
        assert ask({**whole, "as_of": as_of}, deals=lines).rows == [[1]]


def test_the_retail_year_ends_on_the_saturday_nearest_31_january() -> None:
    long = [year for year in range(2000, 2029) if (retail_start(year + 1) - retail_start(year)).days == 371]
    assert long == [2000, 2006, 2012, 2017, 2023, 2028]
    assert all(retail_start(year).isoweekday() == 7 for year in range(2000, 2029))


def test_the_retail_calendar_is_that_of_the_federation() -> None:
    folder = shared_folder()
    if folder is None:
        pytest.skip(NO_SHARED_DATA)
    facts = json.loads((folder / "data" / "calendars" / "nrf_454.json").read_text(encoding="utf-8"))
    for year, bounds in facts["year_bounds"].items():
        assert retail_start(int(year)) == date.fromisoformat(bounds["first_day"])
        assert retail_start(int(year) + 1) - timedelta(days=1) == date.fromisoformat(bounds["last_day"])


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        ("4-5-4", ["2023-01-29", "2023-02-26", "2023-04-02", "2023-04-30"]),
        ("4-4-5", ["2023-01-29", "2023-02-26", "2023-03-26", "2023-04-30"]),
        ("5-4-4", ["2023-01-29", "2023-03-05", "2023-04-02", "2023-04-30"]),
    ],
)
def test_retail_months_follow_the_pattern_and_the_last_takes_week_53(pattern: str, starts: list[str]) -> None:
    calendar = Calendar(retail=pattern)
    first = date(2023, 1, 29)
    assert [str(calendar.later("retail_month", first, n)) for n in range(4)] == starts
    last = calendar.later("retail_month", first, 11)
    assert calendar.later("retail_year", first, 1) == date(2024, 2, 4)
    assert (date(2024, 2, 4) - last).days == 7 * (int(pattern[-1]) + 1)
    assert calendar.floor("retail_week", date(2024, 2, 3)) == date(2024, 1, 28)


def test_week_53_has_no_partner_a_year_earlier() -> None:
    time = {"grain": "retail_week", "range": {"from": "2024-01-21", "to": "2024-02-11"}}
    days = ["2023-01-24", "2024-01-24", "2024-01-31", "2024-02-05", "2023-01-30"]
    compare = [{"to": "previous_retail_year"}]
    found = sales(time, *days, compare=compare, as_of="2024-06-01")
    assert [line[1:] for line in found] == [[1, 1], [1, None], [1, 1]]


# -- comparisons ----------------------------------------------------------------------------------------


def test_march_31_is_compared_with_february_28() -> None:
    time = {"range": {"preset": "month_to_date"}}
    days = ["2026-03-31T11:00", "2026-02-28T11:00", "2026-02-28T13:00", "2026-03-01T01:00"]
    compare = [{"to": "previous_month"}, {"to": "previous_month", "cut": False}]
    found = sales(time, *days, compare=compare, as_of="2026-03-31T12:00:00-05:00")
    assert found == [[2, 1, 2]]


def test_only_the_bucket_that_holds_now_is_cut_and_its_own_column_stays_whole() -> None:
    time = {"grain": "month", "range": {"from": "2026-02-01", "to": "2026-04-01"}}
    days = ["2026-01-31", "2026-02-20", "2026-03-10", "2026-03-25"]
    compare = [{"to": "previous_month"}, {"to": "previous_month", "as": "change"}]
    found = sales(time, *days, compare=compare, as_of="2026-03-15")
    assert [line[1:] for line in found] == [[1, 1, 0], [2, 0, 1]]


def test_a_leap_day_has_no_partner() -> None:
    time = {"grain": "day", "range": {"from": "2024-02-28", "to": "2024-03-02"}}
    found = sales(time, "2023-02-28", "2023-03-01", compare=[{"to": "previous_year"}], as_of="2025-01-01")
    assert [line[2] for line in found] == [1, None, 1]


def test_with_grain_week_a_year_is_52_weeks_for_buckets_only() -> None:
    time = {"grain": "week", "range": {"from": "2026-03-02", "to": "2026-03-09"}}
    days = ["2025-03-02", "2025-03-03", "2025-03-09"]  # a Sunday, the Monday after, the Sunday after
    asked = {"metrics": ["sales"], "time": time, "compare": [{"to": "previous_year"}], "totals": True}
    found = ask({**asked, "as_of": "2026-06-01"}, deals=deals(*days))
    assert [line[2] for line in found.rows] == [2]
    assert found.totals == {"sales": 0, "sales:previous_year": 2}


@pytest.mark.parametrize(
    ("unit", "day"), [("year", "2025-03-11"), ("quarter", "2025-12-09"), ("month", "2026-02-10")]
)
def test_aligned_by_weekday_the_move_is_whole_weeks(unit: str, day: str) -> None:
    time = {"grain": "day", "range": {"from": "2026-03-10", "to": "2026-03-11"}}  # a Tuesday
    found = sales(time, day, compare=[{"to": f"previous_{unit}", "align": "weekday"}], as_of="2026-06-01")
    assert [line[2] for line in found] == [1]


def test_a_shift_moves_by_its_length() -> None:
    time = {"range": {"from": "2026-03-10", "to": "2026-03-11"}}
    compare = [{"to": {"shift": "28 days"}, "as": "percent"}]
    days = ["2026-02-10", "2026-03-10", "2026-03-10T05:00", "2026-03-10T06:00"]
    found = ask(
        {"metrics": ["sales"], "time": time, "compare": compare, "as_of": "2026-06-01"}, deals=deals(*days)
    )
    assert found.names == ["sales", "sales:shift:28_days:percent"]
    assert found.rows == [[3, 2]]


def test_another_range_is_compared_bucket_by_bucket() -> None:
    time = {"grain": "day", "range": {"from": "2026-03-10", "to": "2026-03-13"}}
    compare = [{"to": {"from": "2025-12-24", "to": "2025-12-26"}}]
    found = sales(time, "2025-12-24", "2025-12-25", "2025-12-25T02:00", compare=compare, as_of="2026-06-01")
    assert [line[2] for line in found] == [1, 2, None]


def test_a_moved_bucket_that_is_none_is_refused() -> None:
    time = {"grain": "month", "range": {"from": "2026-01-01", "to": "2026-03-01"}}
    for to in ("previous_week", {"shift": "28 days"}, "previous_retail_month"):
        with pytest.raises(RefusedError, match="not_comparable"):
            sales(time, compare=[{"to": to}])


def test_growth_compound_and_rolling() -> None:
    time = {"grain": "month", "range": {"from": "2026-03-01", "to": "2026-04-01"}}
    days = ["2026-01-05"] * 100 + ["2026-02-05"] * 20 + ["2026-03-05"] * 144
    compare = [{"growth": "compound", "periods": 2}, {"growth": "rolling", "periods": 1}]
    found = sales(time, *days, compare=compare, as_of="2026-06-01")
    assert [line[1:] for line in found] == [[144, 0.2, 6.2]]


def test_previous_period_of_a_preset_is_as_many_units() -> None:
    asked = {"compare": [{"to": "previous_period"}], "as_of": "2026-03-31"}
    for preset, day in (
        ("last_13_weeks", "2025-09-29"),
        ("last_2_months", "2025-11-01"),
        ("yesterday", "2026-03-29"),
    ):
        assert sales({"range": {"preset": preset}}, day, **asked) == [[0, 1]]
    bounds = {"from": "2026-03-05", "to": "2026-03-08"}
    assert sales({"range": bounds}, "2026-03-02", "2026-03-01T23:59", **asked) == [[0, 1]]
