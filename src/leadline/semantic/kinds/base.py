"""What a kind of metric must say about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.tree import Expression

if TYPE_CHECKING:
    from leadline.semantic.model import Metric, Model


@dataclass(frozen=True, slots=True)
class EventTime:
    """The metric's rows lie at `field` (a dimension or column of its dataset); None: it has no time."""

    field: str | None


@dataclass(frozen=True, slots=True)
class StateTime:
    """The metric's rows hold from `start` to `end` (columns or dimensions); counted at an instant."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Input:
    """One aggregate that a metric needs: a measure of a dataset, at a time, with the metric's own filter."""

    dataset: str
    measure: str
    time: EventTime | StateTime
    filter: Expression | None = None


class Kind(Protocol):
    """A kind of metric. Frozen, so that a metric can be compared and hashed.

    `answered`: whether the planner answers it; else its queries are refused as `not_supported`.
    """

    name: ClassVar[str]
    answered: ClassVar[bool]

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The aggregates it is computed from, in the order in which `value` takes them."""
        ...

    def value(
        self, metric: Metric, model: Model, inputs: Mapping[Input, exp.Expression]
    ) -> exp.Expression:
        """The metric's SQL over its inputs' values (each with its empty value already put in)."""
        ...

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The type of `value`, given those of its inputs."""
        ...
