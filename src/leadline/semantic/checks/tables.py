"""Tables and columns that the model names exist in the source. Says nothing where no source is known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from leadline.core.schema import SourceSchema, TableSchema
from leadline.semantic.issues import Issue, error
from leadline.semantic.model import Dataset, Model, Place, Target

Named = tuple[str, str, Place]
"""What a column is, its name, and where it is named."""


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Datasets with their keys, joins and dimensions; targets; currency rates."""
    if schema is None:
        return
    for dataset in model.datasets.values():
        place = model.place_of("datasets", dataset.name, "table")
        yield from _table(schema, dataset.table, place, _of_dataset(model, dataset))
        for join in dataset.joins.values():
            partner = model.datasets.get(join.dataset)
            table = schema.table(partner.table) if partner else None
            if table:
                theirs = [(f"the join {join.name}", column, join.place) for _, column in join.on]
                valid = [(f"the join {join.name}", column, join.place) for column in join.valid or ()]
                yield from _columns(table, [*theirs, *valid])
    for target in model.targets.values():
        yield from _table(schema, target.table, target.place, _of_target(model, target))
    if model.currency_rates:
        rates = model.currency_rates
        what = [
            ("currency_rates", column, rates.place) for column in (rates.date, rates.currency, rates.per_usd)
        ]
        yield from _table(schema, rates.table, rates.place, what)


def _of_target(model: Model, target: Target) -> Iterator[Named]:
    what = f"the target of {target.metric}"
    for key, column in (("start", target.start), ("value", target.value)):
        yield what, column, model.place_of("targets", target.metric, key)
    for name, column in target.by:
        yield what, column, model.place_of("targets", target.metric, "by", name)


def _of_dataset(model: Model, dataset: Dataset) -> Iterator[Named]:
    path = ("datasets", dataset.name)
    for column in dataset.key:
        yield f"the key of {dataset.name}", column, model.place_of(*path, "key")
    for join in dataset.joins.values():
        for own, _ in join.on:
            yield f"the join {join.name}", own, join.place
    for dimension in dataset.dimensions.values():
        if dimension.column:
            place = model.place_of(*path, "dimensions", dimension.name, "column")
            yield f"the dimension {dataset.name}.{dimension.name}", dimension.column, place
    for measure in dataset.measures.values():
        if measure.currency:
            place = model.place_of(*path, "measures", measure.name, "currency")
            yield f"the measure {dataset.name}.{measure.name}", measure.currency, place


def _table(schema: SourceSchema, name: str, place: Place, named: Iterable[Named]) -> Iterator[Issue]:
    table = schema.table(name)
    if table is not None:
        yield from _columns(table, named)
        return
    near = difflib.get_close_matches(name, list(schema.tables), 1)
    fix = f"Did you mean {near[0]}?" if near else "Create it, or grant SELECT on it to the reader."
    yield error("unknown_table", f"the source has no table {name}, or it may not be read", fix, place)


def _columns(table: TableSchema, named: Iterable[Named]) -> Iterator[Issue]:
    for what, column, place in named:
        if column not in table.columns:
            near = difflib.get_close_matches(column, list(table.columns), 1)
            fix = f"Did you mean {near[0]}?" if near else f"Its columns are {', '.join(table.columns)}."
            why = f"{what} reads the column {column}, which {table.name} does not have"
            yield error("unknown_column", why, fix, place)
