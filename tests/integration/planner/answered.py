"""What random questions and models may use, by name: a test can leave features out with `using`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CALENDARS = {
    "short_grains": "buckets of minutes, quarter hours and hours",
    "fiscal": "fiscal buckets, ranges and comparisons",
    "retail": "retail buckets, ranges and comparisons",
    "next_ranges": "ranges that lie ahead, and minutes",
    "calendar": "other zones, week starts and fiscal years of the model",
    "double_midnight": "zones where a midnight exists twice",
}
_KINDS = {
    "cumulative": "metrics over a window",
    "conversion": "metrics of two events",
    "conversion_entity": "conversions whose entity has several events",
    "states": "snapshots by bucket, at the first day, and their mean",
    "quantiles": "median and percentile",
    "ends": "first and last",
    "currency": "amounts in several currencies",
    "no_rate": "currencies that have no rate yet",
    "valid": "joins valid in time",
    "models": "random measures and metrics, over more joins",
}
_QUESTIONS = {
    "by_path": "times over joins",
    "shift": "comparisons with a shift",
    "range": "comparisons with another range",
    "weekday": "comparisons aligned by weekday",
    "total": "shares of the total",
    "growth": "compound and rolling growth",
    "having": "conditions on finished rows",
    "top": "the first members",
    "other": "those left out as one",
    "subtotals": "subtotals",
    "empty_refusals": "not_comparable also where an open range has no row, and so no bucket that could move",
}
_REST = {
    "rules": "row rules and several viewers",
    "rules_targets": "targets under row rules",
    "rollups": "random rollups",
    "edge": "rollups of which some buckets were touched since their refresh",
}
ALL = frozenset({**_CALENDARS, **_KINDS, **_QUESTIONS, **_REST})

ANSWERED: frozenset[str] = ALL


_used: ContextVar[frozenset[str]] = ContextVar("_used", default=ANSWERED)


def answers(*features: str) -> bool:
    """Whether all these may be used. A name that is none is a mistake of the test."""
    assert ALL.issuperset(features), features
    return _used.get().issuperset(features)


@contextmanager
def using(features: frozenset[str]) -> Iterator[None]:
    """What is made inside may use these, whatever is answered."""
    token = _used.set(features)
    try:
        yield
    finally:
        _used.reset(token)
