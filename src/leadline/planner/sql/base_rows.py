"""The rows of a dataset in SQL: joins (many to one, left) appear as fields need them; no row multiplies."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.planner.bound import BoundModel
from leadline.planner.draft import StateField, TimeField
from leadline.planner.sql.build import Params, column, equal, table
from leadline.planner.sql.time import TimeSql, part_of
from leadline.semantic.aggregations import aggregation
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Dataset, Measure
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import Sql, all_of, cast

ROOT = "t"


@dataclass(slots=True)
class BaseRows:
    """One statement's view of a dataset. Every name used adds the joins on its way."""

    bound: BoundModel
    dataset: Dataset
    asked_zone: ZoneInfo
    params: Params
    root: str = ROOT
    joined: dict[tuple[str, ...], str] = field(default_factory=dict)

    def alias(self, path: tuple[str, ...]) -> str:
        """The alias of the table at the end of a path; joins it if it is not there yet."""
        if not path:
            return self.root
        if path not in self.joined:
            self.alias(path[:-1])
            self.joined[path] = f"{self.root}_j{len(self.joined)}"
        return self.joined[path]

    def name(self, path: tuple[str, ...], name: str) -> Sql:
        """The SQL of a dimension, else of a column, at the end of a path."""
        found = self.bound.dimension(self.dataset.name, path, name)
        if found is not None and found.expr is not None:
            return compile_sql(found.expr, Names(self, path, name))
        return column(found.column if found and found.column else name, self.alias(path))

    def expression(self, expression: Expression) -> Sql:
        """An expression over the dataset's rows."""
        return compile_sql(expression, Names(self, (), None))

    def time(self, where: TimeField | StateField, name: str | None = None) -> TimeSql:
        """A time; of a state its start or end, by name."""
        path = where.path if isinstance(where, TimeField) else ()
        asked = name or (where.name if isinstance(where, TimeField) else where.start)
        type_ = self.bound.type(self.dataset.name, path, asked)
        return TimeSql(self.name(path, asked), type_, self.bound.zone_of(self.dataset.name, path, asked))

    def field(self, ref: FieldRef) -> Sql:
        """A field as it is grouped and filtered by; parts of times are in the asked zone."""
        if ref.part:
            return part_of(self.time(TimeField(ref.path, ref.name)), ref.part, self.asked_zone)
        return self.name(ref.path, ref.name)

    def counted(self, part: Input) -> Sql | None:
        """Which rows an input counts (None: all): the measure's own `where` and the metric's own filter."""
        measure = self._measure(part)
        wheres = [one for one in (measure.where, part.filter) if one is not None]
        return all_of(self.expression(one) for one in wheres)

    def aggregate(self, part: Input) -> Sql:
        """The input's aggregate over the rows that it counts."""
        measure = self._measure(part)
        return self._over(part, aggregation(measure.aggregation).sql(self._operand(measure)))

    def row_count(self, part: Input) -> Sql:
        """How many rows an input counts."""
        return self._over(part, exp.Count(this=exp.Star()))

    def _over(self, part: Input, found: Sql) -> Sql:
        condition = self.counted(part)
        return exp.Filter(this=found, expression=exp.Where(this=condition)) if condition else found

    def _measure(self, part: Input) -> Measure:
        return self.dataset.measures[part.measure]

    def _operand(self, measure: Measure) -> Sql | None:
        if measure.operand is None:
            return None
        operand = self.expression(measure.operand)
        floating = self.bound.infer(self.dataset.name, measure.operand).kind == "float"
        return cast(operand, "numeric") if floating else operand

    def from_(self, select: exp.Select) -> exp.Select:
        """Adds FROM and all joins used so far."""
        made = select.from_(table(self.dataset.table, self.root), copy=False)
        for join in self.joins():
            made.append("joins", join)
        return made

    def joins(self) -> list[exp.Join]:
        """The joins used so far, each after the one on which it hangs."""
        return [self._join(path, alias) for path, alias in self.joined.items()]

    def _join(self, path: tuple[str, ...], alias: str) -> exp.Join:
        parent = self.bound.end(self.dataset.name, path[:-1])
        step = parent.joins[path[-1]]
        near = self.alias(path[:-1])
        on = all_of(equal(column(own, near), column(partner, alias)) for own, partner in step.on)
        partner = self.bound.model.datasets[step.dataset]
        return exp.Join(this=table(partner.table, alias), on=on, side="LEFT")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an expression at the end of `path`; in the dimension `inside`, its name is its column."""

    rows: BaseRows
    path: tuple[str, ...]
    inside: str | None

    @property
    def zone(self) -> str:
        """The model's zone, in which instants become days."""
        return self.rows.bound.model.calendar.zone

    def column(self, path: tuple[str, ...], name: str) -> Sql:
        """The SQL of a name."""
        if not path and name == self.inside:
            return column(name, self.rows.alias(self.path))
        return self.rows.name(self.path + path, name)

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        bound, dataset = self.rows.bound, self.rows.dataset.name
        if not path and name == self.inside:
            return bound.column(bound.end(dataset, self.path), name)
        return bound.type(dataset, self.path + path, name)
