"""A metric over a window up to the bucket's end. Loaded and checked; answered by a later engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.kinds.base import Input, unanswered

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
    answered: ClassVar[bool] = False

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """Those of the metric that is cumulated."""
        part = model.metrics[self.metric]
        return part.kind.inputs(part, model)

    def value(self, metric: Metric, model: Model, inputs: Mapping[Input, exp.Expr]) -> exp.Expr:
        """Refused."""
        raise unanswered(metric)

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """Refused."""
        raise unanswered(metric)

    def definition(self) -> str:
        """In words."""
        return f"{self.metric} over {self.last or self.window}"
