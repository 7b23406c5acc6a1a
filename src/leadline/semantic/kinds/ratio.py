"""A ratio of sums: one measure over another, never a mean of ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.kinds.base import Input, Reach, Values, event_input, quotient

if TYPE_CHECKING:
    from leadline.semantic.model import MeasureRef, Metric, Model


@dataclass(frozen=True, slots=True)
class Ratio:
    """`{ratio: [deals.won_amount, deals.priced]}`: null where the denominator is 0 or null."""

    numerator: MeasureRef
    denominator: MeasureRef

    name: ClassVar[str] = "ratio"

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """Numerator and denominator."""
        return (event_input(metric, model, self.numerator), event_input(metric, model, self.denominator))

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """None."""
        return ()

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The quotient."""
        above, below = self.inputs(metric, model)
        return quotient(inputs[above].copy(), inputs[below].copy())

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """A decimal with the digits of every quotient."""
        return decimal(QUOTIENT_SCALE)

    def definition(self) -> str:
        """In words."""
        return f"{self.numerator} / {self.denominator}"
