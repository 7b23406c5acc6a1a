"""Step 4: the columns of the answer: each metric, followed by its comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.result import Column
from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.planner.draft import (
    Cell,
    ComparedCell,
    Draft,
    EmptyCell,
    MetricCell,
    StateField,
    TargetCell,
    TimeField,
    TotalCell,
)
from leadline.planner.query import Compare, Comparison, Growth
from leadline.planner.steps.compare import grown, windows
from leadline.planner.times import range_json
from leadline.planner.windows import Window
from leadline.semantic.expressions.functions.kinds import widest
from leadline.semantic.model import Metric

WIRE_TYPES = {"float": "decimal", "wall": "time", "other": "text"}
_NUMBERS = ("integer", "decimal", "float")


def choose_columns(draft: Draft) -> Draft:
    """One cell a column."""
    assert draft.buckets is not None  # noqa: S101  (set by the step before)
    own = draft.buckets.own()
    return replace(draft, cells=tuple(cell for one in draft.metrics for cell in _cells(draft, one, own)))


def _cells(draft: Draft, metric: Metric, own: Window) -> Iterator[Cell]:
    type_ = draft.bound.metric_type(metric)
    cell = MetricCell(_column(draft, metric, type_), metric, own)
    yield cell
    for one in draft.query.compare:
        yield _compared(draft, cell, type_, one)


def _compared(draft: Draft, cell: MetricCell, type_: ColumnType, one: Comparison) -> Cell:
    """The cell of a comparison of a metric's own one."""
    own, metric = cell.column, cell.metric
    if type_.kind not in _NUMBERS and (isinstance(one, Growth) or one.as_ != "value"):
        raise _not_comparable(f"{metric.name} is no number.", "Compare it as value.", one)
    if isinstance(one, Growth) and draft.grain is None and draft.query.time.grain:
        return EmptyCell(_growth_column(own, one), metric)
    if isinstance(one, Growth):
        mine, other = grown(draft, one)
        return ComparedCell(_growth_column(own, one), metric, one.kind, mine, other, one.periods)
    column = _compare_column(own, type_, one)
    if one.to == "target":
        return _target_cell(draft, metric, column, one, cell.window)
    if one.to == "total":
        return TotalCell(column, metric, one.as_, cell.window)
    mine, other = windows(draft, one)
    return ComparedCell(replace(column, range=window_json(draft, other)), metric, one.as_, mine, other)


def _column(draft: Draft, metric: Metric, type_: ColumnType) -> Column:
    unit = draft.bound.model.currency if metric.unit == "currency" else metric.unit
    return Column(
        name=metric.name,
        field=metric.name,
        type=wire_type(type_),
        label=metric.label or metric.name,
        unit=unit,
        scale=wire_scale(type_),
        time=_time_name(draft, metric),
    )


def wire_type(type_: ColumnType) -> str:
    """The type as a Result names it."""
    return WIRE_TYPES.get(type_.kind, type_.kind)


def wire_scale(type_: ColumnType) -> int | None:
    """The digits of a decimal."""
    return type_.scale if wire_type(type_) == "decimal" else None


def _time_name(draft: Draft, metric: Metric) -> str | None:
    part = metric.kind.inputs(metric, draft.bound.model)[0]
    match draft.times[part]:
        case TimeField(path, name):
            return ".".join((*path, name)) if path else f"{part.dataset}.{name}"
        case StateField(start, end):
            return f"{part.dataset}.{start}..{end}"
        case _:
            return None


def _compare_column(own: Column, type_: ColumnType, compare: Compare) -> Column:
    quotient = compare.as_ in ("percent", "share")
    shown = decimal(QUOTIENT_SCALE) if quotient else type_
    return replace(
        own,
        name=f"{own.name}:{compare.suffix}",
        type=wire_type(shown),
        scale=wire_scale(shown),
        unit="percent" if quotient else own.unit,
        label=f"{own.label}, {compare.suffix.replace('_', ' ').replace(':', ', ')}",
        compares=own.name,
        to=compare.to,
        as_=compare.as_,
    )


def _growth_column(own: Column, growth: Growth) -> Column:
    return replace(
        own,
        name=f"{own.name}:{growth.suffix}",
        type="decimal",
        scale=QUOTIENT_SCALE,
        unit="percent",
        label=f"{own.label}, {growth.kind} growth over {growth.periods}",
        compares=own.name,
        to=growth.kind,
        as_="percent",
    )


def _target_cell(
    draft: Draft, metric: Metric, column: Column, compare: Compare, window: Window
) -> TargetCell:
    target = draft.bound.model.targets.get(metric.name)
    if target is None:
        raise _not_comparable(
            f"{metric.name} has no target.", "Add one under targets, or leave it out.", compare
        )
    if compare.as_ in ("value", "change"):
        type_ = _planned_type(draft, metric, compare)
        column = replace(column, type=wire_type(type_), scale=wire_scale(type_))
    return TargetCell(column, metric, compare, window, target)


def _planned_type(draft: Draft, metric: Metric, compare: Compare) -> ColumnType:
    """The type of a plan, or of the distance from it: with as many digits as either has."""
    planned = target_type(draft, metric)
    planned = decimal(QUOTIENT_SCALE) if compare.pace else planned
    own = draft.bound.metric_type(metric)
    return planned if compare.as_ == "value" else widest((own, planned), f"the target of {metric.name}")


def target_type(draft: Draft, metric: Metric) -> ColumnType:
    """The type of a metric's planned value."""
    target = draft.bound.model.targets[metric.name]
    table = draft.bound.schema.table(target.table)
    if table is None or target.value not in table.columns:
        raise LeadlineError(
            "model_invalid",
            f"The target of {metric.name} reads {target.table}.{target.value}, which is not in the source.",
            "Create the table or change the target.",
            str(target.place),
        )
    return table.columns[target.value].type


def window_json(draft: Draft, window: Window) -> dict[str, Any]:
    """The range of a window, as a column has it: from its first stretch to the end of its last."""
    there = [one for one in window.stretches if one is not None]
    start, end = (there[0].start, there[-1].end) if there else (None, None)
    return range_json(start, end, draft.zone)


def _not_comparable(why: str, fix: str, one: Comparison) -> LeadlineError:
    return LeadlineError("not_comparable", why, fix, one.at)
