"""Names in expressions are dimensions, columns or joins; types fit; conditions are true or false."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadline.core.errors import LeadlineError
from leadline.core.schema import OTHER, ColumnType, SourceSchema
from leadline.semantic.expressions.functions.kinds import MOMENTS, NUMBERS, shown
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.issues import Issue, error, from_error, warning
from leadline.semantic.model import Dataset, Dimension, Measure, Model, Place, Rollup
from leadline.semantic.reading import Reading
from leadline.semantic.references import exists, measures_of

_OF_NUMBERS = frozenset(("sum", "avg", "median", "percentile"))
_STATED = {
    "time": MOMENTS,
    "date": ("date",),
    "number": NUMBERS,
    "boolean": ("boolean",),
    "text": ("text", "other"),
}


@dataclass(frozen=True)
class Use:
    """An expression over a dataset's rows: what it is, where it stands, whether it must be a condition."""

    what: str
    dataset: Dataset
    expression: Expression
    place: Place
    condition: bool = True


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Dimensions, measures, filters of metrics and rollups. Row rules have a check of their own."""
    reading = Reading(model, schema)
    for dataset in model.datasets.values():
        for dimension in dataset.dimensions.values():
            yield from _dimension(reading, dataset, dimension)
        for measure in dataset.measures.values():
            yield from _measure(reading, dataset, measure)
    for use in (*_metrics(model), *_rollups(model)):
        yield from check_use(reading, use)


def check_use(reading: Reading, use: Use) -> Iterator[Issue]:
    """What is wrong with one expression."""
    try:
        found = reading.expression(use.dataset, use.expression)
    except LeadlineError as failure:
        yield from_error(failure, use.place, use.what)
        return
    if use.condition and found != OTHER and found.kind != "boolean":
        why = f"{use.what} is a {shown(found)}, not a condition"
        yield error("wrong_type", why, "Compare it with something.", use.place)


def _dimension(reading: Reading, dataset: Dataset, dimension: Dimension) -> Iterator[Issue]:
    what = f"the dimension {dataset.name}.{dimension.name}"
    path = ("datasets", dataset.name, "dimensions", dimension.name)
    try:
        found = reading.name(dataset, (), dimension.name)
    except LeadlineError as failure:
        if dimension.expr is not None:  # a missing column is told by the check of tables
            yield from_error(failure, reading.model.place_of(*path, "expr"), what)
        return
    yield from _stated(dimension, found, what, reading.model.place_of(*path, "type"))


def _stated(dimension: Dimension, found: ColumnType, what: str, place: Place) -> Iterator[Issue]:
    """What the author says it is must be what it is."""
    if dimension.type is None or found == OTHER or found.kind in _STATED[dimension.type]:
        return
    why = f"{what} is stated as {dimension.type}, but is a {shown(found)}"
    fix = "Leave the type out, or give an expr that casts it."
    broken = dimension.type in ("time", "date") and found.kind not in MOMENTS
    yield (error if broken else warning)("wrong_type", why, fix, place)


def _measure(reading: Reading, dataset: Dataset, measure: Measure) -> Iterator[Issue]:
    what = f"the measure {dataset.name}.{measure.name}"
    path = ("datasets", dataset.name, "measures", measure.name)
    place = reading.model.place_of(*path, measure.aggregation)
    if measure.where:
        at = reading.model.place_of(*path, "where")
        yield from check_use(reading, Use(f"where of {what}", dataset, measure.where, at))
    yield from _operand(reading, dataset, measure, what, place)


def _operand(
    reading: Reading, dataset: Dataset, measure: Measure, what: str, place: Place
) -> Iterator[Issue]:
    """An aggregation of numbers needs a number."""
    if measure.operand is None:
        return
    try:
        found = reading.expression(dataset, measure.operand)
    except LeadlineError as failure:
        yield from_error(failure, place, what)
        return
    if measure.aggregation in _OF_NUMBERS and found != OTHER and found.kind not in NUMBERS:
        why = f"{what}: {measure.aggregation} needs a number, not a {shown(found)}"
        yield error("wrong_type", why, "Cast it, or count it.", place)


def _metrics(model: Model) -> Iterator[Use]:
    for metric in model.metrics.values():
        for ref in measures_of(metric):
            if metric.filter and exists(model, ref):
                what = f"the filter of the metric {metric.name}"
                place = model.place_of("metrics", metric.name, "filter")
                yield Use(what, model.datasets[ref.dataset], metric.filter, place)


def _rollups(model: Model) -> Iterator[Use]:
    for rollup in model.rollups.values():
        dataset = model.datasets.get(rollup.dataset)
        if dataset and rollup.where:
            place = model.place_of("rollups", rollup.name, "where")
            yield Use(f"where of the rollup {rollup.name}", dataset, rollup.where, place)
        if dataset:
            yield from _own_measures(model, rollup, dataset)


def _own_measures(model: Model, rollup: Rollup, dataset: Dataset) -> Iterator[Use]:
    """Aggregates that only the rollup has, such as avg(amount)."""
    for column in rollup.columns:
        measure = column.measure
        if measure and measure.operand and measure not in dataset.measures.values():
            what = f"the column {column.name} of the rollup {rollup.name}"
            yield Use(what, dataset, measure.operand, measure.place, condition=False)
