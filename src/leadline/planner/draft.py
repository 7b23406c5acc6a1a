"""A question on its way to a plan: what each step has found out so far. Frozen; steps replace fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from leadline.core.grain import Step
from leadline.core.ranges import ALL_TIME, Moment, Span
from leadline.core.result import Column, Rejection
from leadline.core.zones import Bound, zone
from leadline.planner.bound import BoundModel
from leadline.planner.plan import RollupState
from leadline.planner.query import Compare, Query
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Metric, Rollup, Target
from leadline.semantic.resolve import FieldRef, resolve


@dataclass(frozen=True, slots=True)
class Window:
    """The rows that one set of columns reads: `start <= t < end`, without `gap`.

    `move`: how far they lie before the buckets that they answer (None: not at all). `at`: the instant at
    which states are counted, and whether rows that end just then still hold (a range's end) or not (now).
    """

    start: Bound | None
    end: Bound | None
    at: tuple[Bound, bool]
    gap: tuple[Bound, Bound] | None = None
    move: Step | None = None


@dataclass(frozen=True, slots=True)
class TimeField:
    """The time of an event, as a path from the scan's dataset."""

    path: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class StateField:
    """The start and end of a state: names of the scan's dataset."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over one dataset (or a rollup of it) for one window, with all inputs that share it."""

    dataset: str
    time: TimeField | StateField | None
    window: Window
    inputs: tuple[Input, ...]
    rollup: Rollup | None = None


@dataclass(frozen=True, slots=True)
class MetricCell:
    """A column with the metric's own value."""

    column: Column
    metric: Metric
    window: Window


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A column that sets the value in `own` beside that in `other`."""

    column: Column
    metric: Metric
    compare: Compare
    own: Window
    other: Window


@dataclass(frozen=True, slots=True)
class TargetCell:
    """A column that sets the value beside the target."""

    column: Column
    metric: Metric
    compare: Compare
    own: Window
    target: Target


Cell = MetricCell | ComparedCell | TargetCell


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known. `grain` and `grouped` fields are empty in the draft of the totals."""

    query: Query
    bound: BoundModel
    states: Mapping[str, RollupState]
    moment: Moment
    grain: str | None
    fields: tuple[str, ...]
    metrics: tuple[Metric, ...] = ()
    times: Mapping[Input, TimeField | StateField | None] = field(default_factory=dict)
    span: Span = ALL_TIME
    main: Window | None = None
    cells: tuple[Cell, ...] = ()
    scans: tuple[Scan, ...] = ()
    rejected: tuple[Rejection, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The asked zone."""
        return self.moment.zone

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets of all inputs, each once, in the order of the metrics."""
        model = self.bound.model
        found = (part.dataset for metric in self.metrics for part in metric.kind.inputs(metric, model))
        return tuple(dict.fromkeys(found))

    def field(self, dataset: str, name: str) -> FieldRef:
        """The dimension that a name means from a dataset."""
        return resolve(self.bound.model, dataset, name, alone=len(self.datasets) == 1)


def start(query: Query, bound: BoundModel, states: Mapping[str, RollupState]) -> Draft:
    """The draft of a query, before any step."""
    calendar = bound.model.calendar
    moment = Moment.of(query.as_of, zone(query.time.zone or calendar.zone), calendar)
    fields = tuple(dim.field for dim in query.dimensions)
    return Draft(query, bound, states, moment, query.time.grain, fields)
