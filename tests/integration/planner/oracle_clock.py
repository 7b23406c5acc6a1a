"""Wall clocks, instants, and the edges of ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A wall clock as an instant: twice is the second, missing moves forward by the gap."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return max(first, second)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall clock of an instant."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(day: date) -> datetime:
    """The first wall clock of a day."""
    return datetime(day.year, day.month, day.day)


def add_months(moment: datetime, count: int) -> datetime:
    """A wall clock some months later, clamped to the end of the month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    after = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (after - DAY).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@dataclass(frozen=True)
class Edge:
    """An end of a range. Instants lie before `instant` or not, dates before `day` or not.

    `local` is its wall clock in the asked zone.
    """

    instant: datetime
    day: date
    local: datetime

    def after(self, value: datetime | date) -> bool:
        """Whether a time lies before this edge. An aware instant, or a date."""
        return value < self.instant if isinstance(value, datetime) else value < self.day


def edge(at: datetime, zone: ZoneInfo) -> Edge:
    """The edge at a wall clock; a date stands for its midnight."""
    day = at.date() if at == midnight(at) else at.date() + DAY
    return Edge(instant(at, zone), day, at)


def edge_at(moment: datetime, zone: ZoneInfo) -> Edge:
    """The edge at an instant."""
    return Edge(moment, edge(wall(moment, zone), zone).day, wall(moment, zone))


def known(moment: datetime, zone: ZoneInfo) -> Edge:
    """The end of what is known at an instant: its last microsecond counts, dates count by whole days."""
    end = moment + TICK if moment.microsecond == 999_999 else moment
    return Edge(end, wall(moment, zone).date() + DAY, wall(end, zone))


def just_after(moment: datetime, zone: ZoneInfo) -> Edge:
    """The edge behind an instant: what has begun up to and at it, what has not ended at it."""
    return Edge(moment + TICK, wall(moment, zone).date() + DAY, wall(moment, zone))


def earlier(one: Edge | None, other: Edge | None) -> Edge | None:
    """The lower one; None has no end."""
    if one is None or other is None:
        return one or other
    return one if one.instant <= other.instant else other


def later(one: Edge | None, other: Edge | None) -> Edge | None:
    """The higher one; None has no begin."""
    if one is None or other is None:
        return one or other
    return one if one.instant >= other.instant else other
