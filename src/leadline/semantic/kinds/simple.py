"""A metric that is one measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.kinds.base import Input, Reach, Values, event_input

if TYPE_CHECKING:
    from leadline.semantic.model import MeasureRef, Metric, Model


@dataclass(frozen=True, slots=True)
class Simple:
    """`{measure: deals.won_amount}`."""

    measure: MeasureRef

    name: ClassVar[str] = "simple"

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The measure."""
        return (event_input(metric, model, self.measure),)

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """None."""
        return ()

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The measure's value."""
        return inputs[self.inputs(metric, model)[0]]

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The measure's type."""
        return inputs[self.inputs(metric, model)[0]]

    def definition(self) -> str:
        """In words."""
        return str(self.measure)
