"""What may be asked: metrics and datasets of the model, with their definitions in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Dataset, Measure, Metric, Model


def metric_facts(metric: Metric, model: Model) -> dict[str, Any]:
    """One metric, as the contract has it."""
    return {
        "name": metric.name,
        "label": metric.label or _spoken(metric.name),
        "about": metric.about,
        "unit": metric.unit,
        "good": metric.good,
        "kind": metric.kind.name,
        "time": metric.time,
        "definition": definition(metric, model),
    }


def definition(metric: Metric, model: Model) -> str:
    """What the number is, in words that a reader of the model knows."""
    parts = [metric.kind.definition()]
    if metric.filter is not None:
        parts.append(f"only where {metric.filter.text}")
    parts += dict.fromkeys(_measures(metric, model))
    return "; ".join(parts)


def _measures(metric: Metric, model: Model) -> Iterator[str]:
    for used in metric.kind.inputs(metric, model):
        yield f"{used.dataset}.{used.measure} = {_measure(used, model)}"


def _measure(used: Input, model: Model) -> str:
    measure: Measure = model.datasets[used.dataset].measures[used.measure]
    operand = measure.operand.text if measure.operand else "rows"
    where = f" where {measure.where.text}" if measure.where else ""
    return f"{measure.aggregation} of {operand}{where}"


def dataset_facts(dataset: Dataset) -> dict[str, Any]:
    """One dataset with its dimensions, joins and measures."""
    return {
        "name": dataset.name,
        "row": dataset.row,
        "dimensions": [
            {
                "name": one.name,
                "field": f"{dataset.name}.{one.name}",
                "label": one.label or _spoken(one.name),
                "about": one.about,
                "type": one.type,
                "order": list(one.order),
            }
            for one in dataset.dimensions.values()
        ],
        "joins": [{"name": one.name, "dataset": one.dataset} for one in dataset.joins.values()],
        "measures": [{"name": one.name, "aggregation": one.aggregation} for one in dataset.measures.values()],
    }


def _spoken(name: str) -> str:
    """`pipeline_value` as `Pipeline value`."""
    return name.replace("_", " ").capitalize()
