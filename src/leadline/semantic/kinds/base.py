"""What a kind of metric must say about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.sql_tree import call, cast, divided, paren

if TYPE_CHECKING:
    from leadline.semantic.model import MeasureRef, Metric, Model


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back from a bucket's end a value looks: `running`, `U_to_date`, or `last` with its length."""

    window: str
    last: str | None = None


@dataclass(frozen=True, slots=True)
class EventTime:
    """The metric's rows lie at `field` (a dimension or column of its dataset); None: it has no time.

    `reach`: rows of a whole window up to the bucket's end, not of the bucket alone.
    """

    field: str | None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class StateTime:
    """The metric's rows hold from `start` to `end` (columns or dimensions); counted at an instant.

    `of`: `last` at the end of a bucket, `first` at that of its first day, `avg` the mean over its days' ends.
    """

    start: str
    end: str
    of: str = "last"

    @property
    def mean(self) -> bool:
        """Whether it is the mean over several instants."""
        return self.of == "avg"


@dataclass(frozen=True, slots=True)
class Following:
    """A second event of the same entity: a measure's rows, `within` an interval after the first.

    `entity` is a column or join of both datasets. `met`: only entities with such an event count, else all.
    `by`: `cohort` counts them where the first event lies, `event` where the second does.
    """

    dataset: str
    measure: str
    time: EventTime
    entity: str
    within: str
    by: str
    met: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One aggregate that a metric needs: a measure of a dataset, at a time, with the metric's own filter.

    With `following` it is the number of entities that the measure's rows are of.
    """

    dataset: str
    measure: str
    time: EventTime | StateTime
    filter: Expression | None = None
    following: Following | None = None


Values = Mapping["Input | Reach", exp.Expr]
"""The SQL of inputs, and of the days of a window."""


class Kind(Protocol):
    """A kind of metric. Frozen, so that a metric can be compared and hashed."""

    name: ClassVar[str]

    def inputs(self, metric: Metric, model: Model) -> tuple[Input, ...]:
        """The aggregates it is computed from, in the order in which `value` takes them."""
        ...

    def divisors(self, metric: Metric, model: Model) -> tuple[Reach, ...]:
        """The windows whose days `value` divides by."""
        ...

    def value(self, metric: Metric, model: Model, inputs: Values) -> exp.Expr:
        """The metric's SQL over its inputs' values (each with its empty value already put in)."""
        ...

    def type(self, metric: Metric, model: Model, inputs: Mapping[Input, ColumnType]) -> ColumnType:
        """The type of `value`, given those of its inputs."""
        ...

    def definition(self) -> str:
        """What it is made of, in the words of the model."""
        ...


def event_input(metric: Metric, model: Model, ref: MeasureRef) -> Input:
    """The measure at the metric's time, else at its own."""
    time = _stated_time(metric, model, ref) or model.measure(ref).time
    return Input(ref.dataset, ref.measure, EventTime(time), metric.filter)


def _stated_time(metric: Metric, model: Model, ref: MeasureRef) -> str | None:
    """The metric's time, unless it is one of the other dataset of a ratio and the measure has its own."""
    here = metric.time in model.datasets[ref.dataset].dimensions
    elsewhere = any(metric.time in dataset.dimensions for dataset in model.datasets.values())
    return None if elsewhere and not here and model.measure(ref).time else metric.time


def as_number(value: exp.Expr) -> exp.Expr:
    """The value as numeric, so that whole numbers divide like any other."""
    return cast(value, "numeric")


def quotient(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    """`above / below` with the digits that PostgreSQL gives it, as hand-written SQL has them; null by 0."""
    divisor = call("NULLIF", as_number(below), exp.Literal.number(0))
    return paren(divided(as_number(above), divisor))
