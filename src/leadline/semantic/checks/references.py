"""Metrics name measures and metrics that exist; none is derived from itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error
from leadline.semantic.model import MeasureRef, Metric, Model
from leadline.semantic.references import MAX_DERIVED, exists, measures_of, metrics_of, place_of_parts, sound


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every metric and target."""
    for metric in model.metrics.values():
        for ref in measures_of(metric):
            yield from _measure(model, metric, ref)
        for name in metrics_of(metric):
            if name not in model.metrics:
                yield _unknown_metric(model, f"the metric {metric.name}", name, metric)
        if not metrics_of(metric) and not any(True for _ in measures_of(metric)):
            why = f"the metric {metric.name} names no metric"
            yield error("unknown_metric", why, "Write arithmetic on metrics.", place_of_parts(model, metric))
    yield from _rounds(model)


def _measure(model: Model, metric: Metric, ref: MeasureRef) -> Iterator[Issue]:
    if exists(model, ref):
        return
    dataset = model.datasets.get(ref.dataset)
    if dataset is None:
        near = difflib.get_close_matches(ref.dataset, list(model.datasets), 1)
        why = f"the metric {metric.name} names the measure {ref}, but there is no dataset {ref.dataset}"
        known = f"The datasets are {', '.join(sorted(model.datasets)) or 'none'}."
    else:
        near = difflib.get_close_matches(ref.measure, list(dataset.measures), 1)
        why = f"the metric {metric.name} names the measure {ref.measure}, which {ref.dataset} does not have"
        known = f"Its measures are {', '.join(sorted(dataset.measures)) or 'none'}."
    yield error(
        "unknown_measure",
        why,
        f"Did you mean {near[0]}? {known}" if near else known,
        place_of_parts(model, metric),
    )


def _unknown_metric(model: Model, what: str, name: str, metric: Metric) -> Issue:
    near = difflib.get_close_matches(name, list(model.metrics), 1)
    fix = f"Did you mean {near[0]}?" if near else "Name a metric of this model."
    return error(
        "unknown_metric",
        f"{what} names the metric {name}, which there is not",
        fix,
        place_of_parts(model, metric),
    )


def _rounds(model: Model) -> Iterator[Issue]:
    """Metrics whose parts are all there, and which still come to no end."""
    good = sound(model)
    for metric in model.metrics.values():
        inner = _all_metrics(model, metric)
        if metric.name in good or inner is None:
            continue
        if metric.name in inner:
            why = f"the metric {metric.name} is derived from itself"
            yield error("metric_cycle", why, "Derive it from other metrics.", place_of_parts(model, metric))
        elif not any(name in _all_or_none(model, name) for name in inner):
            why = f"the metric {metric.name} is derived over more than {MAX_DERIVED} steps"
            yield error("metric_too_deep", why, "Name the measures nearer.", place_of_parts(model, metric))


def _all_or_none(model: Model, name: str) -> frozenset[str]:
    return _all_metrics(model, model.metrics[name]) or frozenset()


def _all_metrics(model: Model, metric: Metric) -> frozenset[str] | None:
    """All metrics below a metric; None where something named below is missing."""
    found: set[str] = set()
    waiting = [metric.name]
    while waiting:
        here = model.metrics[waiting.pop()]
        if not all(exists(model, ref) for ref in measures_of(here)):
            return None
        for name in metrics_of(here):
            if name not in model.metrics:
                return None
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
