"""The rows of a dataset in SQL: joins (many to one, left) appear as fields need them; no row multiplies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType
from leadline.planner.bound import BoundModel
from leadline.planner.draft import StateField, TimeField
from leadline.planner.sql.build import Params, column, equal, is_null, table
from leadline.planner.sql.rates import Rates, rate_join
from leadline.planner.sql.time import TimeSql, part_of
from leadline.semantic.aggregations import aggregation
from leadline.semantic.aggregations.base import Aggregation, Given
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import Input, StateTime
from leadline.semantic.model import Dataset, Join, Measure
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import Sql, all_of, cast, paren

ROOT = "t"
Instance = Callable[[Dataset, str], exp.Expr]
"""How a table stands in FROM under an alias: as it is, or with the rows that the viewer may see."""


def bare(dataset: Dataset, alias: str) -> exp.Expr:
    """The table as it is."""
    return table(dataset.table, alias)


@dataclass(slots=True)
class BaseRows:
    """One statement's view of a dataset. Every name used adds the joins on its way.

    `instance`: how its tables stand in FROM. `at`: the time of a fact, by which joins valid in time find
    their partner.
    """

    bound: BoundModel
    dataset: Dataset
    asked_zone: ZoneInfo
    params: Params
    root: str = ROOT
    instance: Instance = bare
    at: TimeField | StateField | None = None
    joined: dict[tuple[str, ...], str] = field(default_factory=dict)
    rates: dict[tuple[str, str], Rates] = field(default_factory=dict)

    def alias(self, path: tuple[str, ...]) -> str:
        """The alias of the table at the end of a path; joins it if it is not there yet."""
        if not path:
            return self.root
        if path not in self.joined:
            self.alias(path[:-1])
            self._reach_time(path)
            self.joined[path] = f"{self.root}_j{len(self.joined)}"
        return self.joined[path]

    def _reach_time(self, path: tuple[str, ...]) -> None:
        """A join valid in time comes after those by which the fact's time is reached."""
        if self._step(path).valid and isinstance(self.at, TimeField) and self.at.path[: len(path)] != path:
            self.alias(self.at.path)

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

    # -- measures -----------------------------------------------------------------------------------

    def counted(self, part: Input) -> Sql | None:
        """Which rows an input counts (None: all): the measure's own `where` and the metric's own filter."""
        wheres = [one for one in (self.measure(part).where, part.filter) if one is not None]
        return all_of(self.expression(one) for one in wheres)

    def aggregate(self, part: Input) -> Sql:
        """The input's aggregate over the rows that it counts."""
        found = self._aggregation(part)
        operand = self.operand(part)
        made = found.sql(operand, Given(self.measure(part).p, self._order(part, found)))
        present = operand if found.present else None
        return found.finish(self._over(part, made, present))

    def stored_part(self, part: Input, name: str) -> Sql:
        """One part of the aggregate, as a rollup stores it."""
        return self._over(part, self._aggregation(part).part(name, self.operand(part)), None)

    def row_count(self, part: Input) -> Sql:
        """How many rows an input counts."""
        return self._over(part, exp.Count(this=exp.Star()), None)

    def unconverted(self, part: Input) -> Sql | None:
        """How many counted values had no rate; None where nothing is converted."""
        measure = self.measure(part)
        if measure.currency is None or measure.operand is None:
            return None
        missing = exp.And(
            this=exp.Not(this=is_null(self.expression(measure.operand))),
            expression=is_null(self.operand(part) or exp.Null()),
        )
        counted = self.counted(part)
        where = exp.And(this=paren(counted), expression=missing) if counted is not None else missing
        return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=where))

    def _over(self, part: Input, found: Sql, present: Sql | None) -> Sql:
        conditions = [one for one in (self.counted(part), _there(present)) if one is not None]
        condition = all_of(conditions)
        return exp.Filter(this=found, expression=exp.Where(this=condition)) if condition else found

    def measure(self, part: Input) -> Measure:
        """The measure of an input."""
        return self.dataset.measures[part.measure]

    def _aggregation(self, part: Input) -> Aggregation:
        return aggregation(self.measure(part).aggregation)

    def _order(self, part: Input, found: Aggregation) -> tuple[Sql, ...]:
        """The metric's time, then the key: which of two rows is the later one."""
        if not found.present:
            return ()
        keys = [column(name, self.root) for name in self.dataset.key]
        if isinstance(self.at, TimeField):
            return (self.time(self.at).edge(), *keys)
        time = own_time(self.measure(part), part)
        return (self.time(TimeField((), time)).edge(), *keys) if time else tuple(keys)

    def operand(self, part: Input) -> Sql | None:
        """What is aggregated; money in the model's currency."""
        measure = self.measure(part)
        if measure.operand is None:
            return None
        operand = self.expression(measure.operand)
        floating = self.bound.infer(self.dataset.name, measure.operand).kind == "float"
        value = cast(operand, "numeric") if floating else operand
        return self._converted(measure, part, value) if measure.currency else value

    def _converted(self, measure: Measure, part: Input, value: Sql) -> Sql:
        time = own_time(measure, part)
        if time is None:
            why = f"{part.dataset}.{part.measure} converts money, but has no time whose rate is meant."
            raise LeadlineError("no_time", why, "State time: in the measure.")
        key = (measure.currency or "", time)
        if key not in self.rates:
            self.rates[key] = Rates(f"{self.root}_r{len(self.rates)}", *key)
        return self.rates[key].converted(value, self.name((), key[0]), self.bound.model)

    def own(self) -> list[Sql]:
        """None: the instance of the table has them."""
        return []

    # -- FROM ---------------------------------------------------------------------------------------

    def from_(self, select: exp.Select) -> exp.Select:
        """Adds FROM and all joins used so far."""
        made = select.from_(self.instance(self.dataset, self.root), copy=False)
        for join in self.joins():
            made.append("joins", join)
        return made

    def joins(self) -> list[exp.Join]:
        """The joins used so far, each after the one on which it hangs."""
        rates = [rate_join(self, one) for one in self.rates.values()]  # they may need further joins
        made = [self._join(path, alias) for path, alias in self.joined.items()]
        return made + [join for joins in rates for join in joins]

    def is_timed(self, path: tuple[str, ...]) -> bool:
        """Whether the last join of a path is valid in time."""
        return self._step(path).valid is not None

    def _step(self, path: tuple[str, ...]) -> Join:
        return self.bound.end(self.dataset.name, path[:-1]).joins[path[-1]]

    def _join(self, path: tuple[str, ...], alias: str) -> exp.Join:
        step = self._step(path)
        near = self.alias(path[:-1])
        on = [equal(column(own, near), column(partner, alias)) for own, partner in step.on]
        partner = self.bound.model.datasets[step.dataset]
        if step.valid:
            on += self._valid(step.valid, partner, alias)
        return exp.Join(this=self.instance(partner, alias), on=all_of(on), side="LEFT")

    def _valid(self, valid: tuple[str, str], partner: Dataset, alias: str) -> list[Sql]:
        """The partner that holds at the fact's time: from its start until before its end, if it has them."""
        if self.at is None:
            why = f"The join to {partner.name} is valid in time, but the metric has no time."
            raise LeadlineError("no_time", why, "State a time in the measure, or ask fields of other joins.")
        home = self.bound.model.calendar.zone
        start, end = (TimeSql(column(name, alias), self.bound.column(partner, name), home) for name in valid)
        time = self.time(self.at)
        begun = exp.LTE(this=_on(start, time, home), expression=_on(time, start, home))
        over = exp.LT(this=_on(time, end, home), expression=_on(end, time, home))
        pairs = ((start, begun), (end, over))
        return [paren(exp.Or(this=is_null(one.sql.copy()), expression=test)) for one, test in pairs]


def _on(time: TimeSql, other: TimeSql, home: str) -> Sql:
    """A time as it is compared with another: as a day where one of them has only a day."""
    if time.is_date or not other.is_date:
        return time.edge()
    return cast(time.local(ZoneInfo(home)), "date")


def _there(operand: Sql | None) -> Sql | None:
    return None if operand is None else exp.Not(this=is_null(operand.copy()))


def own_time(measure: Measure, part: Input) -> str | None:
    """The row's own time: the measure's, else that of the metric, or the start of a state."""
    if measure.time:
        return measure.time
    return part.time.start if isinstance(part.time, StateTime) else part.time.field


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
