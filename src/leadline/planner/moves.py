"""By how much an earlier period lies back, and whether buckets can bear it."""

from __future__ import annotations

from datetime import datetime

from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError
from leadline.core.grain import Step, is_stepped, step
from leadline.core.ranges import Moment, RangeSpec, resolve
from leadline.core.zones import instant, zone

_YEAR = Step(months=12)
_YEAR_OF_WEEKS = Step(days=364)
_ANY_MOMENT = Moment.of(instant(datetime(2020, 6, 15), zone("UTC")), zone("UTC"), Calendar())
"""The length of a range does not depend on when it is asked."""


def bucket_move(grain: str, move: Step) -> Step | None:
    """The move that takes buckets of a grain to buckets (52 weeks for a year of weeks), or None."""
    if grain == "week" and move == _YEAR:
        return _YEAR_OF_WEEKS
    one = step(grain)
    if move.seconds:
        return None
    if one.months:
        return move if not move.days and move.months % one.months == 0 else None
    return move if move.days % one.days == 0 and (one.days == 1 or not move.months) else None


def period_move(to: str, period: Step | None) -> Step | None:
    """The move of `previous_period` (the range's own `period`) or `previous_U`."""
    return period if to == "previous_period" else step(to.removeprefix("previous_"))


def can_compare(grain: str | None, asked: RangeSpec | None, to: str) -> bool:
    """Whether a range, in buckets of `grain` (None: as one), has the earlier period `to`.

    A range or grain that is not answered at all is left to the planner, which says so.
    """
    try:
        span = resolve(asked, _ANY_MOMENT)
    except LeadlineError:
        return True
    move = period_move(to, span.period)
    if move is None or (span.start is None and span.end is None):
        return False
    return grain is None or not is_stepped(grain) or bucket_move(grain, move) is not None
