"""Units of the calendar: where they begin, and steps of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.calendar import Calendar
from leadline.core.grain import RANGE_UNITS, Step, ahead, floor, step

ISO = Calendar()
LOCALS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))


@pytest.mark.parametrize(
    ("unit", "local", "expected"),
    [
        ("minute", "2026-11-17T09:15:59.5", "2026-11-17T09:15"),
        ("quarter_hour", "2026-11-17T09:44:59", "2026-11-17T09:30"),
        ("hour", "2026-11-17T09:59:59", "2026-11-17T09:00"),
        ("day", "2026-11-17T23:59:59.999999", "2026-11-17"),
        ("week", "2026-11-17T09:15", "2026-11-16"),
        ("week", "2026-11-16T00:00", "2026-11-16"),
        ("week", "2026-11-15T23:59", "2026-11-09"),
        ("week", "2021-01-03T00:00", "2020-12-28"),  # in the 53rd week of 2020
        ("month", "2024-02-29T12:00", "2024-02-01"),
        ("quarter", "2026-03-31T12:00", "2026-01-01"),
        ("quarter", "2026-12-31T12:00", "2026-10-01"),
        ("year", "2026-12-31T12:00", "2026-01-01"),
    ],
)
def test_floor(unit: str, local: str, expected: str) -> None:
    assert floor(datetime.fromisoformat(local), unit, ISO) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "local", "expected"),
    [(7, "2026-11-17", "2026-11-15"), (7, "2026-11-15", "2026-11-15"), (6, "2026-11-17", "2026-11-14")],
)
def test_weeks_begin_on_the_calendars_day(start: int, local: str, expected: str) -> None:
    found = floor(datetime.fromisoformat(local), "week", Calendar(week_start=start))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("unit", "first", "local", "expected"),
    [
        ("fiscal_year", 2, "2026-01-31", "2025-02-01"),
        ("fiscal_year", 2, "2026-02-01", "2026-02-01"),
        ("fiscal_quarter", 2, "2026-01-31", "2025-11-01"),
        ("fiscal_quarter", 2, "2026-04-30", "2026-02-01"),
        ("fiscal_quarter", 12, "2026-01-31", "2025-12-01"),
    ],
)
def test_fiscal_units(unit: str, first: int, local: str, expected: str) -> None:
    found = floor(datetime.fromisoformat(local), unit, Calendar(fiscal_year_start=first))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("by", "local", "forward", "back"),
    [
        (Step(months=1), "2026-01-31", "2026-02-28", "2025-12-31"),
        (Step(months=1), "2026-03-31", "2026-04-30", "2026-02-28"),
        (Step(months=12), "2024-02-29", "2025-02-28", "2023-02-28"),
        (Step(months=3), "2026-11-30", "2027-02-28", "2026-08-30"),
        (Step(days=364), "2026-01-05", "2027-01-04", "2025-01-06"),
        (Step(days=1, seconds=3600), "2026-01-01", "2026-01-02T01:00", "2025-12-30T23:00"),
    ],
)
def test_steps_clamp_to_the_end_of_the_month(by: Step, local: str, forward: str, back: str) -> None:
    start = datetime.fromisoformat(local)
    assert by.forward(start) == datetime.fromisoformat(forward)
    assert by.back(start) == datetime.fromisoformat(back)


def test_steps_beyond_the_calendar_fail_plainly() -> None:
    for bad in (Step(months=12), Step(days=366)):
        with pytest.raises((OverflowError, ValueError)):
            bad.forward(datetime(9999, 6, 1))
        with pytest.raises((OverflowError, ValueError)):
            bad.back(datetime(1, 6, 1))


@given(LOCALS, st.sampled_from(["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]))
def test_a_unit_holds_what_is_floored_to_it(local: datetime, unit: str) -> None:
    calendar = Calendar(week_start=7, fiscal_year_start=2)
    start = floor(local, unit, calendar)
    assert start <= local < step(unit).forward(start)
    assert floor(start, unit, calendar) == start


@given(LOCALS)
def test_iso_weeks_are_those_of_the_calendar(local: datetime) -> None:
    start = floor(local, "week", ISO)
    assert start.date() == date.fromisocalendar(*local.isocalendar()[:2], 1)
    assert local - start < timedelta(days=7)


@given(LOCALS, st.sampled_from(RANGE_UNITS), st.integers(-40, 40))
def test_units_ahead_lie_back_again(local: datetime, unit: str, count: int) -> None:
    start = floor(local, unit, ISO)
    there = ahead(start, unit, count, ISO)
    assert floor(there, unit, ISO) == there
    assert ahead(there, unit, -count, ISO) == start
