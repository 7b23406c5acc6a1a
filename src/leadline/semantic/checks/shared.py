"""Shared dimensions lead to dimensions, and their names are not taken."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error, from_error
from leadline.semantic.model import Model, Place
from leadline.semantic.resolve import follow


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every path of every shared dimension."""
    for name, paths in model.shared.items():
        if name in model.metrics:
            why = f"{name} is a metric and a shared dimension: a query could not tell them apart"
            yield error("name_taken", why, "Rename one of them.", model.place_of("dimensions", name))
        for dataset, path in paths.items():
            place = model.place_of("dimensions", name, dataset)
            yield from _path(model, name, dataset, path, place)


def _path(model: Model, name: str, dataset: str, path: str, place: Place) -> Iterable[Issue]:
    if dataset not in model.datasets:
        known = ", ".join(sorted(model.datasets)) or "none"
        why = f"the shared dimension {name} names the dataset {dataset}, which there is not"
        yield error("unknown_dataset", why, f"The datasets are {known}.", place)
        return
    try:
        follow(model, dataset, tuple(path.split(".")))
    except LeadlineError as failure:
        yield from_error(failure, place, f"the shared dimension {name} in {dataset}")
