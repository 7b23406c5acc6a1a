"""The buckets of a range: every unit of a grain that it touches, found on the asked zone's clock.

Units from the day up are counted on the wall clock; a midnight that exists twice is the second, like every
local time. Units of the clock begin
wherever the clock shows a whole one, so an hour that exists twice is two buckets; where the clock jumps into
the middle of a unit, that unit begins at the jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError
from leadline.core.grain import CLOCK_GRAINS, ahead, floor, step
from leadline.core.zones import Bound

MAX_BUCKETS = 10_000
_SECOND = timedelta(seconds=1)


def too_many_buckets() -> LeadlineError:
    """The refusal of a range with too many buckets."""
    return LeadlineError(
        "too_many_buckets",
        f"The range has more than {MAX_BUCKETS:,} buckets.",
        "Ask a coarser grain or a shorter range.",
        "/time",
    )


@lru_cache(maxsize=512)
def bounds(start: Bound, end: Bound, grain: str, zone: ZoneInfo, calendar: Calendar) -> tuple[Bound, ...]:
    """The starts of all buckets that `start <= t < end` touches, and the end of the last; () if it is empty.

    Raises `too_many_buckets`.
    """
    if start.instant >= end.instant:
        return ()
    made = (
        _clock(start, end, grain, zone) if grain in CLOCK_GRAINS else _days(start, end, grain, zone, calendar)
    )
    found: list[Bound] = []
    for bound in made:
        if found and found[-1].instant == bound.instant:
            found.pop()  # a day that a zone skipped has no instant
        found.append(bound)
        if len(found) > MAX_BUCKETS + 1:
            raise too_many_buckets()
    return tuple(found)


def after(start: Bound, grain: str, zone: ZoneInfo, calendar: Calendar) -> Bound:
    """The end of the bucket that begins at `start`."""
    if grain in CLOCK_GRAINS:
        return _next(start, timedelta(seconds=step(grain).seconds), zone)
    return _day(_ahead(start.local, grain, calendar), zone)


def _days(start: Bound, end: Bound, grain: str, zone: ZoneInfo, calendar: Calendar) -> Iterator[Bound]:
    local = floor(start.local, grain, calendar)
    while True:
        here = _day(local, zone)
        yield here
        if here.instant >= end.instant:
            return
        local = _ahead(local, grain, calendar)


def _ahead(local: datetime, grain: str, calendar: Calendar) -> datetime:
    """The start of the next unit; of the last one of all, the end of the year 9999."""
    try:
        return ahead(local, grain, 1, calendar)
    except (OverflowError, ValueError):
        return datetime.max


def _day(local: datetime, zone: ZoneInfo) -> Bound:
    if local == datetime.max:
        return Bound(local, local.replace(tzinfo=UTC))
    return Bound.of_local(local, zone)


def _clock(start: Bound, end: Bound, grain: str, zone: ZoneInfo) -> Iterator[Bound]:
    """From a whole unit before the start; those that end before it are left out."""
    unit = timedelta(seconds=step(grain).seconds)
    first = _whole_before(start, unit, zone)
    for here, then in pairwise(_walk(first, unit, zone)):
        if then.instant <= start.instant:
            continue
        yield here
        if here.instant >= end.instant:
            return


def _whole_before(start: Bound, unit: timedelta, zone: ZoneInfo) -> Bound:
    """A start of a unit some hours before, far from any clock change of the hour."""
    early = start.instant - max(unit, timedelta(hours=1)) * 3
    local = Bound.of_instant(early, zone).local
    return Bound.of_instant(early - _into(local, unit), zone)


def _into(local: datetime, unit: timedelta) -> timedelta:
    """How far a wall clock lies in its unit."""
    return (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) % unit


def _walk(here: Bound, unit: timedelta, zone: ZoneInfo) -> Iterator[Bound]:
    while True:
        yield here
        here = _next(here, unit, zone)


def _next(here: Bound, unit: timedelta, zone: ZoneInfo) -> Bound:
    then = Bound.of_instant(here.instant + (unit - _into(here.local, unit)), zone)
    if then.local - here.local == then.instant - here.instant:
        return then
    return _over_change(here, then, unit, zone)


def _over_change(here: Bound, then: Bound, unit: timedelta, zone: ZoneInfo) -> Bound:
    """The next start where the clock changes on the way: at the change, if another unit begins there."""
    change = _change(here, then, zone)
    into = _into(change.local, unit)
    last = Bound.of_instant(change.instant - _SECOND, zone).local
    same = last - _into(last, unit) == change.local - into
    if same and into:
        return Bound.of_instant(change.instant + (unit - into), zone)
    return change


def _change(here: Bound, then: Bound, zone: ZoneInfo) -> Bound:
    """The first instant with the later offset, to the second."""
    low, high = here.instant, then.instant
    offset = then.local - then.instant.replace(tzinfo=None)
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        found = Bound.of_instant(middle, zone)
        if found.local - found.instant.replace(tzinfo=None) == offset:
            high = middle
        else:
            low = middle
    return Bound.of_instant(high, zone)
