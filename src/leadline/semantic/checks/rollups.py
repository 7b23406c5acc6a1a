"""Rollups store what exists, under names of their own, and some metric can use them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.semantic.checks.times import time_field
from leadline.semantic.issues import Issue, error, warning
from leadline.semantic.model import Dataset, Model, Place, Rollup, RollupColumn
from leadline.semantic.reading import Reading
from leadline.semantic.resolve import follow
from leadline.semantic.served import served_metrics


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every rollup."""
    for rollup in model.rollups.values():
        dataset = model.datasets.get(rollup.dataset)
        if dataset is None:
            known = ", ".join(sorted(model.datasets)) or "none"
            why = f"the rollup {rollup.name} is of the dataset {rollup.dataset}, which there is not"
            place = model.place_of("rollups", rollup.name, "dataset")
            yield error("unknown_dataset", why, f"The datasets are {known}.", place)
            continue
        found = [
            *_time(Reading(model, schema), rollup, dataset),
            *_columns(model, rollup, dataset),
            *_index(model, rollup),
        ]
        yield from found or _use(model, rollup)


def _time(reading: Reading, rollup: Rollup, dataset: Dataset) -> Iterator[Issue]:
    buckets = [column for column in rollup.columns if column.time]
    place = reading.model.place_of("rollups", rollup.name, "time")
    if rollup.time:
        yield from time_field(reading, dataset, rollup.time[0], place, f"the rollup {rollup.name}")
    if rollup.time and not buckets:
        why = f"the rollup {rollup.name} has a time, but no column with the bucket"
        yield error("missing_key", why, "Add a column such as date: time.", place)
    if buckets and not rollup.time:
        why = f"the rollup {rollup.name} has the column {buckets[0].name} with the bucket, but no time"
        yield error("missing_key", why, "Write time: {closed_at: day}.", rollup.place)


def _columns(model: Model, rollup: Rollup, dataset: Dataset) -> Iterator[Issue]:
    seen: set[str] = set()
    for column in rollup.columns:
        if column.name in seen:
            why = f"the rollup {rollup.name} has two columns {column.name}"
            yield error("duplicate_key", why, "Name one of them otherwise.", _place(model, rollup, column))
        seen.add(column.name)
        if column.dimension:
            yield from _dimension(model, rollup, dataset, column)


def _dimension(model: Model, rollup: Rollup, dataset: Dataset, column: RollupColumn) -> Iterator[Issue]:
    """A dimension over joins; what is none was perhaps meant as a measure."""
    path = tuple((column.dimension or "").split("."))
    try:
        follow(model, dataset.name, path)
    except LeadlineError as failure:
        what = f"the column {column.name} of the rollup {rollup.name}"
        why, fix = f"{what}: {failure.why}", failure.fix
        if len(path) == 1:
            near = difflib.get_close_matches(path[0], [*dataset.measures, *dataset.dimensions], 1)
            why = f"{what} is no measure or dimension of {dataset.name}"
            fix = f"Did you mean {near[0]}?" if near else "Name a measure, a dimension, or time."
        yield error("unknown_field", why, fix, _place(model, rollup, column))


def _place(model: Model, rollup: Rollup, column: RollupColumn) -> Place:
    for key in ("columns", "by"):
        if ("rollups", rollup.name, key, column.name) in model.places:
            return model.place_of("rollups", rollup.name, key, column.name)
    return model.place_of("rollups", rollup.name, "measures")


def _index(model: Model, rollup: Rollup) -> Iterator[Issue]:
    names = [column.name for column in rollup.columns]
    for name, _ in rollup.index:
        if name not in names:
            why = f"the index of the rollup {rollup.name} names {name}, which is none of its columns"
            place = model.place_of("rollups", rollup.name, "index")
            yield error("unknown_column", why, f"Its columns are {', '.join(names)}.", place)


def _use(model: Model, rollup: Rollup) -> Iterator[Issue]:
    if not served_metrics(model, rollup):
        why = f"no metric can use the rollup {rollup.name}"
        fix = "Store what a metric adds up, by its time, under no condition that it does not have."
        yield warning("unused_rollup", why, fix, rollup.place)
