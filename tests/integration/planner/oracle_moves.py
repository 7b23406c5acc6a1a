"""By how much an earlier period lies back, and which buckets can bear it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.integration.planner.oracle_calendar import DAYS, MONTHS, RETAIL, SECONDS, Calendar
from tests.integration.planner.oracle_clock import add_months


class RefusedError(Exception):
    """The oracle holds the question to be none; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Move:
    """A length: months, days and hours on the wall clock, or retail months; or elapsed (`on_instants`)."""

    months: int = 0
    delta: timedelta = timedelta()
    on_instants: bool = False
    retail: tuple[str, int] | None = None
    calendar: Calendar = field(default=Calendar(), compare=False)

    def on(self, at: datetime, sign: int = 1) -> datetime:
        """A wall clock that much later (or earlier)."""
        if self.retail:
            unit, count = self.retail
            return self.calendar.moved(unit, at, sign * count)
        return add_months(at, sign * self.months) + sign * self.delta

    def back(self, at: datetime) -> datetime:
        """A wall clock that much earlier."""
        return self.on(at, -1)

    @property
    def is_days(self) -> bool:
        """Whether it is a number of whole days and nothing else."""
        whole = self.delta == timedelta(days=self.delta.days)
        return whole and not (self.months or self.retail or self.on_instants)


def of_unit(unit: str, calendar: Calendar, count: int = 1) -> Move:
    """So many units."""
    if unit in SECONDS:
        return Move(delta=timedelta(seconds=SECONDS[unit] * count), on_instants=True)
    if unit in RETAIL:
        return Move(retail=(unit, count), calendar=calendar)
    return Move(MONTHS.get(unit, 0) * count, timedelta(days=DAYS.get(unit, 0) * count))


def of_text(text: str, calendar: Calendar) -> Move:
    """`28 days`, `1 month`."""
    found = re.fullmatch(r"(\d+) (\w+?)s?", text)
    assert found, text
    return of_unit(found[2], calendar, int(found[1]))


def by_weekday(move: Move) -> Move:
    """Rounded to whole weeks: a year has 364 days, a quarter 91, a month 28.

    Reading: months beyond whole years and quarters have 28 days each; days go to the nearest week, at
    least one.
    """
    if move.retail:
        return move
    years, rest = divmod(move.months, 12)
    days = 364 * years + 91 * (rest // 3) + 28 * (rest % 3)
    weeks = max(1, round(move.delta / timedelta(days=7))) if move.delta else 0
    return Move(delta=timedelta(days=days, weeks=weeks))


def for_buckets(move: Move, grain: str) -> Move:
    """The move of buckets of a grain; refused where a moved bucket is no bucket."""
    if grain == "week" and move.months and move == Move(move.months) and move.months % 12 == 0:
        return Move(delta=timedelta(days=364 * (move.months // 12)))
    if not _fits(move, grain):
        raise RefusedError("not_comparable")
    return move


def _fits(move: Move, grain: str) -> bool:
    if grain in SECONDS:
        return move.delta % timedelta(seconds=SECONDS[grain]) == timedelta()
    if grain == "day":
        return bool(move.is_days or (move.months and not move.delta) or move.retail)
    if grain in DAYS:
        whole = move.is_days and move.delta.days % 7 == 0
        return whole or bool(move.retail and grain == "retail_week")
    if grain in RETAIL:
        return bool(move.retail) and _months(move) % RETAIL[grain] == 0
    return not (move.delta or move.retail) and move.months % MONTHS[grain] == 0


def _months(move: Move) -> int:
    assert move.retail
    return RETAIL[move.retail[0]] * move.retail[1]
