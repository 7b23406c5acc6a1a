"""A question on its way to a plan: what each step has found out so far. Frozen; steps replace fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from leadline.core.ranges import ALL_TIME, Moment, Span
from leadline.core.result import Column, Rejection
from leadline.core.zones import Bound, zone
from leadline.planner.bound import BoundModel
from leadline.planner.frames import Read
from leadline.planner.plan import Extent, RollupState
from leadline.planner.query import Compare, Query
from leadline.planner.windows import Buckets, Window
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Metric, Rollup, Target
from leadline.semantic.resolve import FieldRef, resolve
from leadline.semantic.rules import RowScope


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
class Reading:
    """How one input is read: where its time lies, and what of it.

    `seen`: second events after it are unknown.
    """

    time: TimeField | StateField | None
    read: Read
    seen: Bound | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A stored bucket that is read from the table: its ends, and how the rollup's time column names it."""

    start: Bound
    end: Bound
    name: datetime | date


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over one dataset (or a rollup of it), with all inputs that are read alike.

    `own`: its groups are rows of the answer (others only name them). `rollup`: what it is answered from, with
    the stored buckets of `edge` (None: rows without a time) taken from the dataset itself.
    """

    dataset: str
    reading: Reading
    inputs: tuple[Input, ...]
    own: bool
    rollup: Rollup | None = None
    edge: tuple[Edge | None, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether it is of states, of which a rollup holds those without an end: the others are read too."""
        return self.rollup is not None and isinstance(self.reading.time, StateField)

    @property
    def beside(self) -> bool:
        """Whether rows of the dataset are read beside its rollup."""
        return self.rollup is not None and (bool(self.edge) or self.ended)


@dataclass(frozen=True, slots=True)
class MetricCell:
    """A column with the metric's own value."""

    column: Column
    metric: Metric
    window: Window


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A column that sets the value in `own` beside that in `other`, in a `form` such as `change`.

    `periods`: over how many buckets growth is compound.
    """

    column: Column
    metric: Metric
    form: str
    own: Window
    other: Window
    periods: int = 1


@dataclass(frozen=True, slots=True)
class TotalCell:
    """A column that sets the value beside that of all groups (of the bucket, if there is a grain)."""

    column: Column
    metric: Metric
    form: str
    own: Window


@dataclass(frozen=True, slots=True)
class TargetCell:
    """A column that sets the value beside the target."""

    column: Column
    metric: Metric
    compare: Compare
    own: Window
    target: Target


@dataclass(frozen=True, slots=True)
class EmptyCell:
    """A column without a value: growth over buckets where there are none, as in totals."""

    column: Column
    metric: Metric


def _nobody(step: str) -> None:
    """Whoever does not want to know which steps are done."""


Cell = MetricCell | ComparedCell | TotalCell | TargetCell | EmptyCell


@dataclass(frozen=True, slots=True)
class Left:
    """Only rows of members that `top` leaves out: those of `fields` that the CTE `members` lists.

    `groups`: the CTE of the other keys' combinations in which there are such members.
    """

    members: str
    groups: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known. `grain` and `fields` are those of this draft: totals have none, a ranking has its own.
    `every`: the fields whose members are all asked, with or without facts.

    `prefix` keeps the names of a draft apart from those of others in one statement. `told`: learns the name
    of each step when it is done.
    """

    query: Query
    bound: BoundModel
    states: Mapping[str, RollupState]
    moment: Moment
    grain: str | None
    fields: tuple[str, ...]
    every: frozenset[str]
    scope: RowScope
    extent: Extent | None = None
    prefix: str = ""
    left: Left | None = None
    metrics: tuple[Metric, ...] = ()
    times: Mapping[Input, TimeField | StateField | None] = field(default_factory=dict)
    span: Span = ALL_TIME
    buckets: Buckets | None = None
    cells: tuple[Cell, ...] = ()
    scans: tuple[Scan, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    told: Callable[[str], None] = field(default=_nobody, compare=False)

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

    @property
    def count(self) -> int:
        """How many buckets there are."""
        return len(self.buckets.starts) if self.buckets and self.grain else 1

    def field(self, dataset: str, name: str) -> FieldRef:
        """The dimension that a name means from a dataset."""
        return resolve(self.bound.model, dataset, name, alone=len(self.datasets) == 1)


def start(
    query: Query, bound: BoundModel, states: Mapping[str, RollupState], extent: Extent | None = None
) -> Draft:
    """The draft of a query, before any step."""
    calendar = bound.model.calendar
    moment = Moment.of(query.as_of, zone(query.time.zone or calendar.zone), calendar)
    fields = tuple(dim.field for dim in query.dimensions)
    scope = bound.scope(query.viewer)
    every = frozenset(dim.field for dim in query.dimensions if dim.all)
    return Draft(query, bound, states, moment, query.time.grain, fields, every, scope, extent)
