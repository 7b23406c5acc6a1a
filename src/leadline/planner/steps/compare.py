"""Where an earlier period lies, and where it is cut. Meaning: `docs/reference/query.md`, Comparison."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.errors import LeadlineError
from leadline.core.grain import Step, step
from leadline.core.zones import Bound
from leadline.planner.draft import Draft, StateField, Window
from leadline.planner.moves import bucket_move
from leadline.planner.query import Compare
from leadline.planner.steps.times import own_window, state_at


def earlier(draft: Draft, compare: Compare) -> Window:
    """The window of the earlier period: the range moved back, cut where the present one is not over."""
    move = _move(draft, compare)
    span, moment = draft.span, draft.moment
    try:
        start = moment.back(span.start, move) if span.start else None
        end = _end(draft, compare, move)
        gap = _gap(draft, compare, move)
    except (OverflowError, ValueError):
        raise _refused("The earlier period leaves the years 1 to 9999.", compare) from None
    return Window(start, end, _state(draft, compare, move), gap, move)


def own_up_to_now(draft: Draft, compare: Compare) -> Window:
    """The metric's own window, as a change takes it: up to now, where the earlier period is cut."""
    span, now = draft.span, draft.moment.end
    own = own_window(span, draft.moment)
    whole = compare.as_ == "value" or not compare.cut or span.to_date or not span.holds(draft.moment.now)
    if whole:
        return own
    if draft.grain is None:
        return Window(span.start, now, own.at)
    return replace(own, gap=(now, _bucket_end(draft, _this_bucket(draft))))


def _move(draft: Draft, compare: Compare) -> Step:
    if compare.to == "previous_period":
        move = draft.span.period
        if move is None:
            raise _refused("This range has no period before it.", compare)
    else:
        move = step(compare.to.removeprefix("previous_"))
        if not _moves(draft):
            raise _refused("All time has no earlier period.", compare)
    return _for_buckets(draft, move, compare)


def _moves(draft: Draft) -> bool:
    """Whether there is anything to move: a bound, buckets, or the instant of a state."""
    states = any(isinstance(time, StateField) for time in draft.times.values())
    return bool(draft.grain or draft.span.start or draft.span.end or states)


def _for_buckets(draft: Draft, move: Step, compare: Compare) -> Step:
    found = move if draft.grain is None else bucket_move(draft.grain, move)
    if found is None:
        raise _refused(f"Buckets by {draft.grain}, moved by this, are no buckets.", compare)
    return found


def _end(draft: Draft, compare: Compare, move: Step) -> Bound | None:
    span, moment = draft.span, draft.moment
    if not compare.cut:
        return _back(draft, span.whole, move)
    if span.to_date or (draft.grain is None and span.holds(moment.now)):
        return moment.cut(move)
    return _back(draft, span.end, move)


def _back(draft: Draft, bound: Bound | None, move: Step) -> Bound | None:
    return draft.moment.back(bound, move) if bound else None


def _gap(draft: Draft, compare: Compare, move: Step) -> tuple[Bound, Bound] | None:
    """The rest of the bucket that holds now, in the earlier period; none where it has no partner."""
    span, moment = draft.span, draft.moment
    if draft.grain is None or not compare.cut or span.to_date or not span.holds(moment.now):
        return None
    here = _this_bucket(draft)
    partner = moment.back(here, move)
    if move.forward(partner.local) != here.local:
        return None
    return moment.cut(move), _bucket_end(draft, partner)


def _this_bucket(draft: Draft) -> Bound:
    return draft.moment.floor(draft.moment.now, draft.grain or "day")


def _bucket_end(draft: Draft, start: Bound) -> Bound:
    return draft.moment.bound(step(draft.grain or "day").forward(start.local))


def _state(draft: Draft, compare: Compare, move: Step) -> tuple[Bound, bool]:
    """States are counted at the earlier range's end, or where it is cut; never after now."""
    span, moment = draft.span, draft.moment
    end = span.whole if not compare.cut else span.end
    if end is None or (compare.cut and span.holds(moment.now)):
        return moment.back(moment.now, move), False
    return state_at(moment.back(end, move), moment)


def _refused(why: str, compare: Compare) -> LeadlineError:
    fix = "Compare with another period, or ask another range or grain."
    return LeadlineError("not_comparable", why, fix, compare.at)
