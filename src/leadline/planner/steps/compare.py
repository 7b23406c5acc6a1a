"""Which window a comparison reads beside the metric's own. Meaning: `docs/reference/query.md`, Comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from leadline.core.buckets import bounds
from leadline.core.errors import LeadlineError
from leadline.core.grain import Move, move
from leadline.core.ranges import resolve
from leadline.planner.draft import Draft, StateField
from leadline.planner.query import Compare, Growth
from leadline.planner.windows import Buckets, NotBucketsError, Window, bucket_move, buckets, in_whole_weeks

T = TypeVar("T")
Pair = tuple[Window, Window]
"""The own window as the comparison takes it, and the other."""


def windows(draft: Draft, compare: Compare) -> Pair:
    """The windows of a comparison with another period."""
    own = _buckets(draft)
    other = _guarded(lambda: _OTHER.get(compare.to, _moved)(draft, compare), draft, compare)
    whole = compare.as_ == "value" or not compare.cut
    return (own.own() if whole else own.up_to_now()), other


def grown(draft: Draft, growth: Growth) -> Pair:
    """The windows of growth over buckets: both sides up to now where a bucket is not over."""
    if draft.grain is None:
        raise _refused("Growth over buckets needs a grain.", growth)
    one = move(draft.grain, draft.moment.calendar)
    back = one.times(growth.periods)
    own = _buckets(draft)
    rolled = growth.periods if growth.kind == "rolling" else 1

    def pair() -> Pair:
        reading = own.rolled(rolled, one)
        return reading.up_to_now(), reading.earlier(back)

    return _guarded(pair, draft, growth)


def _buckets(draft: Draft) -> Buckets:
    assert draft.buckets is not None  # noqa: S101  (set by the step before)
    return draft.buckets


def _guarded(make: Callable[[], T], draft: Draft, one: Compare | Growth) -> T:
    try:
        return make()
    except NotBucketsError:
        raise _refused(f"Buckets by {draft.grain}, moved by this, are no buckets.", one) from None
    except (OverflowError, ValueError):
        raise _refused("The earlier period leaves the years 1 to 9999.", one) from None


def _moved(draft: Draft, compare: Compare) -> Window:
    by = _move(draft, compare)
    by = by if draft.grain is None else bucket_move(draft.grain, by)
    return _buckets(draft).earlier(by, cut=compare.cut)


def _move(draft: Draft, compare: Compare) -> Move:
    by = _asked_move(draft, compare)
    return in_whole_weeks(by) if compare.align == "weekday" else by


def _asked_move(draft: Draft, compare: Compare) -> Move:
    if compare.to == "previous_period":
        if draft.span.period is None:
            raise _refused("This range has no period before it.", compare)
        return draft.span.period
    if not _moves(draft):
        raise _refused("All time has no earlier period.", compare)
    if compare.shift is not None:
        return compare.shift
    return move(compare.to.removeprefix("previous_"), draft.moment.calendar)


def _moves(draft: Draft) -> bool:
    """Whether there is anything to move: a bound, buckets, or the instant of a state."""
    states = any(isinstance(time, StateField) for time in draft.times.values())
    return bool(draft.grain or draft.span.start or draft.span.end or states)


def _range(draft: Draft, compare: Compare) -> Window:
    """Another range: as one, or its buckets in their order."""
    span = resolve(compare.range, draft.moment, compare.at + "/to")
    if draft.grain is None:
        return _buckets(draft).against(buckets(draft.moment, span, None), cut=compare.cut)
    if span.start is None or span.end is None:
        raise _refused("An open range has no first and last bucket.", compare)
    edges = bounds(span.start, span.end, draft.grain, draft.moment.zone, draft.moment.calendar)
    other = replace(Buckets(draft.moment, span, draft.grain), edges=edges)
    return _buckets(draft).against(other, cut=compare.cut)


_OTHER: Mapping[str, Callable[[Draft, Compare], Window]] = {"range": _range}


def _refused(why: str, one: Compare | Growth) -> LeadlineError:
    fix = "Compare with another period, or ask another range or grain."
    return LeadlineError("not_comparable", why, fix, one.at)
