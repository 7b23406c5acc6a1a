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
from leadline.semantic.aggregations import aggregation
from leadline.semantic.kinds.base import unanswered
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
    for part in _parts(metric, model):
        if not part.kind.answered:
            raise _at(unanswered(part), at)
        _check_measures(part, model, at)
    return metric


def _parts(metric: Metric, model: Model) -> Iterator[Metric]:
    yield metric
    for name in getattr(metric.kind, "metrics", ()):
        yield from _parts(model.metrics[name], model)


def _check_measures(metric: Metric, model: Model, at: str) -> None:
    for part in metric.kind.inputs(metric, model):
        measure = model.datasets[part.dataset].measures[part.measure]
        if not aggregation(measure.aggregation).answered:
            raise LeadlineError(
                "not_supported",
                f"The metric {metric.name} needs {measure.aggregation}, which is not answered yet.",
                "Ask for a count, sum, avg, min, max or distinct measure.",
                at,
            )
        if measure.currency:
            why = f"The metric {metric.name} converts currencies, which is not answered yet."
            raise LeadlineError("not_supported", why, "Ask a measure without currency.", at)


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
        ref = draft.field(dataset, name)
    except LeadlineError as error:
        raise _at(error, at) from None
    _check_joins(draft, dataset, ref.path, at)
    return ref


def _check_part(draft: Draft, dataset: str, ref: FieldRef, at: str) -> None:
    kind = draft.bound.type(dataset, ref.path, ref.name).kind
    if ref.part and kind not in ("time", "wall", "date"):
        why = f"{ref.name} is no time, so it has no {ref.part}."
        raise LeadlineError("unknown_field", why, "Name a time dimension before the part.", at)


def _check_joins(draft: Draft, dataset: str, path: tuple[str, ...], at: str) -> None:
    here = draft.bound.model.datasets[dataset]
    for step in path:
        if here.joins[step].valid:
            why = f"The join {step} is valid in time, which is not answered yet."
            raise LeadlineError("not_supported", why, "Ask fields of other joins.", at)
        here = draft.bound.model.datasets[here.joins[step].dataset]
