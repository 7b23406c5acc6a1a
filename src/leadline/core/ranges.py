"""Ranges: as asked (`RangeSpec`) and resolved at a moment in a zone (`Span`).

Grammar and meaning: `docs/reference/query.md` (Range, Preset, Time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError, shown
from leadline.core.grain import CLOCK_GRAINS, RANGE_UNITS, Move, Step, ahead, floor, move, step
from leadline.core.zones import MICROSECOND, Bound, instant, wall

_ALIASES = {"today": "this_day", "yesterday": "last_1_days", "tomorrow": "next_1_days"}
_THIS = re.compile(r"this_([a-z_]+)")
_TO_DATE = re.compile(r"([a-z_]+)_to_date")
_MANY = re.compile(r"(last|next)_([0-9]{1,4})_([a-z_]+)s")
_ONE = re.compile(r"(last|next)_([a-z_]+)")
_CLOCK_UNITS = ("minute", "hour")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_LAST = datetime(9999, 12, 31)
"""Beyond it there is no next day."""


@dataclass(frozen=True, slots=True)
class RangeSpec:
    """A range as asked: a preset in its plainest spelling, or bounds as ISO text (None: open)."""

    preset: str | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A resolved range: `start <= t < end` (None: open).

    `period`: the move to the period before; None where there is none. `whole`: the end of the whole unit
    of a to-date range, else `end`. `to_date`: it ends at the moment of the question.
    """

    start: Bound | None = None
    end: Bound | None = None
    period: Move | None = None
    whole: Bound | None = None
    to_date: bool = False

    def holds(self, moment: Bound) -> bool:
        """Whether the moment lies in the range (a to-date range holds its end)."""
        after = self.start is None or self.start.instant <= moment.instant
        before = self.end is None or moment.instant < self.end.instant
        return after and (before or self.to_date)


ALL_TIME = Span()
"""No range at all."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The question's now in the asked zone: what presets are relative to."""

    now: Bound
    zone: ZoneInfo
    calendar: Calendar

    @classmethod
    def of(cls, as_of: datetime, zone: ZoneInfo, calendar: Calendar) -> Moment:
        """The moment of an instant."""
        return cls(Bound.of_instant(as_of, zone), zone, calendar)

    @property
    def end(self) -> Bound:
        """The bound of a range that ends now; the last microsecond of a day belongs to that day."""
        return self.after(self.now)

    def cut(self, by: Move) -> Bound:
        """The bound at which an earlier period is cut: now, moved back."""
        return self.after(self.back(self.now, by))

    def after(self, now: Bound) -> Bound:
        """The bound of a range that ends at `now`; what has only a date counts to the end of its day."""
        if now.instant.microsecond == 999_999:
            return Bound.of_instant(now.instant + MICROSECOND, self.zone)
        return replace(now, whole_day=True)

    def bound(self, local: datetime) -> Bound:
        """The bound at a wall clock of the asked zone."""
        return Bound.of_local(local, self.zone)

    def floor(self, bound: Bound, unit: str) -> Bound:
        """The start of the unit that holds the bound. Units of the clock are counted back on instants."""
        start = floor(bound.local, unit, self.calendar)
        if unit in CLOCK_GRAINS:
            return Bound.of_instant(bound.instant - (bound.local - start), self.zone)
        return self.bound(start)

    def back(self, bound: Bound, by: Move) -> Bound:
        """The bound moved back: on the wall clock, lengths of time on instants."""
        if isinstance(by, Step) and by.seconds and not (by.days or by.months):
            return Bound.of_instant(bound.instant - timedelta(seconds=by.seconds), self.zone)
        return self.bound(by.back(bound.local))


def plain_preset(text: object, at: str = "") -> str:
    """The plainest spelling of a preset (`last_week` is `last_1_weeks`), else `unknown_preset`."""
    name = _ALIASES.get(text, text) if isinstance(text, str) else ""
    one, many = _ONE.fullmatch(name), _MANY.fullmatch(name)
    if name == "all":
        return name
    if many and 1 <= int(many[2]) <= 1000 and many[3] in (*RANGE_UNITS, *_CLOCK_UNITS):
        return f"{many[1]}_{int(many[2])}_{many[3]}s"
    if one and one[2] in RANGE_UNITS:
        return f"{one[1]}_1_{one[2]}s"
    unit = _THIS.fullmatch(name) or _TO_DATE.fullmatch(name)
    if unit and unit[1] in RANGE_UNITS:
        return name
    raise LeadlineError(
        "unknown_preset",
        f"{shown(text)} is no preset of a range.",
        "Use one such as today, this_month, last_13_weeks, year_to_date or all (N from 1 to 1000).",
        at,
    )


def resolve(spec: RangeSpec | None, moment: Moment, at: str = "") -> Span:
    """The span of a range at a moment. Raises `bad_range`."""
    try:
        if spec is None or spec.preset == "all":
            return Span()
        return _preset(spec.preset, moment) if spec.preset else _absolute(spec, moment, at)
    except (OverflowError, ValueError):
        raise _bad("The range leaves the years 1 to 9999.", "Ask for a nearer range.", at) from None


def _preset(name: str, moment: Moment) -> Span:
    if many := _MANY.fullmatch(name):
        return _units(many[1], int(many[2]), many[3], moment)
    if unit := _THIS.fullmatch(name):
        return _this(unit[1], moment)
    unit = _TO_DATE.fullmatch(name)
    whole = _this(unit[1] if unit else "", moment)
    return Span(whole.start, moment.end, whole.period, whole.end, to_date=True)


def _this(unit: str, moment: Moment) -> Span:
    one = move(unit, moment.calendar)
    start = floor(moment.now.local, unit, moment.calendar)
    first, after = (moment.bound(local) for local in (start, ahead(start, unit, 1, moment.calendar)))
    return Span(first, after, one, after)


def _units(side: str, count: int, unit: str, moment: Moment) -> Span:
    one = move(unit, moment.calendar)
    here = floor(moment.now.local, unit, moment.calendar)
    if unit in _CLOCK_UNITS:
        return _clock_units(side, count, step(unit), here, moment)
    near = here if side == "last" else ahead(here, unit, 1, moment.calendar)
    far = ahead(near, unit, -count if side == "last" else count, moment.calendar)
    start, end = (moment.bound(local) for local in sorted((near, far)))
    return Span(start, end, one.times(count), end)


def _clock_units(side: str, count: int, one: Step, here: datetime, moment: Moment) -> Span:
    """Minutes and hours are lengths of time, so they are counted on instants."""
    start = wall_distance(moment, here)
    length = timedelta(seconds=one.seconds)
    near = start if side == "last" else start + length
    far = near - length * count if side == "last" else near + length * count
    first, after = (Bound.of_instant(value, moment.zone) for value in sorted((near, far)))
    return Span(first, after, one.times(count), after)


def wall_distance(moment: Moment, earlier: datetime) -> datetime:
    """The instant as far before now as the wall clock `earlier` is."""
    return moment.now.instant - (wall(moment.now.instant, moment.zone) - earlier)


def _absolute(spec: RangeSpec, moment: Moment, at: str) -> Span:
    start = when(spec.start, moment.zone, at + "/from") if spec.start is not None else None
    end = when(spec.end, moment.zone, at + "/to") if spec.end is not None else None
    if (start and start.local > _LAST) or (end and end.local > _LAST):
        raise OverflowError
    if start and end and end.instant < start.instant:
        raise _bad("The range ends before it begins.", "Exchange from and to.", at)
    return Span(start, end, _period(start, end), end)


def _period(start: Bound | None, end: Bound | None) -> Step | None:
    """The length of a range with bounds: whole months where the bounds are such, else its days.

    One that is not whole days is a length of time: elapsed seconds, so that its earlier period adjoins it.
    """
    if start is None or end is None or start.instant == end.instant:
        return None
    first, after = start.local, end.local
    if all(b == b.replace(day=1, hour=0, minute=0, second=0, microsecond=0) for b in (first, after)):
        return Step(months=(after.year - first.year) * 12 + after.month - first.month)
    if first < after and not (after - first) % _DAY:
        return Step(days=(after - first).days)
    return Step(seconds=-((start.instant - end.instant) // _SECOND))


def when(text: str, zone: ZoneInfo, at: str = "") -> Bound:
    """The bound of an ISO instant with offset, a local date-time, or a date (its first instant)."""
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            return Bound.of_local(datetime(day.year, day.month, day.day), zone)
        moment = datetime.fromisoformat(text)
        return Bound.of_local(moment, zone) if moment.tzinfo is None else Bound.of_instant(moment, zone)
    except (ValueError, OverflowError):
        raise _bad(
            f"{text!r:.80} is no date, date-time or instant.",
            "Write it like 2026-11-17 or 2026-11-17T09:00.",
            at,
        ) from None


def end_of_day(text: str, zone: ZoneInfo) -> datetime:
    """The last microsecond (as an instant) of the day written `2026-11-17`."""
    day = date.fromisoformat(text)
    return instant(datetime(day.year, day.month, day.day) + timedelta(days=1), zone) - MICROSECOND


def is_date(text: str) -> bool:
    """Whether the text is written as a date alone."""
    return bool(_DATE.fullmatch(text))


def _bad(why: str, fix: str, at: str) -> LeadlineError:
    return LeadlineError("bad_range", why, fix, at)
