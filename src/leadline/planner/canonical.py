"""One question, one key, however it is written. The keys are those of the architecture.

The live key holds the range as asked; the cache key holds it resolved, and what "now" is. Only spellings that
are answered alike may share a key: a question that will be refused must never meet a kept answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.limits import within_the_calendar
from leadline.core.ranges import Moment, Span, resolve
from leadline.core.viewer import Viewer
from leadline.core.zones import Bound, zone
from leadline.planner.bound import BoundModel
from leadline.planner.canonical_filters import Meaning, all_of, as_asked, as_text
from leadline.planner.draft import Draft, start
from leadline.planner.query import Comparison, Growth, Query, Sort, Top, ranked_by, value_columns
from leadline.planner.steps.names import find_names
from leadline.semantic.rules import scope_key

_VERSION = 2


@dataclass(frozen=True, slots=True)
class Keys:
    """`live`: the topic; `cache`: without the data version, which is read with the data."""

    live: str
    cache: str


def canonical(query: Query, bound: BoundModel) -> Keys:
    """The keys of a query over a model. Equal questions of viewers with equal rights share them.

    Raises LeadlineError for names and ranges that the model and the calendar do not have.
    """
    calendar = bound.model.calendar
    moment = Moment.of(query.as_of, zone(query.time.zone or calendar.zone), calendar)
    with within_the_calendar():
        shape = _shape(query, moment, find_names(start(query, bound, {})))
        span = resolve(query.time.range, moment, "/time/range")
        asked = as_asked(query.time.range, moment, "/time/range")
    head = [_VERSION, query.viewer.org, bound.fingerprint, viewer_scope(query.viewer, bound), shape]
    return Keys(
        live=_hash([*head, asked, query.as_of.isoformat() if query.fixed else None]),
        cache=_hash([*head, _resolved(span), query.as_of.isoformat()]),
    )


def viewer_scope(viewer: Viewer, bound: BoundModel) -> str:
    """What the viewer may see, as text: equal for all whose predicates and values in them are equal."""
    return scope_key(bound.scope(viewer), viewer)


def _shape(query: Query, moment: Moment, draft: Draft) -> dict[str, Any]:
    """Everything but the range, the moment and who asks."""
    fields = Meaning.of_fields(draft, moment)
    columns = Meaning.of_columns(query, draft, moment)
    return {
        "metrics": query.metrics,
        "dimensions": [[dim.field, dim.all] for dim in query.dimensions],
        "times": _times(query, draft),
        "grain": query.time.grain,
        "zone": moment.zone.key,
        "filters": all_of(query.filters, fields),
        "compare": [_compare(one, moment) for one in query.compare],
        "having": all_of(query.having, columns),
        "sort": _sort(query.sort),
        "top": _top(query, query.top),
        "totals": query.totals,
        "subtotals": query.subtotals,
        "limit": query.limit,
        "offset": query.offset,
    }


def _times(query: Query, draft: Draft) -> Any:
    """The time that `by` names from each dataset, however spelled; the name itself where none has it."""
    if query.time.by is None:
        return None
    found = [_reached(draft, dataset, query.time.by) for dataset in draft.datasets]
    return found if any(found) else query.time.by


def _reached(draft: Draft, dataset: str, name: str) -> str | None:
    try:
        return str(draft.field(dataset, name))
    except LeadlineError:
        return None  # whether that is a mistake is said when the plan is made


def _compare(one: Comparison, moment: Moment) -> list[Any]:
    """The column's name says everything but where another range lies."""
    if isinstance(one, Growth):
        return [one.suffix]
    return [one.suffix, as_asked(one.range, moment, one.at + "/to") if one.to == "range" else None]


def _sort(keys: tuple[Sort, ...]) -> list[list[Any]]:
    """The sort keys; a column's second mention decides nothing."""
    first: dict[str, bool] = {}
    for one in keys:
        first.setdefault(one.by, one.desc)
    return [[by, desc] for by, desc in first.items()]


def _top(query: Query, top: Top | None) -> list[Any] | None:
    """The first members with what they are ranked by written out, where that leaves no doubt of the way."""
    if top is None:
        return None
    values = value_columns(query)
    first = next((one for one in query.sort if one.by in values), None)
    doubtful = top.by is None and first is not None and not first.desc
    by = None if doubtful else ranked_by(query).by
    return [top.n, by, top.of or query.dimensions[0].field, top.per, top.other]


def _resolved(span: Span) -> list[Any]:
    bounds = [_bound(one) for one in (span.start, span.end, span.whole)]
    return [*bounds, span.to_date, as_text(str(span.period))]


def _bound(bound: Bound | None) -> str | None:
    return bound.instant.isoformat() if bound else None


def _hash(value: Any) -> str:
    return hashlib.sha256(as_text(value).encode()).hexdigest()[:40]
