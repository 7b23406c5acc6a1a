"""The rows of a rollup in SQL: stored columns in place of fields and measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import TIME, ColumnType
from leadline.core.viewer import Viewer
from leadline.planner.bound import BoundModel
from leadline.planner.draft import StateField, TimeField
from leadline.planner.sql.base_rows import ROOT
from leadline.planner.sql.build import Params, column, number, table
from leadline.planner.sql.governed import predicate_sql
from leadline.planner.sql.time import TimeSql
from leadline.planner.stored import Stored
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Rollup
from leadline.semantic.resolve import FieldRef
from leadline.semantic.rules import RowScope
from leadline.semantic.sql_tree import Sql, all_of, any_of, call


@dataclass(frozen=True, slots=True)
class RollupRows:
    """One statement's view of a rollup that the planner has found to be exact."""

    bound: BoundModel
    rollup: Rollup
    asked_zone: ZoneInfo
    scope: RowScope
    viewer: Viewer
    params: Params

    @property
    def stored(self) -> Stored:
        """What the rollup stores, by meaning."""
        return Stored(self.bound.model, self.rollup)

    def field(self, ref: FieldRef) -> Sql:
        """The stored column of a field; that of a partner whom a rule hides is null."""
        value = self._column(self.stored.field(ref))
        hidden = [self._allowed(ref.path[:i]) for i in range(1, len(ref.path) + 1)]
        shown = all_of(one for one in hidden if one is not None)
        return value if shown is None else exp.Case(ifs=[exp.If(this=shown, true=value)])

    def _allowed(self, path: tuple[str, ...]) -> Sql | None:
        """Whether the viewer may see the row at the end of a path; None: every one."""
        dataset = self.bound.end(self.rollup.dataset, path)
        predicates = self.scope.rows.get(dataset.name)
        if self.scope.everything or predicates is None:
            return None
        names = _Stored(self, path)
        return any_of(predicate_sql(one, names, self.viewer, self.params) for one in predicates)

    def time(self, where: TimeField | StateField, name: str | None = None) -> TimeSql:
        """The stored start of the bucket: an instant, or a date where the time is one."""
        return TimeSql(self._column(self.stored.time()), self._time_type(), self.bound.model.calendar.zone)

    def _time_type(self) -> ColumnType:
        time = self.rollup.time
        kind = self.bound.type(self.rollup.dataset, (), time[0]) if time else TIME
        return kind if kind.kind == "date" else TIME

    def aggregate(self, part: Input) -> Sql:
        """The merge of the stored parts of an input."""
        aggregation, parts = self.stored.parts(part)
        return aggregation.merge({name: self._column(found) for name, found in parts.items()})

    def stored_part(self, part: Input, name: str) -> Sql:
        """A stored part of an input, of several stored rows."""
        aggregation, parts = self.stored.parts(part)
        return aggregation.again(name, self._column(parts[name]))

    def unconverted(self, part: Input) -> Sql | None:
        """Nothing: money at rates is not stored."""
        return None

    def own(self) -> Sequence[Sql]:
        """What the viewer may see of the rows themselves."""
        allowed = self._allowed(())
        return () if allowed is None else (allowed,)

    def row_count(self, part: Input) -> Sql:
        """How many rows an input counts, or how many stored ones where each has some."""
        count = self.stored.row_count(part)
        return exp.Count(this=exp.Star()) if count is None else call("SUM", self._column(count))

    def counted(self, part: Input) -> Sql | None:
        """Whether a group has a row that the input counts; None where each stored row has one."""
        count = self.stored.row_count(part)
        if count is None:
            return None
        return exp.GT(this=call("SUM", self._column(count)), expression=number(0))

    def from_(self, select: exp.Select) -> exp.Select:
        """Adds FROM."""
        return select.from_(table(f"leadline.{self.rollup.name}", ROOT), copy=False)

    def _column(self, name: str | None) -> Sql:
        if name is None:
            raise LeadlineError(
                "internal", f"The rollup {self.rollup.name} was chosen without what it needs."
            )
        return column(name, ROOT)


@dataclass(frozen=True, slots=True)
class _Stored:
    """The names of a rule at the end of a path, as the rollup stores them."""

    rows: RollupRows
    path: tuple[str, ...]

    @property
    def zone(self) -> str:
        """The model's zone."""
        return self.rows.bound.model.calendar.zone

    def column(self, path: tuple[str, ...], name: str) -> Sql:
        """The stored column."""
        return self.rows._column(self.rows.stored.column_of((*self.path, *path, name)))

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return self.rows.bound.type(self.rows.rollup.dataset, (*self.path, *path), name)
