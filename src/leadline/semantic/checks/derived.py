"""Arithmetic on metrics gives a number."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema, decimal
from leadline.semantic.expressions.functions.kinds import NUMBERS, shown
from leadline.semantic.expressions.types import infer
from leadline.semantic.issues import Issue, error, from_error
from leadline.semantic.kinds.derived import Derived
from leadline.semantic.model import Metric, Model
from leadline.semantic.references import place_of_parts


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every derived metric; each metric in it is a number of some scale."""
    for metric in model.metrics.values():
        if isinstance(metric.kind, Derived):
            yield from _number(model, metric, metric.kind)


def _number(model: Model, metric: Metric, kind: Derived) -> Iterable[Issue]:
    what, place = f"the metric {metric.name}", place_of_parts(model, metric)
    try:
        found = infer(kind.expression, lambda path, name: decimal(None))
    except LeadlineError as failure:
        yield from_error(failure, place, what)
        return
    if found.kind not in NUMBERS:
        yield error("wrong_type", f"{what} is a {shown(found)}, not a number", "Write arithmetic.", place)
