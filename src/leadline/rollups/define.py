"""The SELECT of a rollup, from the model: what `leadline.<name>` holds, column for column."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.grain import Step
from leadline.planner.bound import BoundModel
from leadline.planner.draft import TimeField
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params, call, interval, named, text
from leadline.planner.sql.time import TimeSql
from leadline.semantic.aggregations import aggregation
from leadline.semantic.model import Measure, Rollup, RollupColumn
from leadline.semantic.sql_tree import Sql

_FORMAT = "1"  # grows when the same model must be stored in another way
_TRUNCATED = ("minute", "hour", "day", "week", "month", "quarter", "year")
_QUARTER_HOUR = "quarter_hour"


@dataclass(frozen=True, slots=True)
class Definition:
    """A rollup as SQL. `keys`: its columns that are unique together; `index`: (column, descending) besides.

    `tables`: those that it reads, `schema.table`. `digest` changes with anything that is stored.
    """

    name: str
    select: str
    tables: tuple[str, ...]
    keys: tuple[str, ...]
    index: tuple[tuple[str, bool], ...]

    @property
    def digest(self) -> str:
        """A short hash of all of it."""
        parts = (
            _FORMAT,
            self.select,
            *self.tables,
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
        keys = [column.name for column in grouped] or [self._rollup.columns[0].name]
        return Definition(
            self._rollup.name,
            self._select(grouped).sql(dialect="postgres", identify=True),
            self._tables(),
            tuple(keys),
            self._rollup.index,
        )

    def _select(self, grouped: list[RollupColumn]) -> exp.Select:
        columns = [named(self._column(column), column.name) for column in self._rollup.columns]
        where = self._rows.expression(self._rollup.where) if self._rollup.where else None
        select = self._rows.from_(exp.select(*columns))
        if where is not None:
            select = select.where(where)
        places = [number for number, column in enumerate(self._rollup.columns, 1) if column in grouped]
        return select.group_by(*[exp.Literal.number(place) for place in places]) if places else select

    def _tables(self) -> tuple[str, ...]:
        paths = ((), *self._rows.joined)
        datasets = (self._bound.end(self._rollup.dataset, path) for path in paths)
        return tuple(sorted({_qualified(dataset.table) for dataset in datasets}))

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


def _qualified(table: str) -> str:
    return table if "." in table else f"public.{table}"
