"""The oracle's times: ranges, buckets and moves on the wall clock, and rows in ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.planner.oracle_data import HOME, Fields, Measure, add_months, instant, local

TICK = timedelta(microseconds=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}


class NotComparableError(Exception):
    """The oracle holds the comparison to be none."""


@dataclass(frozen=True)
class Edge:
    """An end of a range: rows with an instant lie before it or not, dates before `day` or not."""

    instant: datetime
    day: date
    local: datetime


@dataclass(frozen=True)
class Move:
    """How far an earlier period lies back."""

    months: int = 0
    delta: timedelta = timedelta()
    on_instants: bool = False

    def back(self, at: datetime) -> datetime:
        return add_months(at, -self.months) - self.delta

    def on(self, at: datetime) -> datetime:
        return add_months(at, self.months) + self.delta


@dataclass(frozen=True)
class Range:
    """A range in the asked zone; `whole`: the end of the unit of a to-date range."""

    start: Edge | None = None
    end: Edge | None = None
    whole: Edge | None = None
    period: Move | None = None
    to_date: bool = False


def floor(at: datetime, grain: str) -> datetime:
    """The start of the bucket that holds a wall clock."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain in DAYS:
        return day if grain == "day" else day - timedelta(days=day.weekday())
    size = MONTHS[grain]
    return day.replace(day=1, month=(day.month - 1) // size * size + 1)


def unit(grain: str) -> Move:
    """One bucket."""
    return Move(MONTHS[grain]) if grain in MONTHS else Move(delta=timedelta(days=DAYS[grain]))


@dataclass
class Times:
    """One question, and what its times mean."""

    data: Mapping[str, list[dict[str, Any]]]
    query: Mapping[str, Any]
    clock_now: datetime
    zone: ZoneInfo = field(init=False)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        time = self.query.get("time", {})
        self.zone = ZoneInfo(time.get("zone", HOME.key))
        self.grain: str | None = time.get("grain")
        self.by: str | None = time.get("by")
        self.fields = Fields(self.data, self.zone)
        asked = self.query.get("as_of")
        if asked is None:
            self.now = self.clock_now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        elif "T" in asked:
            self.now = datetime.fromisoformat(asked)
        else:
            self.now = instant(datetime.fromisoformat(asked) + timedelta(days=1), HOME) - TICK
        self.range = self._range(time.get("range", {"preset": "all"}))
        self.dims = [
            one if isinstance(one, dict) else {"field": one} for one in self.query.get("dimensions", [])
        ]

    # -- times --------------------------------------------------------------------------------------

    @property
    def here(self) -> datetime:
        """Now on the wall clock."""
        return local(self.now, self.zone)

    def edge(self, at: datetime) -> Edge:
        midnight = at == datetime(at.year, at.month, at.day)
        return Edge(instant(at, self.zone), at.date() if midnight else at.date() + timedelta(days=1), at)

    def up_to(self, at: datetime) -> Edge:
        """The end of what is known at an instant: its last microsecond counts, dates count wholly."""
        end = at + TICK if at.microsecond == 999_999 else at
        day = local(at, self.zone).date() + timedelta(days=1)
        return Edge(end, day, local(end, self.zone))

    def _range(self, asked: Mapping[str, Any]) -> Range:
        preset = asked.get("preset")
        if preset is None:
            return self._absolute(asked)
        if preset == "all":
            return Range()
        if many := re.fullmatch(r"last_(\d+)_(\w+)s", preset):
            return self._last(int(many[1]), many[2])
        name = {"today": "this_day"}.get(preset, preset)
        one = name.removeprefix("this_").removesuffix("_to_date")
        start = floor(self.here, one)
        whole = self.edge(unit(one).on(start))
        end = self.up_to(self.now) if name.endswith("_to_date") else whole
        return Range(self.edge(start), end, whole, unit(one), name.endswith("_to_date"))

    def _last(self, count: int, name: str) -> Range:
        if name == "hour":
            past = timedelta(
                minutes=self.here.minute, seconds=self.here.second, microseconds=self.here.microsecond
            )
            end = self.now - past
            start = end - timedelta(hours=count)
            edges = [
                Edge(at, self.edge(local(at, self.zone)).day, local(at, self.zone)) for at in (start, end)
            ]
            return Range(edges[0], edges[1], edges[1], Move(delta=timedelta(hours=count), on_instants=True))
        one = unit(name)
        after = floor(self.here, name)
        length = Move(one.months * count, one.delta * count)
        return Range(self.edge(length.back(after)), self.edge(after), self.edge(after), length)

    def _absolute(self, asked: Mapping[str, Any]) -> Range:
        edges = [
            self.edge(datetime.fromisoformat(asked[key])) if key in asked else None for key in ("from", "to")
        ]
        return Range(edges[0], edges[1], edges[1], self._length(edges[0], edges[1]))

    @staticmethod
    def _length(start: Edge | None, end: Edge | None) -> Move | None:
        if start is None or end is None or start.local == end.local:
            return None
        first, after = start.local, end.local
        if all(at == datetime(at.year, at.month, 1) for at in (first, after)):
            return Move((after.year - first.year) * 12 + after.month - first.month)
        return Move(delta=after - first)

    def holds_now(self) -> bool:
        """Whether the range holds the moment of the question."""
        begun = self.range.start is None or self.range.start.instant <= self.now
        return begun and (self.range.to_date or self.range.end is None or self.now < self.range.end.instant)

    def time_of(self, measure: Measure) -> str | None:
        if self.by and self.by.split(".")[0] == measure.dataset:
            return self.by.split(".")[1]
        return measure.time

    @staticmethod
    def before(value: Any, edge: Edge) -> bool:
        """Whether a time lies before an edge."""
        if not isinstance(value, datetime):
            return bool(value < edge.day)
        return (value if value.tzinfo else instant(value, HOME)) < edge.instant

    def within(self, value: Any, start: Edge | None, end: Edge | None) -> bool:
        if value is None:
            return start is None and end is None and self.grain is None
        return (start is None or not self.before(value, start)) and (end is None or self.before(value, end))
