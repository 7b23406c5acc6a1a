"""Local days as integers, over the changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.days import (
    DAY,
    HOUR,
    ZONE,
    business_time,
    day_of,
    instant,
    is_holiday,
    midnight,
    moment,
    part_gone,
    weekday,
)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_day_of_an_instant_is_the_local_one(month: int) -> None:
    start = datetime(2026, month, 1, tzinfo=UTC)
    for hours in range(0, 24 * 28, 5):
        at = start + timedelta(hours=hours)
        assert day_of(instant(at)) == at.astimezone(ZONE).date().toordinal()
        assert moment(instant(at)) == at


def test_midnights_of_a_short_and_a_long_day() -> None:
    spring, autumn = date(2026, 3, 8).toordinal(), date(2026, 11, 1).toordinal()
    assert midnight(spring + 1) - midnight(spring) == 23 * HOUR
    assert midnight(autumn + 1) - midnight(autumn) == 25 * HOUR


def test_weekdays_and_holidays() -> None:
    assert weekday(date(2026, 11, 16).toordinal()) == 0
    assert is_holiday(date(2026, 11, 26).toordinal())
    assert not is_holiday(date(2026, 11, 19).toordinal())


def test_nobody_signs_on_a_holiday_and_few_on_a_sunday() -> None:
    rng = chance(1)
    start = midnight(date(2026, 1, 1).toordinal())
    days = [day_of(business_time(rng, start + number * DAY // 4)) for number in range(4 * 365)]
    assert not any(is_holiday(day) for day in days)
    sundays = sum(weekday(day) == 6 for day in days)
    assert 0 < sundays < len(days) / 7 / 2


def test_a_day_passes_from_nothing_to_all() -> None:
    day = midnight(date(2026, 6, 17).toordinal())
    parts = [part_gone(day + hour * HOUR) for hour in range(24)]
    assert parts[0] == 0
    assert parts == sorted(parts)
    assert 0.4 < parts[13] < 0.6
    assert part_gone(day + DAY - 1) == pytest.approx(1, abs=1e-3)
