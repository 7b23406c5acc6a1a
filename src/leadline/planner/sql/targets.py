"""Planned values in SQL: whole periods that the range touches, or their share by days up to now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlglot import exp

from leadline.core.grain import retail_pattern, step
from leadline.core.retail import UNITS as RETAIL_UNITS
from leadline.core.retail import all_starts as retail_starts
from leadline.core.schema import ColumnType
from leadline.planner.draft import Draft, TargetCell
from leadline.planner.query import leaves
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import (
    Params,
    column,
    equal,
    group_value,
    ident,
    interval,
    is_null,
    named,
    not_null,
    number,
    ordinals,
    table,
)
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.framing import element
from leadline.planner.sql.keys import BUCKET, among_left, member
from leadline.planner.sql.rows import base_rows
from leadline.planner.sql.time import TimeSql
from leadline.semantic.kinds.base import quotient
from leadline.semantic.model import Target
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import Sql, all_of, call, cast, paren, select

BUCKETS = "buckets"
_PLAN = "g"


@dataclass(frozen=True, slots=True)
class TargetKey:
    """What makes two target columns the same read: the metric and its pace."""

    metric: str
    pace: str | None


def key_of(cell: TargetCell) -> TargetKey:
    """The read that a cell needs."""
    return TargetKey(cell.metric.name, cell.compare.pace)


def is_reached(draft: Draft, cell: TargetCell) -> bool:
    """Whether all dimensions and filters lie on joins by which the target is given."""
    dataset = _dataset(draft, cell)
    left = draft.left.fields if draft.left else ()
    names = [*draft.fields, *left, *(leaf.field for one in draft.query.filters for leaf in leaves(one))]
    by = dict(cell.target.by)
    return all((path := draft.field(dataset, name).path) and path[0] in by for name in names)


def _dataset(draft: Draft, cell: TargetCell) -> str:
    return cell.metric.kind.inputs(cell.metric, draft.bound.model)[0].dataset


def buckets_sql(draft: Draft, params: Params) -> exp.Select:
    """The place of each bucket, and its ends in the range on the wall clock."""
    assert draft.buckets is not None  # noqa: S101  (set by a step)
    whole = draft.span.whole
    edges = [bound.local for bound in draft.buckets.edges]
    lows = [max(one, draft.span.start.local) if draft.span.start else one for one in edges[:-1]]
    highs = [min(one, whole.local) if whole else one for one in edges[1:]]
    arrays = [params.add([one.isoformat(sep=" ") for one in ends], "timestamp[]") for ends in (lows, highs)]
    alias = exp.TableAlias(this=ident("u"), columns=[ident("low"), ident("high"), ident(BUCKET)])
    source = exp.Unnest(expressions=arrays, alias=alias, offset=True)
    return select(column("low"), column("high"), column(BUCKET)).from_(source, copy=False)


def target_sql(draft: Draft, cell: TargetCell, value: str, params: Params) -> exp.Select:
    """The SELECT of a target: bucket (if there is a grain), dimensions, and the value."""
    return _TargetSelect(draft, cell, params).select(value)


class _TargetSelect:
    """One target as a SELECT; rows of the plan, joined to buckets and to the datasets of its members."""

    def __init__(self, draft: Draft, cell: TargetCell, params: Params) -> None:
        self.draft, self.cell, self.params = draft, cell, params
        self.target: Target = cell.target
        self.dataset = draft.bound.model.datasets[_dataset(draft, cell)]
        self.partners = {
            name: self._partner(name, position) for position, (name, _) in enumerate(self.target.by)
        }

    def _partner(self, name: str, position: int) -> BaseRows:
        """The rows of a member's dataset, with aliases of its own."""
        end = self.draft.bound.end(self.dataset.name, (name,))
        return base_rows(self.draft, end, self.params, root=f"m{position}")

    def select(self, value: str) -> exp.Select:
        groups = [(BUCKET, column(BUCKET, self._buckets))] if self.draft.grain else []
        groups += [(member(i), self._member(name)) for i, name in enumerate(self.draft.fields)]
        total = call("SUM", cast(self._value(), "numeric"))
        where = all_of([*self._touches(), *self._filters(), *self._seen(), *self._left()])
        made = self._from(select(*[named(sql, name) for name, sql in groups], named(total, value)))
        made = made.where(where, copy=False) if where is not None else made
        return made.group_by(*ordinals(len(groups)), copy=False) if groups else made

    def _ref(self, name: str) -> FieldRef:
        return self.draft.field(self.dataset.name, name)

    def _field(self, name: str) -> tuple[Sql, ColumnType, FieldRef]:
        ref = self._ref(name)
        inner = FieldRef(ref.path[1:], ref.dataset, ref.name, ref.part)
        return (
            self.partners[ref.path[0]].field(inner),
            self.draft.bound.field_type(self.dataset.name, ref),
            ref,
        )

    def _member(self, name: str) -> Sql:
        sql, type_, ref = self._field(name)
        return group_value(sql, type_, self.draft.bound.zone_of(self.dataset.name, ref.path, ref.name))

    def _filters(self) -> Iterator[Sql]:
        def find(name: str) -> FieldSql:
            sql, type_, ref = self._field(name)
            return FieldSql(sql, type_, self.draft.bound.zone_of(self.dataset.name, ref.path, ref.name))

        where = Filtering(find, self.draft.moment, self.params)
        return (where.sql(one) for one in self.draft.query.filters)

    def _from(self, select: exp.Select) -> exp.Select:
        made = select.from_(table(self.target.table, _PLAN), copy=False)
        if self.draft.grain:
            made.append("joins", exp.Join(this=exp.Table(this=ident(self._buckets)), kind="CROSS"))
        for name, own in self.target.by:
            self._join(made, name, own)
        return made

    def _join(self, made: exp.Select, name: str, own: str) -> None:
        rows = self.partners[name]
        partner = self.dataset.joins[name].on[0][1]
        on = equal(column(own, _PLAN), column(partner, rows.alias(())))
        instance = rows.instance(rows.dataset, rows.alias(()))
        made.append("joins", exp.Join(this=instance, on=on, side="LEFT"))
        for join in rows.joins():
            made.append("joins", join)

    def _seen(self) -> Iterator[Sql]:
        """Plans of members that the viewer may see, and those without a member."""
        scope = self.draft.scope
        for name, own in self.target.by:
            rows = self.partners[name]
            if scope.everything or rows.dataset.name not in scope.rows:
                continue
            partner = column(self.dataset.joins[name].on[0][1], rows.alias(()))
            yield paren(exp.Or(this=is_null(column(own, _PLAN)), expression=not_null(partner)))

    def _left(self) -> Iterator[Sql]:
        """Of the members that `top` leaves out only their own plans."""
        left = self.draft.left
        if left is not None:
            yield among_left(self.draft, self.dataset.name, [self._member(name) for name in left.fields])

    # -- time ---------------------------------------------------------------------------------------

    def _start(self) -> Sql:
        source = self.draft.bound.schema.table(self.target.table)
        type_ = source.columns[self.target.start].type if source else ColumnType("date")
        time = TimeSql(column(self.target.start, _PLAN), type_, self.draft.bound.model.calendar.zone)
        return time.local(self.draft.zone)

    @property
    def _buckets(self) -> str:
        return self.draft.prefix + BUCKETS

    def _end(self) -> Sql:
        """The end of a plan's period: the next unit of the calendar."""
        period, calendar = self.target.period, self.draft.moment.calendar
        if period not in RETAIL_UNITS:
            return paren(exp.Add(this=self._start(), expression=interval(step(period))))
        starts = [one.isoformat(sep=" ") for one in retail_starts(period, retail_pattern(calendar))]
        after = call("width_bucket", self._start(), self.params.add(starts, "timestamp[]"))
        listed = self.params.add(starts, "timestamp[]")
        return element(listed, exp.Add(this=after, expression=number(1)))

    def _bounds(self) -> tuple[Sql | None, Sql | None]:
        """Start and end of the range, or of the bucket in it, on the wall clock."""
        if self.draft.grain:
            return column("low", self._buckets), column("high", self._buckets)
        first, after = (
            self.params.add(bound.local, "timestamp") if bound else None
            for bound in (self.draft.span.start, self.draft.span.whole)
        )
        return first, after

    def _touches(self) -> Iterator[Sql]:
        first, after = self._bounds()
        if after is not None:
            yield exp.LT(this=self._start(), expression=after)
        if first is not None:
            yield exp.GT(this=self._end(), expression=first)

    def _value(self) -> Sql:
        whole = column(self.target.value, _PLAN)
        if self.cell.compare.pace is None:
            return whole
        days = call("GREATEST", self._days(*self._overlap()), number(0))
        return quotient(exp.Mul(this=cast(whole, "numeric"), expression=days), self._period_days())

    def _period_days(self) -> Sql:
        return self._days(self._start(), self._end())

    def _overlap(self) -> tuple[Sql, Sql]:
        """The part of the period in the range and up to now, in whole days."""
        first, after = self._bounds()
        starts = [self._start(), *([first] if first is not None else [])]
        ends = [self._end(), self.params.add(self._today_end(), "timestamp")]
        ends += [after] if after is not None else []
        return call("GREATEST", *starts), call("LEAST", *ends)

    def _today_end(self) -> datetime:
        """The end of the day that holds now: a day that has begun is due."""
        now = self.draft.moment.now.local
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if now == midnight else midnight + timedelta(days=1)

    def _days(self, first: Sql, after: Sql) -> Sql:
        """Whole days between two wall clocks; a begun last day counts."""
        almost = exp.Sub(this=paren(after), expression=cast(exp.Literal.string("1 microsecond"), "interval"))
        last = cast(paren(almost), "date")
        counted = exp.Sub(this=last, expression=cast(paren(first), "date"))
        return paren(exp.Add(this=paren(counted), expression=number(1)))
