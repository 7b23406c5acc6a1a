"""Frames: for each bucket the interval (or the instants) whose rows its value is read from.

A window says which stretch of time a column means; the time of an input says how that is read: as the events
in it, as the events of a whole window up to its end, or as the states at an instant. Bounds never fall from
one frame to the next, so a row at `t` belongs to the frames `|highs <= t| + 1 .. |lows <= t|`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from leadline.core.buckets import bounds
from leadline.core.errors import LeadlineError
from leadline.core.grain import Step, step
from leadline.core.ranges import Moment
from leadline.core.zones import MICROSECOND, Bound
from leadline.planner.windows import Stretch, Window
from leadline.semantic.kinds.base import EventTime, Reach, StateTime

_DAY = timedelta(days=1)
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Frames:
    """Events: `lows[i] <= t < highs[i]` (None: open) belongs to the bucket `ordinals[i]`, from 1."""

    lows: tuple[Bound | None, ...]
    highs: tuple[Bound | None, ...]
    ordinals: tuple[int, ...]

    @property
    def overlap(self) -> bool:
        """Whether a row may belong to several frames."""
        return any(
            low is None or (high is None or high.instant > low.instant)
            for high, low in zip(self.highs, self.lows[1:], strict=False)
        )

    @property
    def adjoin(self) -> bool:
        """Whether each frame ends where the next begins."""
        pairs = zip(self.highs, self.lows[1:], strict=False)
        return all(high and low and high.instant == low.instant for high, low in pairs)


@dataclass(frozen=True, slots=True)
class Instants:
    """States: the instants `at` at which they are counted for the buckets `ordinals`.

    `of_range`: at each, whether rows that begin then do not hold yet and rows that end then still do (the end
    of a range); else the other way round (now). `mean`: over all instants of a bucket.
    """

    at: tuple[Bound, ...]
    of_range: tuple[bool, ...]
    ordinals: tuple[int, ...]
    mean: bool = False


Read = Frames | Instants | None
"""How an input's rows are found in time; None: they have no time, and none is asked."""


def read(window: Window, time: EventTime | StateTime, moment: Moment) -> Read:
    """The frames of an input's time in a window."""
    numbered = [(i, one) for i, one in enumerate(window.stretches, 1) if one is not None]
    if isinstance(time, StateTime):
        return _instants(time, numbered, moment)
    if time.field is None:
        return None
    if time.reach is None:
        return Frames(*_columns(_events(numbered, window)))
    return _reaching(time.reach, numbered, moment)


def _events(
    numbered: list[tuple[int, Stretch]], window: Window
) -> Iterator[tuple[Bound | None, Bound | None, int]]:
    """The frames of events in their order; loose ones belong to no bucket (0)."""
    if not window.loose:
        yield from ((one.start, one.end, i) for i, one in numbered)
        return
    places = [*numbered, *((0, one) for one in window.loose)]
    ordered = sorted(places, key=lambda place: place[1].start.instant if place[1].start else _EVER)
    yield from ((one.start, one.end, i) for i, one in ordered)


def _columns(
    rows: Iterator[tuple[Bound | None, Bound | None, int]],
) -> tuple[tuple[Bound | None, ...], tuple[Bound | None, ...], tuple[int, ...]]:
    lows, highs, ordinals = [], [], []
    for low, high, ordinal in rows:
        lows.append(low)
        highs.append(high)
        ordinals.append(ordinal)
    return tuple(lows), tuple(highs), tuple(ordinals)


# -- values up to a bucket's end --------------------------------------------------------------------


def _reaching(reach: Reach, numbered: list[tuple[int, Stretch]], moment: Moment) -> Frames:
    return Frames(
        *_columns(
            (low(reach, end, moment), end, i)
            for i, one in numbered
            if (end := up_to(one, moment)) is not None
        )
    )


def up_to(one: Stretch, moment: Moment) -> Bound | None:
    """Where a value up to the stretch's end ends: there or now; None for a bucket that begins after now."""
    if not one.begun:
        return None
    now = moment.after(one.now)
    return one.end if one.end is not None and one.end.instant <= now.instant else now


def low(reach: Reach, end: Bound, moment: Moment) -> Bound | None:
    """Where the window that ends at `end` begins; None: with the first row there is."""
    if reach.window == "running":
        return None
    if reach.last is not None:
        return moment.back(end, length(reach.last))
    last = Bound.of_instant(end.instant - MICROSECOND, moment.zone)
    return moment.floor(last, reach.window.removesuffix("_to_date"))


def days(reach: Reach, one: Stretch | None, moment: Moment) -> int | None:
    """The days of the window that ends with a stretch; a day that has begun counts. None: there is none."""
    end = up_to(one, moment) if one is not None else None
    if end is None:
        return None
    start = low(reach, end, moment)
    if start is None:
        raise LeadlineError(
            "not_supported", "A running value has no mean by day.", "Use a window such as {last: 28 days}."
        )
    return max(-((start.local - end.local) // _DAY), 1)


@cache
def length(text: str) -> Step:
    """A length of time as the model writes it: `28 days`."""
    count, _, unit = text.strip().partition(" ")
    return step(unit.strip().removesuffix("s")).times(int(count))


# -- states -----------------------------------------------------------------------------------------


def _instants(time: StateTime, numbered: list[tuple[int, Stretch]], moment: Moment) -> Instants:
    found = [
        (at, of_range, i) for i, one in numbered if one.begun for at, of_range in _AT[time.of](one, moment)
    ]
    at, of_range, ordinals = (tuple(column) for column in zip(*found, strict=True)) if found else ((), (), ())
    return Instants(at, of_range, ordinals, mean=time.mean)


def begun(instants: Instants) -> Frames:
    """What has begun at each instant, as events: a state without an end holds from its begin on."""
    pairs = zip(instants.at, instants.of_range, strict=True)
    highs = tuple(at if of_range else _just_after(at) for at, of_range in pairs)
    return Frames((None,) * len(highs), highs, instants.ordinals)


def _just_after(at: Bound) -> Bound:
    return Bound(at.local, at.instant + MICROSECOND, whole_day=True)


def _at(one: Stretch, end: Bound | None) -> tuple[Bound, bool]:
    """At an end in the stretch, or now if that is earlier; what is cut now (`whole_day`) is now."""
    if end is not None and end.instant <= one.now.instant and (one.to_date or not end.whole_day):
        return end, True
    return one.now, False


def _last(one: Stretch, moment: Moment) -> Iterator[tuple[Bound, bool]]:
    yield _at(one, one.end)


def _first(one: Stretch, moment: Moment) -> Iterator[tuple[Bound, bool]]:
    yield next(_each_day(one, moment), _at(one, one.end))


def _each_day(one: Stretch, moment: Moment) -> Iterator[tuple[Bound, bool]]:
    """The end of each day that has begun, the last one where the stretch ends or now."""
    if one.start is None:
        why = "The state over days has no first day in a range that is open."
        raise LeadlineError("bad_range", why, "Ask a range with a start.", "/time/range")
    end = _at(one, one.end)[0]
    for edge in bounds(one.start, end, "day", moment.zone, moment.calendar)[1:]:
        yield _at(one, edge if one.end is None or edge.instant < one.end.instant else one.end)


_AT = {"last": _last, "first": _first, "avg": _each_day}
