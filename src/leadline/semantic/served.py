"""Which metrics a rollup could answer at all, by what it stores. The rest is the planner's matter."""

from __future__ import annotations

from leadline.semantic.aggregations import aggregation
from leadline.semantic.expressions.parse import conjuncts
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import EventTime, Input
from leadline.semantic.model import Model, Rollup, RollupColumn
from leadline.semantic.references import inputs_of


def served_metrics(model: Model, rollup: Rollup) -> tuple[str, ...]:
    """The metrics all of whose inputs from the rollup's dataset are stored, in the model's terms."""
    found = []
    for name, inputs in inputs_of(model).items():
        own = [part for part in inputs if part.dataset == rollup.dataset]
        if own and all(_serves(model, rollup, part) for part in own):
            found.append(name)
    return tuple(found)


def _serves(model: Model, rollup: Rollup, part: Input) -> bool:
    if not isinstance(part.time, EventTime):
        return False
    if part.time.field and (rollup.time is None or rollup.time[0] != part.time.field):
        return False
    measure = model.datasets[part.dataset].measures[part.measure]
    counted = parts_of(measure.where) | parts_of(part.filter)
    base = parts_of(rollup.where)
    needed = aggregation(measure.aggregation).parts
    stored = all(
        any(_stores(column, name, measure.operand, counted, base) for column in rollup.columns)
        for name in needed
    )
    return base <= counted and bool(needed) and stored


def _stores(
    column: RollupColumn,
    aggregated: str,
    operand: Expression | None,
    counted: frozenset[str],
    base: frozenset[str],
) -> bool:
    measure = column.measure
    return (
        measure is not None
        and measure.aggregation == aggregated
        and measure.operand == operand
        and parts_of(measure.where) | base == counted | base
    )


def parts_of(where: Expression | None) -> frozenset[str]:
    """The conditions of a `where`; none where there is none."""
    return conjuncts(where) if where is not None else frozenset()
