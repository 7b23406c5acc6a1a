"""Every metric has a time where it needs one, and every time named is a time of its dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadline.core.errors import LeadlineError
from leadline.core.schema import OTHER, SourceSchema
from leadline.semantic.expressions.functions.kinds import MOMENTS, shown
from leadline.semantic.issues import Issue, error, from_error, warning
from leadline.semantic.kinds.base import EventTime, Input
from leadline.semantic.model import Dataset, Metric, Model, Place
from leadline.semantic.reading import Reading
from leadline.semantic.references import inputs_of, measures_of, times_of


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Measures, metrics and rollups."""
    reading = Reading(model, schema)
    for dataset in model.datasets.values():
        for measure in dataset.measures.values():
            if measure.time:
                what = f"the measure {dataset.name}.{measure.name}"
                place = model.place_of("datasets", dataset.name, "measures", measure.name, "time")
                yield from time_field(reading, dataset, measure.time, place, what)
    for name, inputs in inputs_of(model).items():
        metric = model.metrics[name]
        if any(True for _ in measures_of(metric)):  # others take the times of what they name
            yield from _times(reading, metric, inputs)
            yield from _missing(model, metric)


def _times(reading: Reading, metric: Metric, inputs: tuple[Input, ...]) -> Iterator[Issue]:
    """The times that the metric itself states."""
    model = reading.model
    key = "time" if metric.time else "valid"
    place = model.place_of("metrics", metric.name, key)
    for part in inputs:
        dataset = model.datasets[part.dataset]
        for field in times_of(part):
            if field != dataset.measures[part.measure].time:
                yield from time_field(reading, dataset, field, place, f"the metric {metric.name}")


def _missing(model: Model, metric: Metric) -> Iterator[Issue]:
    """A metric without time ignores every range; that is seldom meant where its dataset has times."""
    for part in dict.fromkeys(metric.kind.inputs(metric, model)):
        if part.time != EventTime(None):
            continue
        times = [
            one.name
            for one in model.datasets[part.dataset].dimensions.values()
            if one.type in ("time", "date")
        ]
        if times:
            why = f"the metric {metric.name} has no time: a range of a query will not apply to it"
            fix = f"State time: {' or '.join(times)}, here or in the measure {part.dataset}.{part.measure}."
            yield warning("no_time", why, fix, metric.place)
            return


def time_field(reading: Reading, dataset: Dataset, field: str, place: Place, what: str) -> Iterator[Issue]:
    """What is wrong with a field that is named as a time of the dataset."""
    dimension = dataset.dimensions.get(field)
    if "." in field:
        why = f"{what} has its time {field} over a join"
        yield error("unknown_field", why, f"Name a time dimension of {dataset.name} itself.", place)
        return
    if dimension is not None and dimension.type not in (None, "time", "date"):
        why = f"{what} has the time {field}, which is stated as {dimension.type}"
        yield error("wrong_type", why, "State type: time.", place)
        return
    try:
        found = reading.name(dataset, (), field)
    except LeadlineError as failure:
        if dimension is None or dimension.expr is not None:
            yield from_error(failure, place, f"{what} has the time {field}")
        return
    if found != OTHER and found.kind not in MOMENTS:
        why = f"{what} has the time {field}, which is a {shown(found)}"
        yield error("wrong_type", why, "Name a date or timestamp.", place)
    elif dimension is None and reading.table(dataset) is None:
        yield from _undeclared(dataset, field, place, what)


def _undeclared(dataset: Dataset, field: str, place: Place, what: str) -> Iterator[Issue]:
    """Without a source, a time that is no dimension may be a column, or a slip."""
    why = f"{what} has the time {field}, which is no dimension of {dataset.name}"
    fix = f"Add the dimension {field}: {{column: {field}, type: time}}."
    yield warning("unknown_field", why, fix, place)
