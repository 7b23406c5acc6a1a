"""The events of a conversion have times, and their entity is known to both datasets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error
from leadline.semantic.kinds.conversion import Conversion
from leadline.semantic.model import Dataset, MeasureRef, Metric, Model
from leadline.semantic.reading import Reading
from leadline.semantic.references import exists, place_of_parts


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every conversion metric whose measures are there."""
    reading = Reading(model, schema)
    for metric in model.metrics.values():
        kind = metric.kind
        if isinstance(kind, Conversion):
            for ref in (kind.start, kind.end):
                if exists(model, ref):
                    yield from _event(model, metric, ref)
            if exists(model, kind.start) and exists(model, kind.end):
                yield from _entity(reading, metric, kind)


def _event(model: Model, metric: Metric, ref: MeasureRef) -> Iterator[Issue]:
    if model.measure(ref).time is None:
        why = f"the conversion {metric.name} needs a time of {ref}"
        yield error("no_time", why, f"Give the measure {ref} a time.", place_of_parts(model, metric))


def _entity(reading: Reading, metric: Metric, kind: Conversion) -> Iterator[Issue]:
    """A join of one dataset leads to the other, or a column or join of that name is in both."""
    model = reading.model
    first, second = model.datasets[kind.start.dataset], model.datasets[kind.end.dataset]
    for here, there in ((first, second), (second, first)):
        if not _has(reading, here, kind.entity, there):
            why = f"the conversion {metric.name} follows {kind.entity}, which {here.name} does not have"
            fix = "Name a column or join of both datasets, or a join of one that leads to the other."
            place = model.place_of("metrics", metric.name, "conversion", "entity")
            yield error("unknown_field", why, fix, place)


def _has(reading: Reading, here: Dataset, entity: str, there: Dataset) -> bool:
    leads_here = entity in there.joins and there.joins[entity].dataset == here.name
    table = reading.table(here)
    named = entity in here.joins or entity in here.dimensions
    return (
        named
        or leads_here
        or (table is None and reading.schema is None)
        or bool(table and entity in table.columns)
    )
