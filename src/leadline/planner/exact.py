"""Whether a rollup answers a scan exactly, rule by rule; each rule has the name of its rejection.

The names are those of the model reference ("Right means", 4). The order is from cheap and telling to dear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time

from leadline.core.grain import floor
from leadline.core.result import Rejection
from leadline.core.zones import Bound
from leadline.planner.draft import Draft, Scan, StateField, TimeField
from leadline.planner.query import leaves
from leadline.planner.stored import Stored
from leadline.semantic.model import Rollup

_Rule = Callable[[Draft, Scan, Stored], str | None]

_COVERS = {
    "minute": ("minute", "quarter_hour", "hour", "day", "week", "month", "quarter", "year"),
    "quarter_hour": ("quarter_hour", "hour", "day", "week", "month", "quarter", "year"),
    "hour": ("hour", "day", "week", "month", "quarter", "year"),
    "day": ("day", "week", "month", "quarter", "year"),
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
}
"""Which grains are made of whole buckets of a stored one."""


def reason_against(draft: Draft, scan: Scan, rollup: Rollup) -> Rejection | None:
    """Why the rollup does not answer the scan exactly, or None where it does."""
    stored = Stored(draft.bound.model, rollup)
    for name, rule in _RULES:
        detail = rule(draft, scan, stored)
        if detail is not None:
            return Rejection(rollup.name, name, detail)
    return None


def _disabled(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    state = draft.states.get(stored.rollup.name)
    return None if state is not None and state.usable else "It is not built yet."


def _not_additive(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    for part in scan.inputs:
        found, _ = stored.parts(part)
        if not found.parts:
            return f"{part.dataset}.{part.measure} ({found.name}) cannot be put together from parts."
    return None


def _filter(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    for part in scan.inputs:
        if not stored.base() <= stored.counted(part):
            missing = " and ".join(sorted(stored.base() - stored.counted(part)))
            return f"It holds only rows where {missing}; {part.dataset}.{part.measure} counts others too."
    return None


def _members(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    for name in _fields(draft):
        if stored.field(draft.field(scan.dataset, name)) is None:
            return f"It does not store {name}."
    for part in scan.inputs:
        _, columns = stored.parts(part)
        if None in columns.values():
            return f"It does not store {part.dataset}.{part.measure}."
        if (draft.grain or draft.fields) and not stored.counts_rows(part):
            return f"It does not count the rows of {part.dataset}.{part.measure}."
    return _time_member(scan, stored)


def _fields(draft: Draft) -> Iterator[str]:
    yield from draft.fields
    for one in draft.query.filters:
        for leaf in leaves(one):
            yield leaf.field


def _time_member(scan: Scan, stored: Stored) -> str | None:
    if isinstance(scan.time, StateField):
        return "A state at an instant needs the rows themselves."
    if scan.time is None or not _is_timed(scan):
        return None
    held = stored.rollup.time
    if held is None or scan.time.path or held[0] != scan.time.name:
        return f"Its time is not {scan.time.name}."
    return None


def _is_timed(scan: Scan) -> bool:
    return scan.window.start is not None or scan.window.end is not None


def _grain(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    if draft.grain is None:
        return None
    held = stored.rollup.time
    if held is None or not isinstance(scan.time, TimeField) or scan.time.path or held[0] != scan.time.name:
        return f"It has no buckets by {draft.grain} of the time asked."
    if draft.grain not in _COVERS.get(held[1], ()):
        return f"A {draft.grain} is not made of whole buckets of a {held[1]}."
    return None


def _zone(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    home = draft.bound.model.calendar.zone
    held = stored.rollup.time
    is_date = held is not None and draft.bound.type(scan.dataset, (), held[0]).kind == "date"
    needs = draft.grain is not None or _is_timed(scan)
    if needs and not is_date and draft.zone.key != home:
        return f"Its buckets are in {home}, the question is in {draft.zone.key}."
    return None


def _range(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    window = scan.window
    gap = window.gap or ()
    for bound in (window.start, window.end, *gap):
        if bound is not None and not _begins_bucket(draft, stored, bound):
            return f"The range cuts a stored bucket at {bound.local.isoformat(sep=' ')}."
    return None


def _begins_bucket(draft: Draft, stored: Stored, bound: Bound) -> bool:
    held = stored.rollup.time
    if held is None:
        return False
    if draft.bound.type(stored.rollup.dataset, (), held[0]).kind == "date":
        midnight = datetime.combine(bound.day, time())
        return floor(midnight, held[1], draft.moment.calendar) == midnight
    return draft.moment.floor(bound, held[1]).instant == bound.instant


def _stale(draft: Draft, scan: Scan, stored: Stored) -> str | None:
    state = draft.states[stored.rollup.name]
    return "Its tables changed since it was refreshed." if state.stale else None


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("disabled", _disabled),
    ("not_additive", _not_additive),
    ("filter_not_covered", _filter),
    ("missing_member", _members),
    ("grain_not_derivable", _grain),
    ("zone_differs", _zone),
    ("range_not_covered", _range),
    ("stale", _stale),
)
