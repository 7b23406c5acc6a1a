"""Times in SQL: wall clocks, buckets, parts, and the conditions of a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.calendar import Calendar
from leadline.core.grain import Step
from leadline.core.schema import ColumnType
from leadline.core.zones import Bound
from leadline.planner.sql.build import Params, call, interval, is_null, no, text
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

    def compare(self, op: type[exp.Binary], bound: Bound, params: Params) -> Sql:
        """`time op bound`; a date stands for its midnight in the asked zone."""
        if self.kind.kind != "date":
            return op(this=self.instant(), expression=params.add(bound.instant, "timestamptz"))
        day = bound.local.date() if op in (exp.LTE, exp.GT) else bound.day
        return op(this=self.sql.copy(), expression=params.add(day, "date"))


def between(
    time: TimeSql, start: Bound | None, end: Bound | None, gap: tuple[Bound, Bound] | None, params: Params
) -> Iterator[Sql]:
    """The conditions of `start <= time < end` without the gap."""
    if start is not None:
        yield time.compare(exp.GTE, start, params)
    if end is not None:
        yield time.compare(exp.LT, end, params)
    if gap is not None:
        inside = exp.And(
            this=time.compare(exp.GTE, gap[0], params), expression=time.compare(exp.LT, gap[1], params)
        )
        yield no(inside)


def holding(start: TimeSql, end: TimeSql, at: tuple[Bound, bool], params: Params) -> Iterator[Sql]:
    """The conditions of a state at an instant: begun, and not ended (`at[1]`: the end of a range)."""
    bound, of_range = at
    yield start.compare(exp.LT if of_range else exp.LTE, bound, params)
    ended = end.compare(exp.GTE if of_range else exp.GT, bound, params)
    yield exp.Or(this=is_null(end.sql.copy()), expression=ended)


def bucket(time: TimeSql, grain: str, zone: ZoneInfo, calendar: Calendar) -> Sql:
    """The wall clock at which the bucket of a time begins."""
    return truncate(time.local(zone), grain, calendar)


def truncate(local: Sql, grain: str, calendar: Calendar) -> Sql:
    """The start of the unit that holds a wall clock; weeks begin on the calendar's day."""
    late = calendar.week_start - 1
    if grain != "week" or not late:
        return call("date_trunc", text(grain), local)
    days = interval(Step(days=late))
    start = call("date_trunc", text(grain), exp.Sub(this=paren(local), expression=days))
    return paren(exp.Add(this=start, expression=days.copy()))


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
