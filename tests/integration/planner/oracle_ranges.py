"""Ranges as asked and the buckets in them, in one zone at one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.planner.oracle_calendar import SECONDS, Calendar
from tests.integration.planner.oracle_clock import Edge, edge, edge_at, known, midnight, wall
from tests.integration.planner.oracle_moves import Move, of_unit

_WORDS = {"today": "this_day", "yesterday": "last_1_days", "tomorrow": "next_1_days"}


@dataclass(frozen=True)
class Range:
    """`from <= t < to`. `whole`: the end of the unit of a to-date range; `period`: its own length."""

    start: Edge | None = None
    end: Edge | None = None
    whole: Edge | None = None
    period: Move | None = None
    to_date: bool = False

    @property
    def is_all(self) -> bool:
        """Whether it has no bounds: then rows without a time count."""
        return self.start is None and self.end is None


@dataclass(frozen=True)
class Bucket:
    """One bucket: its first instant and that of the next."""

    start: Edge
    end: Edge


@dataclass(frozen=True)
class Clock:
    """What now is, in the asked zone, and the model's calendar."""

    now: datetime
    zone: ZoneInfo
    calendar: Calendar

    @property
    def here(self) -> datetime:
        """Now on the wall clock."""
        return wall(self.now, self.zone)

    @property
    def known(self) -> Edge:
        """The end of what is known now."""
        return known(self.now, self.zone)

    def edge(self, at: datetime) -> Edge:
        """The edge at a wall clock."""
        return edge(at, self.zone)

    # -- ranges -------------------------------------------------------------------------------------

    def range(self, asked: Mapping[str, Any]) -> Range:
        """The range that was asked for."""
        preset = asked.get("preset")
        if preset is None:
            return self._absolute(asked)
        if preset == "all":
            return Range()
        name = _WORDS.get(preset, preset)
        if name.endswith("_to_date"):
            return self._this(name.removesuffix("_to_date"), to_date=True)
        if name.startswith("this_"):
            return self._this(name.removeprefix("this_"), to_date=False)
        many = re.fullmatch(r"(last|next)_(\d+)_(\w+)s", name)
        which, unit = (many[1], many[3]) if many else name.split("_", 1)
        return self._beside(which, int(many[2]) if many else 1, unit)

    def _this(self, unit: str, to_date: bool) -> Range:
        this = self.bucket(unit, self.now)
        end = self.known if to_date else this.end
        return Range(this.start, end, this.end, of_unit(unit, self.calendar), to_date)

    def _beside(self, which: str, count: int, unit: str) -> Range:
        this = self.bucket(unit, self.now)
        if which == "last":
            start, end = self.step(unit, this.start, -count), this.start
        else:
            start, end = this.end, self.step(unit, this.end, count)
        return Range(start, end, end, of_unit(unit, self.calendar, count))

    def step(self, unit: str, start: Edge, count: int) -> Edge:
        """The begin of the unit `count` after the one beginning there."""
        if unit in SECONDS:
            return edge_at(start.instant + timedelta(seconds=SECONDS[unit] * count), self.zone)
        return self.edge(midnight(self.calendar.later(unit, start.local.date(), count)))

    def _absolute(self, asked: Mapping[str, Any]) -> Range:
        start, end = (self.when(asked[key]) if key in asked else None for key in ("from", "to"))
        return Range(start, end, end, _length(start, end))

    def when(self, text: str) -> Edge:
        """An instant with offset, a local date-time, or a date."""
        at = datetime.fromisoformat(text)
        return edge_at(at, self.zone) if at.tzinfo else self.edge(at)

    def holds_now(self, asked: Range) -> bool:
        """Whether the range holds the moment of the question."""
        begun = asked.start is None or asked.start.instant <= self.now
        return begun and (asked.to_date or asked.end is None or self.now < asked.end.instant)

    # -- buckets ------------------------------------------------------------------------------------

    def bucket(self, grain: str, value: datetime | date) -> Bucket:
        """The bucket that holds an instant or a date."""
        if grain in SECONDS:
            assert isinstance(value, datetime)
            return self._short(grain, value)
        day = wall(value, self.zone).date() if isinstance(value, datetime) else value
        start = self.edge(midnight(self.calendar.floor(grain, day)))
        if isinstance(value, datetime) and value < start.instant:  # the first of two midnights
            start = self.edge(midnight(self.calendar.floor(grain, day - timedelta(days=1))))
        return Bucket(start, self.step(grain, start, 1))

    def _short(self, grain: str, moment: datetime) -> Bucket:
        """An hour that exists twice is two buckets: those of one bucket share its begin and its offset."""

        def label(at: datetime) -> tuple[Any, ...]:
            here = at.astimezone(self.zone)
            minute = here.hour * 60 + here.minute
            return here.utcoffset(), here.date(), minute * 60 // SECONDS[grain]

        quarter = timedelta(minutes=1 if grain == "minute" else 15)
        here = wall(moment, self.zone)
        start = moment - (here - here.replace(second=0, microsecond=0))
        start -= timedelta(minutes=here.minute % (quarter.seconds // 60))
        while label(start - quarter) == label(moment):
            start -= quarter
        end = start + quarter
        while label(end) == label(moment):
            end += quarter
        return Bucket(edge_at(start, self.zone), edge_at(end, self.zone))

    def next(self, grain: str, bucket: Bucket) -> Bucket:
        """The bucket after one."""
        if grain in SECONDS:
            return self._short(grain, bucket.end.instant)
        return Bucket(bucket.end, self.step(grain, bucket.end, 1))

    def back(self, grain: str, bucket: Bucket, count: int) -> Bucket:
        """The bucket `count` before one."""
        start = self.step(grain, bucket.start, -count)
        return self.bucket(grain, start.instant if grain in SECONDS else start.local.date())

    def buckets(self, asked: Range, grain: str, times: list[datetime | date]) -> Iterator[Bucket]:
        """The buckets of a range; an open end stops at the last of the times of rows in it."""
        found = sorted((self.bucket(grain, one) for one in times), key=lambda one: one.start.instant)
        first = self._first(asked, grain, found)
        last = asked.end.instant if asked.end else found[-1].end.instant if found else None
        while first is not None and last is not None and first.start.instant < last:
            yield first
            first = self.next(grain, first)

    def _first(self, asked: Range, grain: str, found: list[Bucket]) -> Bucket | None:
        if asked.start is None:
            return found[0] if found else None
        if asked.end and asked.end.instant <= asked.start.instant:
            return None
        return self.bucket(grain, asked.start.instant)


def _length(start: Edge | None, end: Edge | None) -> Move | None:
    """Reading: a range that is not whole months or days is a length of time, to the second."""
    if start is None or end is None or start.instant >= end.instant:
        return None
    first, after = start.local, end.local
    if all(at == datetime(at.year, at.month, 1) for at in (first, after)):
        return Move((after.year - first.year) * 12 + after.month - first.month)
    if first < after and (after - first) % timedelta(days=1) == timedelta():
        return Move(delta=after - first)
    passed = end.instant - start.instant
    return Move(delta=timedelta(seconds=ceil(passed / timedelta(seconds=1))), on_instants=True)
