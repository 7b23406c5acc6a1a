"""What a model needs of its source: tables, columns of time, keys that joins go to."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.doctor.names import qualified
from leadline.semantic.model import Dataset, Model
from leadline.semantic.references import inputs_of, times_of


def tables(model: Model | None) -> list[str]:
    """Every table that the model names, as `schema.table`."""
    if model is None:
        return []
    named = [dataset.table for dataset in model.datasets.values()]
    named += [target.table for target in model.targets.values()]
    named += [model.currency_rates.table] if model.currency_rates else []
    return sorted({qualified(table) for table in named})


def dataset_tables(model: Model | None) -> list[str]:
    """The tables whose rows are counted and grouped."""
    return sorted({qualified(one.table) for one in model.datasets.values()}) if model else []


def rollup_tables(model: Model | None) -> list[str]:
    """The tables that rollups are built from."""
    found: set[str] = set()
    for rollup in model.rollups.values() if model else ():
        found.add(qualified(model.datasets[rollup.dataset].table) if model else "")
        paths = [column.dimension for column in rollup.columns if column.dimension]
        found |= {table for path in paths if model for table in _joined(model, rollup.dataset, path)}
    return sorted(found)


def _joined(model: Model, dataset: str, path: str) -> Iterator[str]:
    """The tables on the way of `join.join.dimension`."""
    here = model.datasets[dataset]
    for step in path.split(".")[:-1]:
        join = here.joins.get(step)
        if join is None:
            return
        here = model.datasets[join.dataset]
        yield qualified(here.table)


def time_columns(model: Model | None) -> list[tuple[str, str]]:
    """(table, column) of every time that metrics and rollups count by, where it is a column itself."""
    if model is None:
        return []
    named = [
        (part.dataset, name)
        for inputs in inputs_of(model).values()
        for part in inputs
        for name in times_of(part)
    ]
    named += [(one.dataset, one.time[0]) for one in model.rollups.values() if one.time]
    return sorted({found for dataset, name in named if (found := _located(model, dataset, name))})


def rollups_by_time(model: Model | None) -> dict[tuple[str, str], list[str]]:
    """The names of the rollups whose buckets lie by a (table, column)."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in model.rollups.values() if model else ():
        if one.time and model and (where := _located(model, one.dataset, one.time[0])):
            found.setdefault(where, []).append(one.name)
    return found


def _located(model: Model, dataset: str, name: str) -> tuple[str, str] | None:
    """(table, column) behind a time of a dataset, if it is a column."""
    column = _column(model.datasets[dataset], name)
    return (qualified(model.datasets[dataset].table), column) if column else None


def _column(dataset: Dataset, name: str) -> str | None:
    """The column behind a time's name; None where it is an expression, or another table's."""
    if "." in name:
        return None
    dimension = dataset.dimensions.get(name)
    return name if dimension is None else dimension.column


def join_keys(model: Model | None) -> list[tuple[str, tuple[str, ...]]]:
    """(table, columns) that a join looks its partner up by."""
    if model is None:
        return []
    joins = [join for dataset in model.datasets.values() for join in dataset.joins.values()]
    found = {
        (qualified(model.datasets[join.dataset].table), tuple(theirs for _, theirs in join.on))
        for join in joins
        if join.dataset in model.datasets
    }
    return sorted(found)
