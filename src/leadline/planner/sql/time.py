"""Times in SQL: wall clocks, buckets, parts, and the conditions of a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.core.zones import Bound, wall
from leadline.planner.sql.build import Params, text
from leadline.semantic.sql_tree import Sql, cast, paren


@dataclass(frozen=True, slots=True)
class TimeSql:
    """A time in SQL: the expression, its type, and the zone in which a wall clock of it stands."""

    sql: Sql
    kind: ColumnType
    home: str

    def instant(self) -> Sql:
        """The expression as an instant (dates have none; see `compare`)."""
        if self.kind.kind == "wall":
            return exp.AtTimeZone(this=paren(self.sql.copy()), zone=text(self.home))
        return self.sql.copy()

    def local(self, zone: ZoneInfo) -> Sql:
        """The wall clock in a zone; a date begins at midnight of any zone."""
        if self.kind.kind == "date":
            return cast(self.sql.copy(), "timestamp")
        if self.kind.kind == "wall" and self.home == zone.key:
            return self.sql.copy()
        return exp.AtTimeZone(this=paren(self.instant()), zone=text(zone.key))

    @property
    def is_date(self) -> bool:
        """Whether it has only a day, which begins at midnight of any zone."""
        return self.kind.kind == "date"

    def edge(self) -> Sql:
        """The expression as bounds are compared with it: an instant, or a date."""
        return self.sql.copy() if self.is_date else self.instant()

    def near(
        self, edge: date | datetime, side: type[exp.GTE | exp.LT], slack: timedelta, params: Params
    ) -> list[Sql]:
        """Of a wall clock: what holds of the bare column besides, so that an index on it is of use."""
        if self.kind.kind != "wall" or not isinstance(edge, datetime):
            return []
        try:
            local = wall(edge, ZoneInfo(self.home)) + slack
        except OverflowError:
            return []  # at the first or the last day that can be told
        return [side(this=self.sql.copy(), expression=params.add(local, "timestamp"))]

    def moment(self, zone: ZoneInfo) -> Sql:
        """The expression as an instant; a date is midnight of the zone."""
        if not self.is_date:
            return self.instant()
        return exp.AtTimeZone(this=paren(self.local(zone)), zone=text(zone.key))


def between(time: TimeSql, start: Bound | None, end: Bound | None, params: Params) -> Iterator[Sql]:
    """The conditions of `start <= time < end`."""
    if start is not None:
        yield exp.GTE(this=time.edge(), expression=_bound(time, start, params))
    if end is not None:
        yield exp.LT(this=time.edge(), expression=_bound(time, end, params))


def _bound(time: TimeSql, bound: Bound, params: Params) -> Sql:
    return params.add(bound.day, "date") if time.is_date else params.add(bound.instant, "timestamptz")


_PARTS = {
    "hour": "hour",
    "weekday": "isodow",
    "day_of_month": "day",
    "day_of_year": "doy",
    "week_of_year": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
}


def part_of(time: TimeSql, part: str, zone: ZoneInfo) -> Sql:
    """A whole-number part of a time in a zone."""
    extracted = exp.Extract(this=exp.Var(this=_PARTS[part]), expression=time.local(zone))
    return cast(extracted, "bigint")
