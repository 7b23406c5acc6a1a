"""Frames made by hypothesis: bounds that never fall, and the times around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from leadline.core.zones import Bound, zone
from leadline.planner.frames import Frames
from leadline.planner.sql.framing import edge_of

CHICAGO = zone("America/Chicago")
_FIRST = datetime(2026, 3, 6, tzinfo=UTC)
HOURS = st.integers(0, 96)
"""Few enough that bounds often meet."""


def bound(hour: int) -> Bound:
    """The bound some hours into the days around a change of the clock."""
    return Bound.of_instant(_FIRST + timedelta(hours=hour), CHICAGO)


def moments(is_date: bool) -> st.SearchStrategy[date]:
    """Times of rows: instants, or dates."""
    hours = HOURS.map(lambda hour: bound(hour).instant)
    return hours.map(lambda at: at.date()) if is_date else hours


@st.composite
def frames(draw: st.DrawFn, *, ends: bool = False) -> Frames:
    """Up to eight of them, with open ones at either end (`ends`: all of them end), of some buckets."""
    count = draw(st.integers(1, 8))
    hours = st.lists(HOURS, min_size=count, max_size=count).map(sorted)
    lows = draw(hours)
    highs = [max(low, high) for low, high in zip(lows, draw(hours), strict=True)]
    if draw(st.booleans()):
        highs = [*lows[1:], max(highs)]  # each ends where the next begins
    open_lows = draw(st.integers(0, count))
    open_highs = 0 if ends else draw(st.integers(0, count))
    return Frames(
        tuple(None if i < open_lows else bound(low) for i, low in enumerate(lows)),
        tuple(None if i >= count - open_highs else bound(high) for i, high in enumerate(highs)),
        tuple(sorted(draw(st.lists(HOURS, min_size=count, max_size=count, unique=True)))),
    )


def holding(found: Frames, at: date, is_date: bool) -> list[int]:
    """The frames (from 1) that hold a time, by looking at each."""
    pairs = enumerate(zip(found.lows, found.highs, strict=True), 1)
    return [i for i, (low, high) in pairs if _begun(low, at, is_date) and not _over(high, at, is_date)]


def _begun(low: Bound | None, at: date, is_date: bool) -> bool:
    return low is None or edge_of(low, is_date) <= at


def _over(high: Bound | None, at: date, is_date: bool) -> bool:
    return high is not None and edge_of(high, is_date) <= at
