"""Snapshots that read what the end of `valid` changes: their past would be seen with today's eyes.

A row that ended last month had another status the month before; the table knows only today's. Two rules tell
such a column: its name says so (status, stage, ...), or a metric that lies by the time at which a row ends
has it in its condition (`won` counts `status = 'won'` by `closed_at`).
"""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.schema import SourceSchema
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.issues import Issue, warning
from leadline.semantic.kinds.base import StateTime
from leadline.semantic.model import Dataset, Metric, Model
from leadline.semantic.references import inputs_of, times_of

_TELLING = frozenset(("status", "stage", "phase", "outcome"))
_SAYING = frozenset(("is_won", "is_lost", "is_open", "is_closed", "won", "lost"))


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every metric that is a state, with its measure and its filter."""
    for name, inputs in inputs_of(model).items():
        metric = model.metrics[name]
        for part in inputs:
            if isinstance(part.time, StateTime) and times_of(part) == _own_times(metric):
                dataset = model.datasets[part.dataset]
                measure = dataset.measures[part.measure]
                used = [one for one in (measure.operand, measure.where, metric.filter) if one is not None]
                yield from _read(model, metric, dataset, part.time.end, used)


def _own_times(metric: Metric) -> tuple[str, ...]:
    """The times that the metric itself states; those that it takes over are told where they are stated."""
    return tuple(
        value for key in ("start", "end") if isinstance(value := getattr(metric.kind, key, None), str)
    )


def _read(
    model: Model, metric: Metric, dataset: Dataset, end: str, used: list[Expression]
) -> Iterable[Issue]:
    changing = changing_fields(model, dataset, end)
    for column in sorted({column for one in used for column in _columns(dataset, one)} & changing):
        why = (
            f"the snapshot {metric.name} reads {column}, which changes when {end} is set: "
            "for a past instant it would still be that of today"
        )
        fix = f"Leave {column} out: rows hold from the start to the end of valid whatever became of them."
        yield warning("snapshot_of_today", why, fix, metric.place)


def changing_fields(model: Model, dataset: Dataset, end: str) -> frozenset[str]:
    """The columns of a dataset that change when `end` is set, as far as names and metrics tell."""
    read = {column for one in _conditions(model, dataset, end) for column in _columns(dataset, one)}
    known = {one.column or one.name for one in dataset.dimensions.values()}
    every = {
        column for measure in dataset.measures.values() for column in _of_measure(dataset, measure.where)
    }
    telling = {column for column in known | every if _tells(column)}
    return frozenset(read | telling) - {end}


def _tells(column: str) -> bool:
    """Whether a column's name says that it is a state of the row."""
    return column.lower() in _SAYING or bool(_TELLING & set(column.lower().split("_")))


def _of_measure(dataset: Dataset, where: Expression | None) -> frozenset[str]:
    return _columns(dataset, where) if where is not None else frozenset()


def _conditions(model: Model, dataset: Dataset, end: str) -> list[Expression]:
    """What metrics that lie by `end` ask of their rows."""
    found = []
    for inputs in inputs_of(model).values():
        for part in inputs:
            if part.dataset == dataset.name and times_of(part) == (end,):
                where = dataset.measures[part.measure].where
                found.extend([where] if where is not None else [])
    return found


def _columns(dataset: Dataset, expression: Expression, depth: int = 0) -> frozenset[str]:
    """The dataset's own columns that an expression reads, through its dimensions."""
    found: set[str] = set()
    for name in names(expression):
        dimension = dataset.dimensions.get(name.name) if not name.path else None
        if dimension is not None and dimension.expr is not None and depth < 5:
            found |= _columns(dataset, dimension.expr, depth + 1)
        elif not name.path:
            found.add(dimension.column if dimension and dimension.column else name.name)
    return frozenset(found)
