"""Targets belong to metrics, and are split by joins that the metric's datasets have."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.schema import OTHER, SourceSchema
from leadline.semantic.expressions.functions.kinds import MOMENTS, NUMBERS, shown
from leadline.semantic.issues import Issue, error
from leadline.semantic.model import Model, Target
from leadline.semantic.references import inputs_of


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every target."""
    inputs = inputs_of(model)
    for target in model.targets.values():
        if target.metric not in model.metrics:
            why = f"there is a target of {target.metric}, which is no metric"
            yield error(
                "unknown_metric", why, f"The metrics are {', '.join(sorted(model.metrics))}.", target.place
            )
        for part in {one.dataset: one for one in inputs.get(target.metric, ())}.values():
            yield from _joins(model, target, part.dataset)
        if schema:
            yield from _types(model, target, schema)


def _joins(model: Model, target: Target, dataset: str) -> Iterable[Issue]:
    joins = model.datasets[dataset].joins
    for name, _ in target.by:
        if name not in joins:
            known = ", ".join(sorted(joins)) or "none"
            why = f"the target of {target.metric} is by {name}, but {dataset} has no join {name}"
            place = model.place_of("targets", target.metric, "by", name)
            yield error("unknown_join", why, f"Its joins are {known}.", place)


def _types(model: Model, target: Target, schema: SourceSchema) -> Iterable[Issue]:
    table = schema.table(target.table)
    for key, column, kinds in (("start", target.start, MOMENTS), ("value", target.value, NUMBERS)):
        found = table.columns[column].type if table and column in table.columns else OTHER
        if found != OTHER and found.kind not in kinds:
            why = f"the target of {target.metric} has the {key} {column}, which is a {shown(found)}"
            fix = f"Name a column of type {kinds[0] if key == 'start' else 'numeric'}."
            yield error("wrong_type", why, fix, model.place_of("targets", target.metric, key))
