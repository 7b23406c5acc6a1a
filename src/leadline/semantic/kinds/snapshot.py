"""A state at an instant: rows that hold then. Never summed over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.kinds.base import Input, Reach, StateTime, Values

if TYPE_CHECKING:
    from leadline.semantic.model import MeasureRef, Metric, Model


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`{snapshot: deals.value, valid: [opened_at, closed_at], of: last}`."""

    measure: MeasureRef
    start: str
    end: str
    of: str = "last"

    name: ClassVar[str] = "snapshot"

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The measure over the rows that hold at the instant."""
        time = StateTime(self.start, self.end, self.of)
        return (Input(self.measure.dataset, self.measure.measure, time, metric.filter),)

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """None."""
        return ()

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The measure's value."""
        return inputs[self.inputs(metric, model)[0]]

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The measure's type; a mean has the digits of every quotient."""
        return inputs[self.inputs(metric, model)[0]]

    def definition(self) -> str:
        """In words."""
        return f"{self.measure} of rows with {self.start} before and {self.end} after the instant"
