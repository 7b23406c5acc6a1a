"""Whether a range has an earlier period at all, whenever it is asked: for whoever offers comparisons."""

from __future__ import annotations

from datetime import datetime

from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError
from leadline.core.grain import move
from leadline.core.ranges import Moment, RangeSpec, resolve
from leadline.core.zones import instant, zone
from leadline.planner.windows import NotBucketsError, bucket_move, buckets

_ANY_MOMENT = Moment.of(instant(datetime(2020, 6, 15), zone("UTC")), zone("UTC"), Calendar(retail="4-5-4"))
"""The length of a range does not depend on when it is asked."""


def can_compare(grain: str | None, asked: RangeSpec | None, to: str) -> bool:
    """Whether a range, in buckets of `grain` (None: as one), has the earlier period `to`.

    A range that cannot be resolved at all is left to the planner, which says why.
    """
    try:
        span = resolve(asked, _ANY_MOMENT)
    except LeadlineError:
        return True
    by = span.period if to == "previous_period" else move(to.removeprefix("previous_"), _ANY_MOMENT.calendar)
    if by is None or (span.start is None and span.end is None):
        return False
    if grain is None or span.start is None or span.end is None:
        return True
    try:
        buckets(_ANY_MOMENT, span, grain).earlier(bucket_move(grain, by))
    except (NotBucketsError, LeadlineError, OverflowError):
        return False
    return True
