"""The retail calendar of the US National Retail Federation: weeks from Sunday, months of 4 and 5 of them.

A year ends on the Saturday nearest 31 January; where that makes 53 weeks, the last month has one more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from leadline.core.calendar import RetailPattern

UNITS = ("retail_week", "retail_month", "retail_quarter", "retail_year")
_PATTERNS: dict[RetailPattern, tuple[int, int, int]] = {
    "4-5-4": (4, 5, 4),
    "4-4-5": (4, 4, 5),
    "5-4-4": (5, 4, 4),
}
_PER_YEAR = {"retail_month": 12, "retail_quarter": 4, "retail_year": 1}


@lru_cache(maxsize=512)
def year_start(year: int) -> datetime:
    """The Sunday on which the retail year named `year` begins."""
    end = datetime(year, 1, 31)
    after = (5 - end.weekday()) % 7  # days to the next Saturday
    return end + timedelta(days=(after if after <= 3 else after - 7) + 1)


def year_of(local: datetime) -> int:
    """The retail year that holds a wall clock."""
    return local.year if local >= year_start(local.year) else local.year - 1


@lru_cache(maxsize=1024)
def _starts(year: int, unit: str, pattern: RetailPattern) -> tuple[datetime, ...]:
    """The starts of the units of a year."""
    months = (0, *accumulate(_PATTERNS[pattern] * 4))
    every = 12 // _PER_YEAR[unit]
    return tuple(year_start(year) + timedelta(weeks=months[i]) for i in range(0, 12, every))


def _place(local: datetime, unit: str, pattern: RetailPattern) -> tuple[int, int]:
    """The year, and which of its units holds the wall clock."""
    year = year_of(local)
    return year, sum(1 for start in _starts(year, unit, pattern) if start <= local) - 1


def floor(local: datetime, unit: str, pattern: RetailPattern) -> datetime:
    """The start of the retail unit that holds the wall clock `local`."""
    if unit == "retail_week":
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return day - timedelta(days=day.isoweekday() % 7)
    year, place = _place(local, unit, pattern)
    return _starts(year, unit, pattern)[place]


def ahead(start: datetime, unit: str, count: int, pattern: RetailPattern) -> datetime:
    """The start of the unit that lies `count` units after the one that begins at `start`."""
    if unit == "retail_week":
        return start + timedelta(weeks=count)
    year, place = _place(start, unit, pattern)
    years, place = divmod(place + count, _PER_YEAR[unit])
    return _starts(year + years, unit, pattern)[place]


def all_starts(unit: str, pattern: RetailPattern) -> tuple[datetime, ...]:
    """The starts of a unit from 1969 to 2100, for what is looked up by the source."""
    if unit == "retail_week":
        first = year_start(1969)
        return tuple(first + timedelta(weeks=i) for i in range((year_start(2101) - first).days // 7))
    return tuple(start for year in range(1969, 2101) for start in _starts(year, unit, pattern))


@dataclass(frozen=True, slots=True)
class RetailMove:
    """A move by `count` retail units that keeps the place in the unit, clamped to the unit's last day."""

    unit: str
    count: int
    pattern: RetailPattern

    def times(self, n: int) -> RetailMove:
        """`n` such moves as one."""
        return RetailMove(self.unit, self.count * n, self.pattern)

    def forward(self, local: datetime) -> datetime:
        """`local` moved on. Raises OverflowError or ValueError beyond the years 1 to 9999."""
        start = floor(local, self.unit, self.pattern)
        there = ahead(start, self.unit, self.count, self.pattern)
        last = ahead(there, self.unit, 1, self.pattern) - timedelta(days=1)
        moved = there + (local - start)
        clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        return min(moved, last + clock + timedelta(microseconds=local.microsecond))

    def back(self, local: datetime) -> datetime:
        """`local` moved back."""
        return self.times(-1).forward(local)
