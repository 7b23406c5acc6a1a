"""Moments, ranges and windows in few words; everything is shown as the asked zone's wall clock."""

from __future__ import annotations

from datetime import datetime

from leadline.core.calendar import Calendar
from leadline.core.ranges import Moment, RangeSpec, plain_preset, resolve
from leadline.core.zones import Bound, zone
from leadline.planner.windows import Buckets, Stretch, Window, buckets

CHICAGO = "America/Chicago"
NOON = "2026-03-31T12:00"
Ends = tuple[str | None, str | None]


def moment(now: str = NOON, name: str = CHICAGO) -> Moment:
    """The moment at which the zone's wall clock shows `now`."""
    where = zone(name)
    return Moment.of(Bound.of_local(datetime.fromisoformat(now), where).instant, where, Calendar(name))


def asked(text: str) -> RangeSpec:
    """`this_month`, or `2026-03-01..2026-03-05` with either end left out."""
    start, dots, end = text.partition("..")
    return RangeSpec(start=start or None, end=end or None) if dots else RangeSpec(preset=plain_preset(text))


def buckets_of(text: str, grain: str | None = None, at: Moment | None = None) -> Buckets:
    """The buckets of a range."""
    here = at or moment()
    return buckets(here, resolve(asked(text), here), grain)


def clock(bound: Bound | None) -> str | None:
    """A bound as its wall clock: `2026-03-31`, and the time where it is not midnight."""
    return None if bound is None else bound.local.isoformat(timespec="minutes").removesuffix("T00:00")


def ends(one: Stretch) -> Ends:
    """Start and end of a stretch."""
    return clock(one.start), clock(one.end)


def stretches(window: Window) -> list[Ends | None]:
    """The stretches of a window."""
    return [None if one is None else ends(one) for one in window.stretches]
