"""The share of entities that go from one event to another in time; each entity counts once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.kinds.base import EventTime, Following, Input, Reach, Values, event_input, quotient

if TYPE_CHECKING:
    from leadline.semantic.model import MeasureRef, Metric, Model


@dataclass(frozen=True, slots=True)
class Conversion:
    """From `start` to `end` of the same `entity` within an interval, `by` cohort or event."""

    start: MeasureRef
    end: MeasureRef
    entity: str
    within: str
    by: str = "cohort"

    name: ClassVar[str] = "conversion"

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The entities that reach the second event, and all with the first."""
        first = event_input(replace(metric, time=None), model, self.start)
        return (
            replace(first, following=self._following(model, met=True)),
            replace(first, following=self._following(model, met=False)),
        )

    def _following(self, model: Model, *, met: bool) -> Following:
        time = EventTime(model.measure(self.end).time)
        end = self.end
        return Following(end.dataset, end.measure, time, self.entity, self.within, self.by, met)

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """None."""
        return ()

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The quotient."""
        met, every = self.inputs(metric, model)
        return quotient(inputs[met].copy(), inputs[every].copy())

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """A decimal with the digits of every quotient."""
        return decimal(QUOTIENT_SCALE)

    def definition(self) -> str:
        """In words."""
        return f"{self.start} that reach {self.end} within {self.within}, by {self.by}"
