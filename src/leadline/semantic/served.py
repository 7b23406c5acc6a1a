"""Which metrics a rollup could answer at all, by what it stores. The rest is the planner's matter."""

from __future__ import annotations

from functools import lru_cache

from leadline.semantic.aggregations import aggregation
from leadline.semantic.expressions.parse import conjuncts, parse
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import Input, StateTime
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
    if isinstance(part.time, StateTime) and part.time.mean:
        return False
    field = part.time.start if isinstance(part.time, StateTime) else part.time.field
    if field and (rollup.time is None or rollup.time[0] != field):
        return False
    measure = model.datasets[part.dataset].measures[part.measure]
    counted = parts_of(measure.where) | parts_of(part.filter)
    base = parts_of(rollup.where)
    open_ = not_ended(part.time.end) if isinstance(part.time, StateTime) else frozenset[str]()
    needed = aggregation(measure.aggregation).parts
    stored = all(
        any(_stores(column, name, measure.operand, counted, base) for column in rollup.columns)
        for name in needed
    )
    return open_ <= base <= counted | open_ and bool(needed) and stored


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


@lru_cache(maxsize=100)
def not_ended(end: str) -> frozenset[str]:
    """The condition that a state has no end, by the name of its end: a rollup of states holds those only."""
    quoted = end.replace('"', '""')
    return conjuncts(parse(f'"{quoted}" is null'))


def parts_of(where: Expression | None) -> frozenset[str]:
    """The conditions of a `where`; none where there is none."""
    return conjuncts(where) if where is not None else frozenset()
