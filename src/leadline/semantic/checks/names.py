"""Names that mean something of our own, and words that need another part of the model."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error, warning
from leadline.semantic.model import Model

BUCKET = "time"
"""The column of a result that holds the bucket."""
_OURS = frozenset(("rollup_state", "change_mark"))
"""Tables of ours in the schema in which rollups lie."""
_BESIDE = ("__rows", "__new")
"""Endings of the tables in which a rollup of the name before them keeps its rows, and is built anew."""


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Metrics, shared dimensions and rollups."""
    for kind, named in (("metrics", model.metrics), ("dimensions", model.shared)):
        if BUCKET in named:
            why = f"the name {BUCKET} is that of the column with the bucket"
            yield error("name_taken", why, "Choose another name.", model.place_of(kind, BUCKET))
    for rollup in model.rollups.values():
        if rollup.name in _OURS:
            why = f"the rollup's name {rollup.name} is that of a table of our own"
            yield error("name_taken", why, "Choose another name.", rollup.place)
        if rollup.name.endswith(_BESIDE):
            why = f"the rollup's name {rollup.name} ends as that of a table in which another one is kept"
            fix = f"Choose a name that ends neither with {_BESIDE[0]} nor with {_BESIDE[1]}."
            yield error("name_taken", why, fix, rollup.place)
    yield from _currency(model)


def _currency(model: Model) -> Iterable[Issue]:
    for metric in model.metrics.values():
        if metric.unit == "currency" and model.currency is None:
            why = f"the metric {metric.name} is in currency, but the model names none"
            place = model.place_of("metrics", metric.name, "unit")
            yield warning("no_currency", why, "Write currency: USD at the top.", place)
    for dataset in model.datasets.values():
        for measure in dataset.measures.values():
            if measure.currency and model.currency_rates is None:
                why = f"the measure {dataset.name}.{measure.name} converts currencies, but there are no rates"
                place = model.place_of("datasets", dataset.name, "measures", measure.name, "currency")
                yield error("no_currency_rates", why, "Give currency_rates at the top.", place)
