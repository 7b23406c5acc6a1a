"""Frames: the stretch of time from which one value is read, now and in an earlier period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tests.integration.planner.oracle_clock import (
    TICK,
    Edge,
    earlier,
    just_after,
    known,
    later,
    wall,
)
from tests.integration.planner.oracle_measures import Fact
from tests.integration.planner.oracle_ranges import Bucket, Clock, Range


@dataclass(frozen=True)
class Frame:
    """`low <= t < high` for events; where it has neither, rows without a time count too.

    `upto`: the end of a window, not after now. `state`: where states are read. `point`: the wall clock that
    names the unit of a to-date window. `limit`: a conversion sees later events only before it. `future`: a
    bucket that begins after now. `unknown`: then no state and nothing up to its end is known.
    """

    low: Edge | None
    high: Edge | None
    upto: Edge
    state: Edge
    point: datetime
    limit: Edge | None = None
    future: bool = False
    unknown: bool = False

    def has(self, fact: Fact) -> bool:
        """Whether a fact lies in it."""
        if fact.time is None:
            return self.low is None and self.high is None
        begun = self.low is None or not self.low.after(fact.time)
        return begun and (self.high is None or self.high.after(fact.time))


def own(clock: Clock, low: Edge | None, high: Edge | None, running: bool = False) -> Frame:
    """A frame of the present: it hides no row, but windows and states end now at the latest.

    `running`: its end is now itself, so that the unit of a window is the one that holds now.
    """
    over = high is not None and high.instant <= clock.now
    return Frame(
        low,
        high,
        upto=high if high and over else clock.known,
        state=high if high and over else just_after(clock.now, clock.zone),
        point=high.local - TICK if high and over and not running else clock.here,
    )


def range_frame(clock: Clock, asked: Range) -> Frame:
    """The range as one."""
    return own(clock, asked.start, asked.end, asked.to_date)


def bucket_frame(clock: Clock, asked: Range, bucket: Bucket) -> Frame:
    """The part of a bucket that lies in the range."""
    running = asked.to_date and clock.now < bucket.end.instant
    low, high = later(asked.start, bucket.start), earlier(asked.end, bucket.end)
    future = bucket.start.instant > clock.now
    return replace(own(clock, low, high, running), future=future, unknown=future)


def cut(clock: Clock, frame: Frame) -> Frame:
    """The frame up to now, as a change takes it."""
    end = clock.known
    return replace(frame, high=earlier(frame.high, end), limit=end)


def before(clock: Clock, low: Edge | None, high: Edge | None, limit: Edge | None) -> Frame:
    """A whole earlier frame. `limit`: what an earlier cohort sees."""
    return replace(own(clock, low, high), limit=limit)


def earlier_bucket(clock: Clock, low: Edge | None, high: Edge | None, limit: Edge | None) -> Frame:
    """A whole earlier bucket. Reading: events after now count as they are, also where there is none."""
    return replace(before(clock, low, high, limit), unknown=low is not None and low.instant > clock.now)


def before_cut(clock: Clock, low: Edge | None, high: Edge | None, at: datetime) -> Frame:
    """An earlier frame cut at an instant: now, moved back."""
    end = known(at, clock.zone)
    point = wall(at, clock.zone)
    return Frame(low, earlier(high, end), end, just_after(at, clock.zone), point, end)
