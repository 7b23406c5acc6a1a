"""Units of the calendar on wall clocks (naive datetimes): their starts, and steps of them."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.core import retail
from leadline.core.calendar import Calendar, RetailPattern
from leadline.core.retail import RetailMove

GRAINS = (
    "minute", "quarter_hour", "hour", "day", "week", "month", "quarter", "year",
    "fiscal_quarter", "fiscal_year", "retail_week", "retail_month", "retail_quarter", "retail_year",
)  # fmt: skip
CLOCK_GRAINS = ("minute", "quarter_hour", "hour")
"""Units of the clock: lengths of time, whose starts the wall clock shows."""
RANGE_UNITS = GRAINS[GRAINS.index("day") :]


@dataclass(frozen=True, slots=True)
class Step:
    """A move on the wall clock: months (the day clamped to the month's end), then days, then seconds."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def times(self, n: int) -> Step:
        """`n` such steps as one."""
        return Step(self.months * n, self.days * n, self.seconds * n)

    def forward(self, local: datetime) -> datetime:
        """`local` moved on. Raises OverflowError or ValueError beyond the years 1 to 9999."""
        moved = _add_months(local, self.months) if self.months else local
        return moved + timedelta(days=self.days, seconds=self.seconds)

    def back(self, local: datetime) -> datetime:
        """`local` moved back."""
        return self.times(-1).forward(local)


def _add_months(local: datetime, count: int) -> datetime:
    year, month = divmod(local.year * 12 + local.month - 1 + count, 12)
    last = months.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


_STEPS = {
    "minute": Step(seconds=60),
    "quarter_hour": Step(seconds=900),
    "hour": Step(seconds=3600),
    "day": Step(days=1),
    "week": Step(days=7),
    "month": Step(months=1),
    "quarter": Step(months=3),
    "year": Step(months=12),
    "fiscal_quarter": Step(months=3),
    "fiscal_year": Step(months=12),
}
Move = Step | RetailMove
"""How far a period lies from another."""


def step(unit: str) -> Step:
    """One unit as a step. Units of the retail calendar have no fixed step (KeyError)."""
    return _STEPS[unit]


def move(unit: str, calendar: Calendar) -> Move:
    """One unit of a calendar as a move."""
    if unit in retail.UNITS:
        return RetailMove(unit, 1, retail_pattern(calendar))
    return _STEPS[unit]


def retail_pattern(calendar: Calendar) -> RetailPattern:
    """The pattern of a calendar's retail months; where the model states none, the usual one."""
    return calendar.retail or "4-5-4"


def _day(local: datetime, calendar: Calendar) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(local: datetime, calendar: Calendar) -> datetime:
    behind = (local.isoweekday() - calendar.week_start) % 7
    return _day(local, calendar) - timedelta(days=behind)


def _month(local: datetime, calendar: Calendar) -> datetime:
    return _day(local, calendar).replace(day=1)


def _months_from(size: int, local: datetime, first: int) -> datetime:
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _add_months(start, -((start.month - first) % size))


_FLOORS: dict[str, Callable[[datetime, Calendar], datetime]] = {
    "minute": lambda local, calendar: local.replace(second=0, microsecond=0),
    "quarter_hour": lambda local, calendar: local.replace(
        minute=local.minute // 15 * 15, second=0, microsecond=0
    ),
    "hour": lambda local, calendar: local.replace(minute=0, second=0, microsecond=0),
    "day": _day,
    "week": _week,
    "month": _month,
    "quarter": lambda local, calendar: _months_from(3, local, 1),
    "year": lambda local, calendar: _months_from(12, local, 1),
    "fiscal_quarter": lambda local, calendar: _months_from(3, local, calendar.fiscal_year_start),
    "fiscal_year": lambda local, calendar: _months_from(12, local, calendar.fiscal_year_start),
}


def floor(local: datetime, unit: str, calendar: Calendar) -> datetime:
    """The start of the unit that holds the wall clock `local`."""
    if unit in retail.UNITS:
        return retail.floor(local, unit, retail_pattern(calendar))
    return _FLOORS[unit](local, calendar)


def ahead(start: datetime, unit: str, count: int, calendar: Calendar) -> datetime:
    """The start of the unit `count` units after the one that begins at `start` (before, where negative)."""
    if unit in retail.UNITS:
        return retail.ahead(start, unit, count, retail_pattern(calendar))
    return _STEPS[unit].times(count).forward(start)
