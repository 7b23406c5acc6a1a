"""Arithmetic on other metrics, each by its own time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import infer
from leadline.semantic.kinds.base import Input, as_number

if TYPE_CHECKING:
    from leadline.semantic.model import Metric, Model


@dataclass(frozen=True, slots=True)
class _MetricScope:
    """Names of an expression are metrics; `types` by name, `values` by name."""

    values: Mapping[str, exp.Expression]
    types: Mapping[str, ColumnType]
    zone: str

    def column(self, path: tuple[str, ...], name: str) -> exp.Expression:
        """The value of the metric of that name."""
        return self.values[name].copy()

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return self.types[name]


@dataclass(frozen=True, slots=True)
class Derived:
    """`{derived: "sales / leads"}`. `metrics`: the names in the expression, each once, in order."""

    expression: Expression
    metrics: tuple[str, ...]

    name: ClassVar[str] = "derived"
    answered: ClassVar[bool] = True

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The inputs of all its metrics, each once."""
        found: dict[Input, None] = {}
        for name in self.metrics:
            part = model.metrics[name]
            found.update(dict.fromkeys(part.kind.inputs(part, model)))
        return tuple(found)

    def value(self, metric: Metric, model: Model, inputs: Mapping[Input, exp.Expression]) -> exp.Expression:
        """The expression with each metric's value in place of its name; null if an input is null."""
        values = {
            name: as_number(model.metrics[name].kind.value(model.metrics[name], model, inputs))
            for name in self.metrics
        }
        scope = _MetricScope(values, {}, model.calendar.zone)
        compiled = compile_sql(self.expression, scope)
        for division in compiled.find_all(exp.Div):
            division.set("this", as_number(division.this))
        return compiled

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The type of the arithmetic; any division makes it a quotient."""
        types = {
            name: model.metrics[name].kind.type(model.metrics[name], model, inputs) for name in self.metrics
        }
        return infer(self.expression, lambda path, name: types[name])

    def definition(self) -> str:
        """In words."""
        return self.expression.text
