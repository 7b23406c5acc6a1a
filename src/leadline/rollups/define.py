"""The SELECT of a rollup, from the model: what `leadline.<name>` holds, column for column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.grain import Step
from leadline.planner.bound import BoundModel
from leadline.planner.draft import TimeField
from leadline.planner.sql.base_rows import ROOT, BaseRows
from leadline.planner.sql.build import Params, column, interval, is_null, named, no, text
from leadline.planner.sql.time import TimeSql
from leadline.semantic.aggregations import aggregation
from leadline.semantic.model import Dataset, Join, Measure, Rollup, RollupColumn
from leadline.semantic.sql_tree import Sql, all_of, any_of, call

_FORMAT = "2"  # grows when the same model must be stored in another way
_SCOPE = '"leadline scope"'  # stands in the SELECT where a condition on the rows goes
_TRUNCATED = ("minute", "hour", "day", "week", "month", "quarter", "year")
_QUARTER_HOUR = "quarter_hour"
_FINE = ("minute", _QUARTER_HOUR, "hour")


@dataclass(frozen=True, slots=True)
class Bucket:
    """The bucket of a row, told by the row alone. `sql`: over the rows' own table as `t`.

    `name`: its column in the rollup. `column`: the row's column that it is made from, where it is just one.
    """

    name: str
    sql: str
    grain: str
    is_date: bool
    column: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A table that a rollup reads, and the columns it reads there.

    `own`: it holds the rows that are counted and is not joined to them as well. `where`: which of those
    count, where the row alone tells it. `joins_once`: it is only joined, and a key finds one row at most:
    then a new row matters only to rows that have found no partner so far.
    """

    table: str
    columns: tuple[str, ...]
    own: bool
    where: str | None = None
    joins_once: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A rollup as SQL. `keys`: its columns that are unique together; `index`: (column, descending) besides.

    `scoped`: the SELECT with a place for a condition; `lonely`: likewise, whether there are rows that wait
    for a partner. `readings`: the tables that it reads. `bucket`: None where the row alone does not tell it.
    `digest` changes with anything that is stored.
    """

    name: str
    select: str
    scoped: str
    readings: tuple[Reading, ...]
    keys: tuple[str, ...]
    index: tuple[tuple[str, bool], ...]
    bucket: Bucket | None = None
    lonely: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it reads, `schema.table`."""
        return tuple(one.table for one in self.readings)

    @property
    def is_view(self) -> bool:
        """Whether it is a materialized view: what is small, or cannot be renewed in part."""
        small = self.bucket is not None and len(self.keys) == 1 and self.bucket.grain not in _FINE
        return self.bucket is None or small

    def within(self, condition: str) -> str:
        """The SELECT over those rows only for which `condition` (SQL over `t`) holds."""
        return self.scoped.replace(_SCOPE, condition)

    def lonely_within(self, condition: str) -> str | None:
        """A SELECT that has a row if one of those rows waits for a partner; None: nobody needs to know."""
        return self.lonely.replace(_SCOPE, condition) if self.lonely else None

    @property
    def digest(self) -> str:
        """A short hash of all of it."""
        parts = (
            _FORMAT,
            self.select,
            *(" ".join((one.table, *one.columns, str(one.joins_once))) for one in self.readings),
            *self.keys,
            *(f"{name} {desc}" for name, desc in self.index),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def define(rollup: Rollup, bound: BoundModel) -> Definition:
    """The SQL of a rollup. Raises `model_invalid` or `not_supported`, with the place in the model."""
    try:
        return _Making(rollup, bound).definition()
    except LeadlineError as error:
        raise LeadlineError(
            error.code, f"rollup {rollup.name}: {error.why}", error.fix, str(rollup.place)
        ) from None


class _Making:
    """One definition while it is being made."""

    def __init__(self, rollup: Rollup, bound: BoundModel) -> None:
        self._rollup, self._bound = rollup, bound
        self._calendar = bound.model.calendar
        zone = ZoneInfo(self._calendar.zone)
        self._rows = BaseRows(bound, bound.model.datasets[rollup.dataset], zone, Params())

    def definition(self) -> Definition:
        grouped = [column for column in self._rollup.columns if column.measure is None]
        grouped.sort(key=lambda column: not column.time)
        keys = [column.name for column in grouped] or [self._rollup.columns[0].name]
        select = self._select(grouped)
        readings = self._readings(select)
        return Definition(
            self._rollup.name,
            _text(select),
            _text(select.where(_scope())),
            readings,
            tuple(keys),
            self._rollup.index,
            self._own_bucket(),
            self._lonely() if any(one.joins_once for one in readings) else None,
        )

    def _select(self, grouped: list[RollupColumn]) -> exp.Select:
        columns = [named(self._column(column), column.name) for column in self._rollup.columns]
        where = self._where()
        select = self._rows.from_(exp.select(*columns))
        if where is not None:
            select = select.where(where)
        places = [number for number, column in enumerate(self._rollup.columns, 1) if column in grouped]
        return select.group_by(*[exp.Literal.number(place) for place in places]) if places else select

    def _where(self) -> Sql | None:
        return self._rows.expression(self._rollup.where) if self._rollup.where else None

    def _readings(self, select: exp.Select) -> tuple[Reading, ...]:
        """The tables, by name, each with the columns that are read there under any of its aliases."""
        aliases: dict[str, list[str]] = {}
        for path in ((), *self._rows.joined):
            table = _qualified(self._bound.end(self._rollup.dataset, path).table)
            aliases.setdefault(table, []).append(self._rows.alias(path))
        where = self._where()
        own_where = _text(where) if where is not None and _is_own(where) else None
        return tuple(
            Reading(
                table,
                _columns(select, names),
                own=names == [ROOT],
                where=own_where if names == [ROOT] else None,
                joins_once=ROOT not in names and self._joins_once(table),
            )
            for table, names in sorted(aliases.items())
        )

    def _joins_once(self, table: str) -> bool:
        """Whether all joins to the table go by what is unique there."""
        found = self._bound.schema.table(table)
        steps = [step for end, step, _, _ in self._steps() if _qualified(end.table) == table]
        return found is not None and all(
            step.valid is None and any(one <= {partner for _, partner in step.on} for one in found.unique)
            for step in steps
        )

    def _steps(self) -> Iterator[tuple[Dataset, Join, str, str]]:
        """Each join that is used: its end, itself, and the aliases of its two sides."""
        for path in self._rows.joined:
            near = self._bound.end(self._rollup.dataset, path[:-1])
            end = self._bound.end(self._rollup.dataset, path)
            yield end, near.joins[path[-1]], self._rows.alias(path[:-1]), self._rows.alias(path)

    def _lonely(self) -> str:
        """Rows that name a partner which is not there."""
        waiting = any_of(
            all_of(
                [*(no(is_null(column(own, near))) for own, _ in step.on), is_null(column(step.on[0][1], far))]
            )
            or exp.false()
            for _, step, near, far in self._steps()
        )
        where = self._where()
        select = self._rows.from_(exp.select("1")).where(waiting).where(_scope())
        return _text(select.where(where) if where is not None and _is_own(where) else select)

    def _own_bucket(self) -> Bucket | None:
        """The bucket, where the row alone tells it."""
        found = next((column for column in self._rollup.columns if column.time), None)
        if found is None or self._rollup.time is None:
            return None
        made = self._bucket()
        if not _is_own(made):
            return None
        name, grain = self._rollup.time
        time = self._rows.time(TimeField((), name))
        column = time.sql.name if isinstance(time.sql, exp.Column) else None
        return Bucket(found.name, _text(made), grain, time.kind.kind == "date", column)

    def _column(self, column: RollupColumn) -> Sql:
        if column.time:
            return self._bucket()
        if column.measure is not None:
            return self._aggregate(column.measure)
        *path, name = (column.dimension or column.name).split(".")
        return self._rows.name(tuple(path), name)

    def _aggregate(self, measure: Measure) -> Sql:
        found = aggregation(measure.aggregation).sql(self._operand(measure))
        if measure.where is None or measure.where == self._rollup.where:
            return found
        return exp.Filter(this=found, expression=exp.Where(this=self._rows.expression(measure.where)))

    def _operand(self, measure: Measure) -> Sql | None:
        if measure.operand is None:
            return None
        operand = self._rows.expression(measure.operand)
        floating = self._bound.infer(self._rollup.dataset, measure.operand).kind == "float"
        return exp.cast(operand, "numeric") if floating else operand

    def _bucket(self) -> Sql:
        """The bucket's first instant; of a date column its first date."""
        name, grain = self._rollup.time or ("", "")
        *path, last = name.split(".")
        time = self._rows.time(TimeField(tuple(path), last))
        if self._bound.type(self._rollup.dataset, tuple(path), last).kind == "date":
            return self._date(time, grain)
        if grain == _QUARTER_HOUR:
            origin = exp.cast(text("2000-01-01 00:00:00+00"), "timestamptz")
            return call("date_bin", exp.cast(text("15 minutes"), "interval"), time.instant(), origin)
        return self._truncated(time.instant(), grain, self._calendar.zone)

    def _date(self, time: TimeSql, grain: str) -> Sql:
        start = self._truncated(exp.cast(time.sql, "timestamp"), grain, None)
        return exp.cast(start, "date")

    def _truncated(self, moment: Sql, grain: str, zone: str | None) -> Sql:
        if grain not in _TRUNCATED:
            raise LeadlineError(
                "not_supported", f"the grain {grain} is not stored yet", "Store days or hours."
            )
        late = self._calendar.week_start - 1 if grain == "week" else 0
        if not late:
            return call("date_trunc", text(grain), moment, *([text(zone)] if zone else []))
        return _late_week(moment, late, zone)


def _late_week(moment: Sql, late: int, zone: str | None) -> Sql:
    """Weeks that begin `late` days after Monday: moved on the wall clock, where every day has a name."""
    wall = exp.AtTimeZone(this=exp.paren(moment), zone=text(zone)) if zone else moment
    days = interval(Step(days=late))
    start = call("date_trunc", text("week"), exp.Sub(this=exp.paren(wall), expression=days))
    moved = exp.paren(exp.Add(this=start, expression=days.copy()))
    return exp.AtTimeZone(this=moved, zone=text(zone)) if zone else moved


def _text(made: Sql) -> str:
    return made.sql(dialect="postgres", identify=True)


def _scope() -> Sql:
    return exp.column(exp.to_identifier(_SCOPE.strip('"'), quoted=True))


def _is_own(made: Sql) -> bool:
    """Whether it reads nothing but the row itself."""
    return all(column.table == ROOT for column in made.find_all(exp.Column))


def _columns(select: exp.Select, aliases: list[str]) -> tuple[str, ...]:
    found = {column.name for column in select.find_all(exp.Column) if column.table in aliases}
    return tuple(sorted(found))


def _qualified(table: str) -> str:
    return table if "." in table else f"public.{table}"
