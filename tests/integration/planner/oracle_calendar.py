"""Units of days and more: where they begin, and the one that comes some later."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.integration.planner.oracle_clock import DAY, add_months, midnight

MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
FISCAL = ("fiscal_quarter", "fiscal_year")
DAYS = {"day": 1, "week": 7, "retail_week": 7}
RETAIL = {"retail_month": 1, "retail_quarter": 3, "retail_year": 12}
"""Months of the retail calendar in a unit."""
UNITS = (*DAYS, *MONTHS, *RETAIL)
SECONDS = {"minute": 60, "quarter_hour": 900, "hour": 3600}
_SATURDAY = 5


def retail_start(year: int) -> date:
    """The first day of a retail year: the one before it ends on the Saturday nearest 31 January."""
    last = date(year, 1, 31)
    late = (_SATURDAY - last.weekday()) % 7
    return last + timedelta(days=(late if late <= 3 else late - 7) + 1)


@dataclass(frozen=True)
class Calendar:
    """`week_start` and `fiscal` (a month) count from 1; `retail`: weeks of the months of a quarter."""

    week_start: int = 1
    fiscal: int = 1
    retail: str = "4-5-4"

    def floor(self, unit: str, day: date) -> date:
        """The first day of the unit that holds a day."""
        if unit in DAYS:
            first = {"week": self.week_start, "retail_week": 7}.get(unit, day.isoweekday())
            return day - timedelta(days=(day.isoweekday() - first) % 7)
        if unit in RETAIL:
            _, starts = self._retail_of(day)
            month = bisect_right(starts, day) - 1
            return starts[month // RETAIL[unit] * RETAIL[unit]]
        size, late = MONTHS[unit], self.fiscal - 1 if unit in FISCAL else 0
        count = (day.year * 12 + day.month - 1 - late) // size * size + late
        return date(count // 12, count % 12 + 1, 1)

    def later(self, unit: str, start: date, count: int) -> date:
        """The first day of the unit that comes `count` units after the one beginning at `start`."""
        if unit in DAYS:
            return start + timedelta(days=DAYS[unit] * count)
        if unit in MONTHS:
            return add_months(midnight(start), MONTHS[unit] * count).date()
        year, starts = self._retail_of(start)
        number = year * 12 + starts.index(start) + RETAIL[unit] * count
        return self._months(number // 12)[number % 12]

    def moved(self, unit: str, at: datetime, count: int) -> datetime:
        """The same place in the retail unit `count` units later, clamped to its last day."""
        start = self.floor(unit, at.date())
        there = self.later(unit, start, count)
        last = self.later(unit, there, 1) - DAY
        day = min(there + (at.date() - start), last)
        return datetime.combine(day, at.time())

    def _retail_of(self, day: date) -> tuple[int, list[date]]:
        year = max(one for one in range(day.year - 1, day.year + 2) if retail_start(one) <= day)
        return year, self._months(year)

    def _months(self, year: int) -> list[date]:
        """The first days of a retail year's months; the last month takes the 53rd week."""
        starts = [retail_start(year)]
        for number in range(11):
            weeks = int(self.retail.split("-")[number % 3])
            starts.append(starts[-1] + timedelta(weeks=weeks))
        return starts
