"""Step 1: every name of the query is found, from every metric's dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.planner.bound import bind
from leadline.planner.draft import Draft, start
from leadline.planner.json_reader import near, pointer
from leadline.planner.query import Query, leaves
from leadline.semantic.model import Metric, Model
from leadline.semantic.resolve import FieldRef


def find_names(draft: Draft) -> Draft:
    """The metrics; dimensions and filters are checked to reach each of them."""
    named = _with_metrics(draft)
    for dataset in named.datasets:
        for name, at in _fields(named):
            _check_part(named, dataset, _reached(named, dataset, name, at), at)
    return named


def check_names(query: Query, model: Model) -> None:
    """Raises the first name of a query that a model does not know; asks nothing of its tables."""
    named = _with_metrics(start(query, bind(model, SourceSchema()), {}))
    for dataset in named.datasets:
        for name, at in _fields(named):
            _reached(named, dataset, name, at)


def _with_metrics(draft: Draft) -> Draft:
    found = tuple(
        _metric(draft.bound.model, name, f"/metrics/{i}") for i, name in enumerate(draft.query.metrics)
    )
    return replace(draft, metrics=found)


def _metric(model: Model, name: str, at: str) -> Metric:
    metric = model.metrics.get(name)
    if metric is None:
        why = f"{name!r:.80} is no metric of the model."
        raise LeadlineError("unknown_metric", why, near(name, model.metrics), at)
    return metric


def _at(error: LeadlineError, at: str) -> LeadlineError:
    return LeadlineError(error.code, error.why, error.fix, at)


def _fields(draft: Draft) -> Iterator[tuple[str, str]]:
    """Every field that is grouped or filtered by, and its pointer."""
    for i, name in enumerate(draft.fields):
        yield name, f"/dimensions/{i}"
    for i, one in enumerate(draft.query.filters):
        for leaf in leaves(one):
            yield leaf.field, (leaf.at or f"/filters/{i}") + pointer("field")


def _reached(draft: Draft, dataset: str, name: str, at: str) -> FieldRef:
    try:
        return draft.field(dataset, name)
    except LeadlineError as error:
        raise _at(error, at) from None


def _check_part(draft: Draft, dataset: str, ref: FieldRef, at: str) -> None:
    kind = draft.bound.type(dataset, ref.path, ref.name).kind
    if ref.part and kind not in ("time", "wall", "date"):
        why = f"{ref.name} is no time, so it has no {ref.part}."
        raise LeadlineError("unknown_field", why, "Name a time dimension before the part.", at)
