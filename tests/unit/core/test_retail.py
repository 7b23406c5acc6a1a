"""The retail calendar against the published bounds of its years."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.calendar import RetailPattern
from leadline.core.retail import UNITS, RetailMove, ahead, all_starts, floor, year_start
from tests.support.shared import shared_folder

NRF: RetailPattern = "4-5-4"


def test_the_years_are_those_that_the_federation_publishes() -> None:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the shared data set calendars is not here")
    facts = json.loads((shared / "data" / "calendars" / "nrf_454.json").read_text())
    for year, bounds in facts["year_bounds"].items():
        first, after = year_start(int(year)), year_start(int(year) + 1)
        assert first.date().isoformat() == bounds["first_day"]
        assert (after - timedelta(days=1)).date().isoformat() == bounds["last_day"]
        assert (after - first).days == bounds["weeks"] * 7
    long = [year for year in range(2000, 2029) if (year_start(year + 1) - year_start(year)).days == 371]
    assert long == facts["years_with_53_weeks"]


def test_the_53rd_week_belongs_to_the_last_month() -> None:
    starts = [datetime(2017, 1, 29)]
    for _ in range(12):
        starts.append(ahead(starts[-1], "retail_month", 1, NRF))
    weeks = [(b - a).days // 7 for a, b in pairwise(starts)]
    assert weeks == [4, 5, 4] * 3 + [4, 5, 5]


@pytest.mark.parametrize(
    ("unit", "local", "start"),
    [
        ("retail_week", "2018-02-03T23:59", "2018-01-28"),
        ("retail_month", "2018-02-03T23:59", "2017-12-31"),
        ("retail_quarter", "2018-02-03T23:59", "2017-10-29"),
        ("retail_year", "2018-02-03T23:59", "2017-01-29"),
        ("retail_year", "2018-02-04T00:00", "2018-02-04"),
    ],
)
def test_floor(unit: str, local: str, start: str) -> None:
    assert floor(datetime.fromisoformat(local), unit, NRF) == datetime.fromisoformat(start)


def test_a_move_keeps_the_place_in_the_unit_and_is_clamped_to_its_last_day() -> None:
    year = RetailMove("retail_year", 1, NRF)
    assert year.back(datetime(2018, 3, 6, 9)) == datetime(2017, 2, 28, 9)
    assert year.forward(datetime(2018, 2, 1, 9)) == datetime(2019, 2, 2, 9)  # day 369 of 364


@pytest.mark.parametrize(
    ("pattern", "weeks"), [("4-5-4", [4, 5, 4]), ("4-4-5", [4, 4, 5]), ("5-4-4", [5, 4, 4])]
)
def test_each_quarter_of_a_pattern_has_its_months(pattern: RetailPattern, weeks: list[int]) -> None:
    starts = [ahead(year_start(2022), "retail_month", n, pattern) for n in range(13)]
    assert [(b - a).days // 7 for a, b in pairwise(starts)] == weeks * 4
    quarters = [ahead(year_start(2022), "retail_quarter", n, pattern) for n in range(5)]
    assert quarters == starts[::3]
    assert quarters[-1] == year_start(2023)


def test_units_may_be_counted_back_over_the_turn_of_a_year() -> None:
    """The year before that of 2018 had 53 weeks, the last of them in its last month."""
    assert ahead(year_start(2018), "retail_month", -1, NRF) == datetime(2017, 12, 31)
    assert ahead(year_start(2018), "retail_quarter", -4, NRF) == year_start(2017)
    assert ahead(year_start(2018), "retail_week", -53, NRF) == year_start(2017)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(UNITS),
    st.sampled_from(["4-5-4", "4-4-5", "5-4-4"]),
)
def test_every_moment_is_in_one_unit_that_begins_on_a_sunday(
    local: datetime, unit: str, pattern: RetailPattern
) -> None:
    start = floor(local, unit, pattern)
    assert start <= local < ahead(start, unit, 1, pattern)
    assert start.isoweekday() == 7 and start.time() == datetime.min.time()
    assert ahead(ahead(start, unit, 5, pattern), unit, -5, pattern) == start
    assert start in all_starts(unit, pattern)
