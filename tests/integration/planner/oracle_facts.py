"""One question, and the facts that its metrics count: rows that pass rules, conditions and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.viewer import Viewer
from tests.integration.planner.oracle_calendar import SECONDS, Calendar
from tests.integration.planner.oracle_clock import TICK, instant
from tests.integration.planner.oracle_filters import member, passes
from tests.integration.planner.oracle_measures import Fact
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.oracle_ranges import Clock
from tests.integration.planner.oracle_rows import Rows, UnknownNameError
from tests.integration.planner.spec import Measure, Says, Spec

Group = tuple[Any, ...]


@dataclass(frozen=True)
class Input:
    """A measure of a dataset at a time. `valid`: a state instead. `asked`: whether the filters hold.

    `own`: the row's own time, at whose rate money is converted.
    """

    dataset: str
    measure: Measure
    time: str | None
    filter: Says | None = None
    valid: tuple[str, str] | None = None
    asked: bool = True
    own: str | None = None


@dataclass(frozen=True)
class Slice:
    """The facts of some groups by these fields; of all, where `groups` is None."""

    fields: tuple[str, ...] = ()
    groups: frozenset[Group] | None = None


ALL = Slice()


class Facts:
    """One question of one viewer to the rows of a world."""

    def __init__(
        self,
        spec: Spec,
        data: Mapping[str, list[Any]],
        query: Mapping[str, Any],
        viewer: Viewer,
        clock_now: datetime,
    ) -> None:
        self.spec, self.query = spec, query
        time = query.get("time", {})
        zone = ZoneInfo(time.get("zone", spec.zone))
        now = _now(query.get("as_of"), clock_now, ZoneInfo(spec.zone))
        self.clock = Clock(now, zone, Calendar(spec.week_start, spec.fiscal, spec.retail))
        self.rows = Rows(spec, data, viewer, zone)
        self.range = self.clock.range(time.get("range", {"preset": "all"}))
        self.grain: str | None = time.get("grain")
        self.by: str | None = time.get("by")
        dims = query.get("dimensions", [])
        self.dims = [one if isinstance(one, dict) else {"field": one} for one in dims]
        self.names = tuple(one["field"] for one in self.dims)
        self._facts: dict[Input, list[Fact]] = {}
        self._groups: dict[tuple[Input, tuple[str, ...]], dict[Group, list[Fact]]] = {}

    # -- inputs -------------------------------------------------------------------------------------

    def input(self, ref: str, time: str | None, filter_: Says | None, *, fixed: bool = False) -> Input:
        """The input of a measure at a metric's time; `time.by` holds where it is reached, unless `fixed`."""
        dataset, measure = self.spec.measure(ref)
        own = time or measure.time
        asked = own if fixed else self._asked_time(dataset) or own
        return Input(dataset, measure, asked, filter_, own=measure.time or time)

    def _asked_time(self, dataset: str) -> str | None:
        if self.by is None:
            return None
        try:
            self.rows.field(dataset, self.by)
        except UnknownNameError:
            return None
        return self.by

    def check_grain(self, one: Input) -> None:
        """Refuses a grain for a metric without time, and one finer than its column."""
        if self.grain is None or one.valid:
            return
        if one.time is None:
            raise RefusedError("no_time")
        if self.grain in SECONDS and self.rows.field(one.dataset, one.time).kind == "date":
            raise RefusedError("grain_too_fine")

    # -- facts --------------------------------------------------------------------------------------

    def facts(self, one: Input) -> list[Fact]:
        """The facts of an input, whatever their time."""
        if one not in self._facts:
            found = (self._fact(one, row) for row in self.rows.data[one.dataset])
            self._facts[one] = [fact for fact in found if self._counts(one, fact)]
        return self._facts[one]

    def _fact(self, one: Input, row: Mapping[str, Any]) -> Fact:
        time, own = (self._time_of(one, row, name) for name in (one.time, one.own))
        return Fact(one.dataset, row, time, own)

    def _time_of(self, one: Input, row: Mapping[str, Any], name: str | None) -> Any:
        return self.rows.value(self.rows.field(one.dataset, name), row, None) if name else None

    def _counts(self, one: Input, fact: Fact) -> bool:
        if not self.rows.visible(one.dataset, fact.row):
            return False
        says = self.rows.says(one.dataset, fact.row, fact.time)
        conditions = [found for found in (one.measure.where, one.filter) if found]
        if any(found.of(says) is not True for found in conditions):
            return False
        filters: Iterable[Mapping[str, Any]] = self.query.get("filters", []) if one.asked else []
        return all(passes(found, lambda name: self._find(fact, name), self.clock) for found in filters)

    def _find(self, fact: Fact, name: str) -> tuple[str, Any]:
        field = self.rows.field(fact.dataset, name)
        return field.kind, self.rows.value(field, fact.row, fact.time)

    # -- groups -------------------------------------------------------------------------------------

    def group(self, fact: Fact, names: tuple[str, ...]) -> Group:
        """The group of a fact by these fields."""
        return tuple(member(*self._find(fact, name)) for name in names)

    def of(self, one: Input, slice_: Slice) -> list[Fact]:
        """The facts of an input in a slice."""
        if slice_.groups is None:
            return self.facts(one)
        key = (one, slice_.fields)
        if key not in self._groups:
            made: dict[Group, list[Fact]] = {}
            for fact in self.facts(one):
                made.setdefault(self.group(fact, slice_.fields), []).append(fact)
            self._groups[key] = made
        return [fact for group in slice_.groups for fact in self._groups[key].get(group, [])]


def _now(asked: str | None, clock_now: datetime, home: ZoneInfo) -> datetime:
    """What now is: a date alone is its last microsecond; without any, the end of the running minute."""
    if asked is None:
        return clock_now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    at = datetime.fromisoformat(asked)
    if "T" not in asked:
        return instant(at + timedelta(days=1), home) - TICK
    return at if at.tzinfo else instant(at, home)
