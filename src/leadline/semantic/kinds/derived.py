"""Arithmetic on other metrics, each by its own time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import infer
from leadline.semantic.kinds.base import Input, Reach, Values, as_number

if TYPE_CHECKING:
    from leadline.semantic.model import Metric, Model


@dataclass(frozen=True, slots=True)
class _MetricScope:
    """Names of an expression are metrics: `values` by name, each a number."""

    values: Mapping[str, exp.Expr]
    zone: str

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """The value of the metric of that name."""
        return self.values[name].copy()

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """A number that divides like any other."""
        return decimal(None)


@dataclass(frozen=True, slots=True)
class Derived:
    """`{derived: "sales / leads"}`. `metrics`: the names in the expression, each once, in order."""

    expression: Expression
    metrics: tuple[str, ...]

    name: ClassVar[str] = "derived"

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The inputs of all its metrics, each once."""
        found: dict[Input, None] = {}
        for name in self.metrics:
            part = model.metrics[name]
            found.update(dict.fromkeys(part.kind.inputs(part, model)))
        return tuple(found)

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """Those of all its metrics."""
        parts = (model.metrics[name] for name in self.metrics)
        return tuple(dict.fromkeys(one for part in parts for one in part.kind.divisors(part, model)))

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The expression with each metric's value in place of its name; null if an input is null."""
        values = {
            name: as_number(model.metrics[name].kind.value(model.metrics[name], model, inputs))
            for name in self.metrics
        }
        scope = _MetricScope(values, model.calendar.zone)
        compiled = compile_sql(self.expression, scope)
        for division in compiled.find_all(exp.Div):
            division.set("this", as_number(division.this))
        return compiled

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The type of the arithmetic; any division makes it a quotient."""
        if self.expression.tree.find(exp.Div):
            return decimal(QUOTIENT_SCALE)
        types = {
            name: model.metrics[name].kind.type(model.metrics[name], model, inputs) for name in self.metrics
        }
        return infer(self.expression, lambda path, name: types[name])

    def definition(self) -> str:
        """In words."""
        return self.expression.text
