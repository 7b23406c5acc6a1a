"""A metric over a window up to the bucket's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.kinds.base import EventTime, Input, Reach, Values, quotient

if TYPE_CHECKING:
    from leadline.semantic.model import Metric, Model


@dataclass(frozen=True, slots=True)
class Cumulative:
    """`window`: `running`, `U_to_date`, or `last` with `last` as an interval text; `mean: day` divides."""

    metric: str
    window: str
    last: str | None = None
    mean: str | None = None

    name: ClassVar[str] = "cumulative"

    @property
    def reach(self) -> Reach:
        """The window as inputs have it."""
        return Reach(self.window, self.last)

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """Those of the metric that is cumulated, each over the window."""
        return tuple(self._widened(model).values())

    def _widened(self, model: Model) -> dict[Input, Input]:
        part = model.metrics[self.metric]
        return {one: _over(one, self.reach) for one in part.kind.inputs(part, model)}

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """The window, where its daily mean is asked."""
        return (self.reach,) if self.mean else ()

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The cumulated metric's value, by the days of the window where the mean is asked."""
        part = model.metrics[self.metric]
        inner: Values = {one: inputs[wide] for one, wide in self._widened(model).items()}
        value = part.kind.value(part, model, inner)
        return quotient(value, inputs[self.reach].copy()) if self.mean else value

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The cumulated metric's type; a mean has the digits of every quotient."""
        part = model.metrics[self.metric]
        inner = {one: inputs[wide] for one, wide in self._widened(model).items()}
        return decimal(QUOTIENT_SCALE) if self.mean else part.kind.type(part, model, inner)

    def definition(self) -> str:
        """In words."""
        return f"{self.metric} over {self.last or self.window}"


def _over(part: Input, reach: Reach) -> Input:
    """The input over a window; states have none."""
    return replace(part, time=replace(part.time, reach=reach)) if isinstance(part.time, EventTime) else part
