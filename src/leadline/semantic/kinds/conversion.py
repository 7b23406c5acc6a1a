"""The share of entities that go from one event to another in time. Loaded and checked; answered later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.kinds.base import Input, event_input, unanswered

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
    answered: ClassVar[bool] = False

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """Both events."""
        return (event_input(metric, model, self.start), event_input(metric, model, self.end))

    def value(self, metric: Metric, model: Model, inputs: Mapping[Input, exp.Expr]) -> exp.Expr:
        """Refused."""
        raise unanswered(metric)

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """Refused."""
        raise unanswered(metric)

    def definition(self) -> str:
        """In words."""
        return f"{self.start} that reach {self.end} within {self.within}, by {self.by}"
