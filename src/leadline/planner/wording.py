"""What the columns of an answer are, in words: what metrics are made of, and what they are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leadline.core.result import Column
from leadline.planner.bound import BoundModel
from leadline.planner.plan import Plan
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Metric


def definitions(plan: Plan, bound: BoundModel) -> Iterator[dict[str, Any]]:
    """For each column of values its name, its metric, and what it says."""
    for column in plan.columns:
        metric = bound.model.metrics.get(column.field)
        if metric is None or column.grain:
            continue
        if column.compares is None:
            yield _of_metric(column, metric, bound)
        else:
            yield {"column": column.name, "metric": metric.name, "definition": _of_comparison(column)}


def _of_metric(column: Column, metric: Metric, bound: BoundModel) -> dict[str, Any]:
    parts = metric.kind.inputs(metric, bound.model)
    filters = {part.filter.text for part in parts if part.filter is not None}
    measures = {f"{part.dataset}.{part.measure}": _of_measure(part, bound) for part in parts}
    return {
        "column": column.name,
        "metric": metric.name,
        "about": metric.about,
        "kind": metric.kind.name,
        "definition": metric.kind.definition(),
        "measures": measures,
        "filter": " and ".join(sorted(filters)) or None,
        "time": column.time,
    }


def _of_measure(part: Input, bound: BoundModel) -> str:
    measure = bound.measure(part)
    operand = measure.operand.text if measure.operand else "rows"
    where = f" where {measure.where.text}" if measure.where else ""
    money = f", converted from {measure.currency} to {bound.model.currency}" if measure.currency else ""
    return f"{measure.aggregation} of {operand}{where}{money}"


def _of_comparison(column: Column) -> str:
    span = column.range or {}
    between = f", {span['from'] or '…'} to {span['to'] or '…'}" if span else ""
    to = (column.to or "").replace("_", " ")
    return f"{column.as_ or 'value'} of {column.compares} beside {to}{between}"
