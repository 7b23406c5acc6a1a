"""One question, one key, however it is written. The keys are those of the architecture.

The live key holds the range as asked; the cache key holds it resolved, and what "now" is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from leadline.core.ranges import Moment, RangeSpec, Span, resolve
from leadline.core.viewer import Viewer
from leadline.core.zones import Bound, zone
from leadline.planner.bound import BoundModel
from leadline.planner.draft import Draft, start
from leadline.planner.query import AllOf, Compare, Compared, Filter, Not, Query, Scalar
from leadline.planner.steps.names import find_names

_VERSION = 1
_LONG = 250
_EXACT = Context(prec=_LONG)


@dataclass(frozen=True, slots=True)
class Keys:
    """`live`: the topic; `cache`: without the data version, which is read with the data."""

    live: str
    cache: str


def canonical(query: Query, model: BoundModel) -> Keys:
    """The keys of a query over a model. Equal questions of viewers with equal rights share them."""
    calendar = model.model.calendar
    moment = Moment.of(query.as_of, zone(query.time.zone or calendar.zone), calendar)
    shape = _shape(query, model, find_names(start(query, model, {})))
    head = [_VERSION, query.viewer.org, model.fingerprint, viewer_scope(query.viewer), shape]
    span = resolve(query.time.range, moment, "/time/range")
    return Keys(
        live=_hash([*head, _asked(query.time.range), query.as_of.isoformat() if query.fixed else None]),
        cache=_hash([*head, _resolved(span), query.as_of.isoformat()]),
    )


def viewer_scope(viewer: Viewer) -> str:
    """What the viewer may see, as text: equal for all who see the same rows.

    Rules are not enforced yet: a model with rules answers only admins, so every viewer sees all rows.
    """
    return "all"


def _shape(query: Query, model: BoundModel, draft: Draft) -> dict[str, Any]:
    return {
        "metrics": query.metrics,
        "dimensions": [[dim.field, dim.all] for dim in query.dimensions],
        "by": query.time.by,
        "grain": query.time.grain,
        "zone": query.time.zone or model.model.calendar.zone,
        "filters": _all_of(query.filters, draft),
        "compare": [_compare(one) for one in query.compare],
        "sort": [[one.by, one.desc] for one in query.sort],
        "totals": query.totals,
        "limit": query.limit,
        "offset": query.offset,
    }


def _all_of(filters: tuple[Filter, ...], draft: Draft) -> list[str]:
    """The conditions that AND joins, each once, whether or not they stand in an `all`."""
    found: set[str] = set()
    for one in filters:
        found.update(_all_of(one.filters, draft) if isinstance(one, AllOf) else [_filter(one, draft)])
    return sorted(found)


def _filter(one: Filter, draft: Draft) -> str:
    """A filter as text; the order of values and of members does not matter where it has no meaning."""
    if isinstance(one, Compared):
        return _text([_meant(one.field, draft), *_condition(one, draft), _asked(one.range)])
    if isinstance(one, Not):
        return _text(["not", _filter(one.filter, draft)])
    if len(one.filters) == 1:
        return _filter(one.filters[0], draft)
    if isinstance(one, AllOf):
        return _text(["all", _all_of(one.filters, draft)])
    return _text(["any", sorted({_filter(inner, draft) for inner in one.filters})])


def _meant(name: str, draft: Draft) -> list[str]:
    """The dimension that a name means from each dataset, however it is spelled."""
    return [str(draft.field(dataset, name)) for dataset in draft.datasets]


_SETS = {"eq": "in", "ne": "not_in"}
_NUMBERS = ("integer", "decimal", "float")


def _condition(one: Compared, draft: Draft) -> list[Any]:
    op = _SETS.get(one.op, one.op)
    dataset = draft.datasets[0]
    kind = draft.bound.field_type(dataset, draft.field(dataset, one.field)).kind
    values = [_text(_number(value) if kind in _NUMBERS else value) for value in one.values]
    return [op, values if op == "between" else sorted(set(values))]


def _number(value: Scalar) -> Scalar:
    """A number in one spelling: 12, "12" and "12.0" are the same."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    try:
        return format(Decimal(str(value)).normalize(_EXACT), "f") if len(str(value)) < _LONG else value
    except ArithmeticError:
        return value


def _compare(one: Compare) -> list[Any]:
    return [one.to, one.as_, one.align, one.cut, one.pace]


def _asked(spec: RangeSpec | None) -> Any:
    if spec is None or spec.preset == "all" or spec == RangeSpec():
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
