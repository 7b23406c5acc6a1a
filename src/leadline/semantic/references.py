"""What a metric is made of, whatever its kind: the measures and the metrics that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from leadline.semantic.kinds.base import Input, StateTime
from leadline.semantic.model import MeasureRef, Metric, Model, Place

KEYS = ("measure", "ratio", "derived", "cumulative", "conversion", "snapshot")
"""The key of each kind of metric in a model file."""
MAX_DERIVED = 12
"""How deep metrics may be derived from each other."""


def measures_of(metric: Metric) -> Iterator[MeasureRef]:
    """The measures that the metric itself names."""
    for one in fields(metric.kind):  # type: ignore[arg-type]  # every kind is a dataclass
        value = getattr(metric.kind, one.name)
        if isinstance(value, MeasureRef):
            yield value


def place_of_parts(model: Model, metric: Metric) -> Place:
    """Where the metric says what it is made of."""
    for key in KEYS:
        if ("metrics", metric.name, key) in model.places:
            return model.place_of("metrics", metric.name, key)
    return metric.place


def metrics_of(metric: Metric) -> tuple[str, ...]:
    """The metrics that the metric itself names."""
    named = getattr(metric.kind, "metrics", None) or getattr(metric.kind, "metric", None)
    return (named,) if isinstance(named, str) else tuple(named or ())


def exists(model: Model, ref: MeasureRef) -> bool:
    """Whether the dataset and the measure are there."""
    dataset = model.datasets.get(ref.dataset)
    return dataset is not None and ref.measure in dataset.measures


def sound(model: Model) -> frozenset[str]:
    """The metrics of which everything is there, down to the measures; none that names itself on a round."""
    found: set[str] = set()
    for _ in range(MAX_DERIVED):
        more = {
            name
            for name, metric in model.metrics.items()
            if name not in found and _is_sound(model, metric, found)
        }
        if not more:
            break
        found |= more
    return frozenset(found)


def _is_sound(model: Model, metric: Metric, found: set[str]) -> bool:
    measured = all(exists(model, ref) for ref in measures_of(metric))
    return measured and all(name in found for name in metrics_of(metric))


def inputs_of(model: Model) -> dict[str, tuple[Input, ...]]:
    """The aggregates behind each sound metric."""
    return {
        name: model.metrics[name].kind.inputs(model.metrics[name], model) for name in sorted(sound(model))
    }


def times_of(part: Input) -> tuple[str, ...]:
    """The time fields by which an input's rows lie."""
    if isinstance(part.time, StateTime):
        return (part.time.start, part.time.end)
    return (part.time.field,) if part.time.field else ()
