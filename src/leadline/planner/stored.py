"""What a rollup stores, looked up by meaning: fields, times, and the parts of aggregates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from leadline.core.buckets import after
from leadline.core.grain import CLOCK_GRAINS, ahead, floor
from leadline.core.ranges import Moment
from leadline.core.zones import Bound, instant, zone
from leadline.planner.draft import Draft, Edge
from leadline.semantic.aggregations import aggregation
from leadline.semantic.aggregations.base import Aggregation
from leadline.semantic.expressions.parse import conjuncts
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Model, Rollup, RollupColumn
from leadline.semantic.resolve import FieldRef


@dataclass(frozen=True, slots=True)
class Stored:
    """A rollup of a model, by meaning."""

    model: Model
    rollup: Rollup

    def field(self, ref: FieldRef) -> str | None:
        """The column that stores a field, or None. The loader has made stored dimensions explicit paths."""
        if ref.part is not None:
            return None
        return self.column_of((*ref.path, ref.name))

    def column_of(self, path: tuple[str, ...]) -> str | None:
        """The column that stores the field at the end of a path, or None."""
        asked = ".".join(path)
        return next((one.name for one in self.rollup.columns if one.dimension == asked), None)

    def time(self) -> str | None:
        """The column with the start of the bucket, or None."""
        return next((one.name for one in self.rollup.columns if one.time), None)

    def counted(self, part: Input) -> frozenset[str]:
        """The conditions, all of which a row meets that the input counts."""
        measure = self.model.datasets[part.dataset].measures[part.measure]
        return _all(measure.where) | _all(part.filter)

    def base(self) -> frozenset[str]:
        """The conditions that every stored row meets."""
        return _all(self.rollup.where)

    def parts(self, part: Input) -> tuple[Aggregation, dict[str, str | None]]:
        """The input's aggregation and the column of each of its parts (None: not stored)."""
        measure = self.model.datasets[part.dataset].measures[part.measure]
        found = aggregation(measure.aggregation)
        columns = {name: self._part(name, measure.operand, self.counted(part)) for name in found.parts}
        return found, columns

    def row_count(self, part: Input) -> str | None:
        """The column that counts the rows of an input; None where it counts each stored row."""
        counted = self.counted(part)
        return None if counted <= self.base() else self._part("count", None, counted)

    def counts_rows(self, part: Input) -> bool:
        """Whether it can be told which groups have a row that the input counts."""
        return self.counted(part) <= self.base() or self.row_count(part) is not None

    def _part(self, name: str, operand: Expression | None, counted: frozenset[str]) -> str | None:
        """The column with `name(operand)` over just the counted rows."""
        for one in self.rollup.columns:
            if self._is_part(one, name, operand, counted):
                return one.name
        return None

    def _is_part(
        self, one: RollupColumn, name: str, operand: Expression | None, counted: frozenset[str]
    ) -> bool:
        measure = one.measure
        return (
            measure is not None
            and measure.aggregation == name
            and measure.operand == operand
            and _all(measure.where) | self.base() == counted | self.base()
        )


@lru_cache(maxsize=2_000)
def _all(where: Expression | None) -> frozenset[str]:
    """The conditions of a `where`; none where there is none.

    Remembered: a plan compares those of a model hundreds of times, and their texts are dear to make.
    """
    return conjuncts(where) if where is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """The buckets in which a rollup stores: of `grain`, in its own zone, of instants or of dates.

    A stored day holds all that the clock calls so: it begins with the first of two midnights, though the
    rollup names it by the second, as its source truncates times.
    """

    grain: str
    is_date: bool
    home: Moment

    def start(self, bound: Bound) -> Bound:
        """The start of the stored bucket that holds a bound."""
        here = bound if self.is_date else Bound.of_instant(bound.instant, self.home.zone)
        local = datetime.combine(bound.day, time()) if self.is_date else here.local
        if self.grain in CLOCK_GRAINS:
            return self.home.floor(here, self.grain)
        return Bound.of_day(floor(local, self.grain, self.home.calendar), self.home.zone)

    def is_edge(self, bound: Bound) -> bool:
        """Whether a stored bucket begins just there."""
        start = self.start(bound)
        return start.local.date() == bound.day if self.is_date else start.instant == bound.instant

    def holding(self, bound: Bound) -> Edge:
        """The stored bucket that holds a bound."""
        return self._bucket(self.start(bound))

    def _bucket(self, start: Bound) -> Edge:
        return Edge(start, self._after(start), self._name(start))

    def _after(self, start: Bound) -> Bound:
        if self.grain in CLOCK_GRAINS:
            return after(start, self.grain, self.home.zone, self.home.calendar)
        return Bound.of_day(ahead(start.local, self.grain, 1, self.home.calendar), self.home.zone)

    def _name(self, start: Bound) -> datetime | date:
        """The bucket as the rollup's time column names it."""
        if self.is_date:
            return start.local.date()
        return start.instant if self.grain in CLOCK_GRAINS else instant(start.local, self.home.zone)

    def of_stored(self, value: datetime | date) -> Edge:
        """The bucket that the rollup's time column names so."""
        if isinstance(value, datetime):
            return self.holding(Bound.of_instant(value, self.home.zone))
        return self.holding(self.home.bound(datetime.combine(value, time())))

    def any_whole(self, low: Bound, high: Bound, but: frozenset[datetime]) -> bool:
        """Whether a bucket lies between two bounds that does not begin at one of `but`."""
        here = self.holding(low)
        while here.start.instant < high.instant:
            inside = here.start.instant >= self._known(low) and here.end.instant <= self._known(high)
            if inside and here.start.instant not in but:
                return True
            here = self._bucket(here.end)
        return False

    def _known(self, bound: Bound) -> datetime:
        if not self.is_date:
            return bound.instant
        return Bound.of_day(datetime.combine(bound.day, time()), self.home.zone).instant


def grid_of(stored: Stored, draft: Draft) -> Grid | None:
    """The buckets of a rollup; None where it has no time."""
    held = stored.rollup.time
    if held is None:
        return None
    calendar = draft.bound.model.calendar
    is_date = draft.bound.type(stored.rollup.dataset, (), held[0]).kind == "date"
    home = draft.moment if is_date else Moment.of(draft.query.as_of, zone(calendar.zone), calendar)
    return Grid(held[1], is_date, home)
