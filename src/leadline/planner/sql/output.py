"""The columns of the answer over the merged rows of a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.zones import Bound
from leadline.planner.draft import Cell, ComparedCell, Draft, EmptyCell, MetricCell, TargetCell, TotalCell
from leadline.planner.frames import Instants, Read, days
from leadline.planner.sql.build import Params, column, not_null, number
from leadline.planner.sql.framing import element
from leadline.planner.sql.keys import BUCKET
from leadline.planner.sql.merge import Names
from leadline.planner.sql.targets import key_of
from leadline.planner.steps.scans import reading
from leadline.planner.windows import Window
from leadline.semantic.aggregations import aggregation
from leadline.semantic.kinds.base import Input, Reach, StateTime, as_number, quotient
from leadline.semantic.model import Metric
from leadline.semantic.sql_tree import Sql, call, cast, paren


@dataclass(frozen=True, slots=True)
class Output:
    """The values of a draft's cells. `totals`: those of all groups together, for shares."""

    draft: Draft
    names: Names
    params: Params
    totals: Names | None = None

    def cell(self, cell: Cell) -> Sql:
        """The value of one column."""
        match cell:
            case EmptyCell():
                value = cast(exp.Null(), "numeric")
            case MetricCell():
                value = self._value(cell.metric, cell.window, self.names)
            case ComparedCell():
                other = self._partnered(cell, self._value(cell.metric, cell.other, self.names))
                value = _FORMS[cell.form](self._value(cell.metric, cell.own, self.names), other, cell.periods)
            case TotalCell():
                own = self._value(cell.metric, cell.own, self.names)
                value = _FORMS[cell.form](own, self._total(cell), 1)
            case _:
                own = self._value(cell.metric, cell.own, self.names)
                value = _FORMS[cell.compare.as_](own, self._target(cell), 1)
        return _shown(cell, value)  # every sort of cell is above

    def _total(self, cell: TotalCell) -> Sql:
        assert self.totals is not None  # noqa: S101  (whoever builds the statement has made them)
        return self._value(cell.metric, cell.own, self.totals)

    def _target(self, cell: TargetCell) -> Sql:
        name = self.names.targets.get(key_of(cell))
        return column(name, self.names.table) if name else cast(exp.Null(), "numeric")

    def _value(self, metric: Metric, window: Window, names: Names) -> Sql:
        """A metric's value in a window, over its inputs with their empty values."""
        model = self.draft.bound.model
        inputs: dict[Input | Reach, Sql] = {
            part: self._input(part, window, names) for part in metric.kind.inputs(metric, model)
        }
        for reach in metric.kind.divisors(metric, model):
            inputs[reach] = self._days(reach, window, names)
        return metric.kind.value(metric, model, inputs)

    def _input(self, part: Input, window: Window, names: Names) -> Sql:
        key = (reading(self.draft, part, window), part)
        read = key[0].read
        if isinstance(read, Instants) and not read.at:
            return cast(exp.Null(), "numeric")  # no instant has come yet
        value = column(names.values[key], names.table)
        found = aggregation(self.draft.bound.measure(part).aggregation)
        if not (found.zero or part.following):
            return value
        filled = call("COALESCE", value, number(0))
        if (known := self._known(part, key[0].read)) is not None:
            return self._where(known, filled, names)
        flag = names.present.get(key)
        return self._unless_future(filled, column(flag, names.table), names) if flag else filled

    def _known(self, part: Input, read: Read) -> list[bool] | None:
        """Of which buckets a state or a value up to their end is known; None: of all."""
        upto = isinstance(part.time, StateTime) or part.time.reach is not None
        if not (upto and self.draft.grain and read):
            return None
        read_of = set(read.ordinals)
        found = [i in read_of for i in range(1, self.draft.count + 1)]
        return None if all(found) else found

    def _where(self, buckets: list[bool], value: Sql, names: Names) -> Sql:
        """The value in these buckets."""
        listed = element(self.params.add(buckets, "boolean[]"), column(BUCKET, names.table))
        return exp.Case(ifs=[exp.If(this=listed, true=value)])

    def _unless_future(self, value: Sql, flag: Sql, names: Names) -> Sql:
        """Nothing is known of a bucket that begins after now, unless it has rows."""
        now = self.draft.moment.now.instant
        begun = sum(1 for start in self._starts() if start.instant <= now)
        known = exp.Or(
            this=exp.LTE(this=column(BUCKET, names.table), expression=number(begun)),
            expression=not_null(call("NULLIF", flag, number(0))),
        )
        return exp.Case(ifs=[exp.If(this=known, true=value)])

    def _starts(self) -> tuple[Bound, ...]:
        assert self.draft.buckets is not None  # noqa: S101  (set by a step)
        return self.draft.buckets.starts

    def _days(self, reach: Reach, window: Window, names: Names) -> Sql:
        """The days of the window of each bucket."""
        found = [days(reach, one, self.draft.moment) for one in window.stretches]
        if not self.draft.grain:
            return number(found[0]) if found[0] is not None else exp.Null()
        return element(self.params.add(found, "integer[]"), column(BUCKET, names.table))

    def _partnered(self, cell: ComparedCell, value: Sql) -> Sql:
        """A bucket without a partner (29 February, the 31st) has no earlier value."""
        there = [one is not None for one in cell.other.stretches]
        return value if all(there) else self._where(there, value, self.names)


def _growth(own: Sql, other: Sql) -> Sql:
    """By how much the value is more than the earlier one, in parts of it."""
    return paren(exp.Sub(this=quotient(own, other), expression=number(1)))


def _compound(own: Sql, other: Sql, periods: int) -> Sql:
    """The growth a bucket that leads from the earlier value to this one; null where the sign changes."""
    ratio = quotient(own, other)
    root = exp.Anonymous(this="power", expressions=[ratio, quotient(number(1), number(periods))])
    grown = exp.Sub(this=root, expression=number(1))
    return exp.Case(ifs=[exp.If(this=exp.GTE(this=ratio.copy(), expression=number(0)), true=grown)])


def _change(own: Sql, other: Sql) -> Sql:
    return exp.Sub(this=as_number(own), expression=as_number(other))


_FORMS: Mapping[str, Callable[[Sql, Sql, int], Sql]] = {
    "value": lambda own, other, periods: other,
    "change": lambda own, other, periods: _change(own, other),
    "percent": lambda own, other, periods: quotient(
        _change(own, other), call("ABS", as_number(other.copy()))
    ),
    "share": lambda own, other, periods: quotient(own, other),
    "compound": _compound,
    "rolling": lambda own, other, periods: _growth(own, other),
}


def _shown(cell: Cell, value: Sql) -> Sql:
    """Decimals of a known scale are rounded to it, half away from zero."""
    scale = cell.column.scale
    if cell.column.type != "decimal" or scale is None:
        return value
    return call("ROUND", cast(paren(value), "numeric"), number(scale))
