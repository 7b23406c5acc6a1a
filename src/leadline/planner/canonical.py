"""One question, one key, however it is written. The keys are those of the architecture.

The live key holds the range as asked; the cache key holds it resolved, and what "now" is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from leadline.core.ranges import Moment, RangeSpec, Span, resolve
from leadline.core.viewer import Viewer
from leadline.core.zones import Bound, zone
from leadline.planner.bound import BoundModel
from leadline.planner.query import AllOf, AnyOf, Compare, Compared, Filter, Not, Query

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Keys:
    """`live`: the topic; `cache`: without the data version, which is read with the data."""

    live: str
    cache: str


def canonical(query: Query, model: BoundModel) -> Keys:
    """The keys of a query over a model. Equal questions of viewers with equal rights share them."""
    calendar = model.model.calendar
    moment = Moment.of(query.as_of, zone(query.time.zone or calendar.zone), calendar)
    shape = _shape(query, model)
    head = [_VERSION, query.viewer.org, model.fingerprint, viewer_scope(query.viewer), shape]
    span = resolve(query.time.range, moment, "/time/range")
    return Keys(
        live=_hash([*head, _asked(query.time.range)]),
        cache=_hash([*head, _resolved(span), query.as_of.isoformat()]),
    )


def viewer_scope(viewer: Viewer) -> str:
    """What the viewer may see, as text: equal for all who see the same rows.

    Rules are not enforced yet: a model with rules answers only admins, so every viewer sees all rows.
    """
    return "all"


def _shape(query: Query, model: BoundModel) -> dict[str, Any]:
    return {
        "metrics": query.metrics,
        "dimensions": [[dim.field, dim.all] for dim in query.dimensions],
        "by": query.time.by,
        "grain": query.time.grain,
        "zone": query.time.zone or model.model.calendar.zone,
        "filters": sorted(_filter(one) for one in query.filters),
        "compare": [_compare(one) for one in query.compare],
        "sort": [[one.by, one.desc] for one in query.sort],
        "totals": query.totals,
        "limit": query.limit,
        "offset": query.offset,
    }


def _filter(one: Filter) -> str:
    """A filter as text; the order of values and of members does not matter where it has no meaning."""
    if isinstance(one, Compared):
        return _text([one.field, *_condition(one), _asked(one.range)])
    if isinstance(one, Not):
        return _text(["not", _filter(one.filter)])
    word = "any" if isinstance(one, AnyOf) else "all"
    return _text([word, sorted({_filter(inner) for inner in _members(one)})])


def _members(one: AnyOf | AllOf) -> tuple[Filter, ...]:
    return one.filters


_SETS = {"eq": "in", "ne": "not_in"}


def _condition(one: Compared) -> list[Any]:
    op = _SETS.get(one.op, one.op)
    ordered = op == "between"
    values = [_text(value) for value in one.values]
    return [op, values if ordered else sorted(set(values))]


def _compare(one: Compare) -> list[Any]:
    return [one.to, one.as_, one.align, one.cut, one.pace]


def _asked(spec: RangeSpec | None) -> Any:
    if spec is None or spec.preset == "all":
        return None
    return [spec.preset, spec.start, spec.end]


def _resolved(span: Span) -> list[Any]:
    return [
        *(_bound(one) for one in (span.start, span.end, span.whole)),
        span.to_date,
        _text(str(span.period)),
    ]


def _bound(bound: Bound | None) -> str | None:
    return bound.instant.isoformat() if bound else None


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()[:40]
