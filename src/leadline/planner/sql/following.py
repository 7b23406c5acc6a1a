"""Conversions in SQL: entities of a first event, and those of them that have a second one in time.

Each input is a SELECT of its own: all entities where the first event lies, and those that follow it up, where
the first (by cohort) or the second event lies (by event). Every entity counts once in a group. `within` is
added on the asked zone's clock, as the source adds an interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.schema import INTEGER
from leadline.planner.draft import Draft, Scan, TimeField
from leadline.planner.frames import Frames
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import (
    Params,
    column,
    equal,
    ident,
    named,
    not_null,
    null_of,
    ordinals,
    text,
)
from leadline.planner.sql.framing import Framed, framed, lateral, ordinal
from leadline.planner.sql.keys import BUCKET, keys_of
from leadline.planner.sql.rows import base_rows
from leadline.planner.sql.source import Source, source_of
from leadline.planner.sql.time import TimeSql
from leadline.semantic.kinds.base import EventTime, Following, Input, StateTime
from leadline.semantic.model import Dataset
from leadline.semantic.sql_tree import Sql, all_of, call, cast, paren, select

_FIRST, _SECOND = "a", "z"
_ENTITY, _TIME = "e", "t"
_SECOND_ROOT = "u"


def following_sql(draft: Draft, scan: Scan, names: Mapping[Input, str], params: Params) -> exp.Query:
    """The SELECT of a scan of conversions: its keys, then a column for each input."""
    columns = tuple(names.values())
    branches = [_Conversion(draft, scan, part, params).branch(name, columns) for part, name in names.items()]
    made: exp.Query = branches[0]
    for one in branches[1:]:
        made = exp.union(made, one, distinct=False, copy=False)
    keys = keys_of(draft)
    values = [named(call("MAX", column(name)), name) for name in columns]
    outer = select(*[column(key) for key in keys], *values)
    outer = outer.from_(exp.Subquery(this=made, alias=exp.TableAlias(this=ident("c"))), copy=False)
    return outer.group_by(*ordinals(len(keys)), copy=False) if keys else outer


def converted(draft: Draft, scan: Scan, part: Input, rows: BaseRows, params: Params) -> Sql:
    """Whether a row of first events has a second one in time; if it counts by that, one in the frame."""
    return _Conversion(draft, scan, part, params).follows(rows)


@dataclass(frozen=True, slots=True)
class _Conversion:
    draft: Draft
    scan: Scan
    part: Input
    params: Params

    @property
    def _following(self) -> Following:
        assert self.part.following is not None  # noqa: S101  (asked by the caller)
        return self.part.following

    @property
    def _by_second(self) -> bool:
        """Whether the entities are counted where the second event lies."""
        return self._following.met and self._following.by == "event"

    def branch(self, own: str, names: tuple[str, ...]) -> exp.Select:
        """The input's own column over each group; those of others as null."""
        keys = [self._key(key) for key in keys_of(self.draft)]
        counted = exp.Count(this=exp.Distinct(expressions=[column(_ENTITY, _FIRST)]))
        values = [
            named(cast(counted, "numeric") if name == own else null_of(INTEGER), name) for name in names
        ]
        made = select(*keys, *values).from_(_inner(self._first(), _FIRST), copy=False)
        if self._following.met:
            first = column(_ENTITY, _FIRST), column(_TIME, _FIRST)
            made.append("joins", exp.Join(this=_inner(self._second(), _SECOND), on=self._followed(*first)))
        return made.group_by(*ordinals(len(keys)), copy=False) if keys else made

    def _key(self, key: str) -> Sql:
        return column(key, _SECOND if key == BUCKET and self._by_second else _FIRST)

    # -- the first event ----------------------------------------------------------------------------

    def _first(self) -> exp.Select:
        """Bucket and members, entity and instant of the first events."""
        dataset = self._dataset(self.part.dataset)
        rows = base_rows(self.draft, dataset, self.params, at=self.scan.reading.time)
        counted = rows.counted(self.part)
        source = source_of(
            self.draft, self.scan, rows, self.params, also=[paren(counted)] if counted is not None else []
        )
        if self._by_second:  # the first event may lie anywhere before
            source = Source(rows, Framed(None), source.members, source.where[len(source.framing.where) :])
        members = [named(sql, name) for name, sql in source.members]
        own = [named(self._entity(rows), _ENTITY), named(self._instant(rows, self.part.time), _TIME)]
        made = select(*self._bucket(source.framing), *members, *own)
        return source.from_(made, expanded=True)

    def _bucket(self, framing: Framed) -> list[Sql]:
        if framing.position is None or not self.draft.grain:
            return []
        return [named(ordinal(framing.position, self._frames().ordinals, self.params), BUCKET)]

    def _frames(self) -> Frames:
        assert isinstance(self.scan.reading.read, Frames)  # noqa: S101  (conversions have times)
        return self.scan.reading.read

    # -- the second event ---------------------------------------------------------------------------

    def _second(self) -> exp.Select:
        """Entity and instant of the second events; with their bucket where they are counted by it."""
        second = Input(self._following.dataset, self._following.measure, self._following.time)
        rows = base_rows(self.draft, self._dataset(second.dataset), self.params, root=_SECOND_ROOT)
        framing = self._second_framing(rows, second)
        counted = rows.counted(second)
        own = [named(self._entity(rows), _ENTITY), named(self._instant(rows, second.time), _TIME)]
        made = rows.from_(select(*self._bucket(framing), *own))
        if framing.series is not None:
            made.append("joins", lateral(framing.series))
        where = all_of([*framing.where, *([paren(counted)] if counted is not None else [])])
        return made.where(where, copy=False) if where is not None else made

    def _second_framing(self, rows: BaseRows, second: Input) -> Framed:
        if not self._by_second:
            return Framed(None)
        return framed(self._frames(), self._time(rows, second.time), bool(self.draft.grain), self.params)

    def follows(self, rows: BaseRows) -> Sql:
        """Whether a second event follows the first one of a row."""
        own = self._entity(rows), self._instant(rows, self.part.time)
        made = select(exp.Literal.number(1)).from_(_inner(self._second(), _SECOND), copy=False)
        return exp.Exists(this=made.where(self._followed(*own), copy=False))

    def _followed(self, entity: Sql, first: Sql) -> Sql:
        """The same entity, not before the first event, and in time."""
        second = column(_TIME, _SECOND)
        conditions = [
            equal(entity, column(_ENTITY, _SECOND)),
            exp.GTE(this=second, expression=first),
            exp.LT(this=second.copy(), expression=self._until(first.copy())),
        ]
        seen = self.scan.reading.seen
        if seen is not None:
            known = self.params.add(seen.instant, "timestamptz")
            conditions.append(exp.LTE(this=second.copy(), expression=known))
        return all_of(conditions) or exp.true()

    def _until(self, first: Sql) -> Sql:
        zone = text(self.draft.zone.key)
        local = exp.AtTimeZone(this=first, zone=zone)
        added = exp.Add(this=local, expression=cast(text(self._following.within), "interval"))
        return exp.AtTimeZone(this=paren(added), zone=zone.copy())

    # -- what both have -----------------------------------------------------------------------------

    def _dataset(self, name: str) -> Dataset:
        return self.draft.bound.model.datasets[name]

    def _time(self, rows: BaseRows, time: EventTime | StateTime) -> TimeSql:
        assert isinstance(time, EventTime) and time.field  # noqa: S101  (a check of the model holds it)
        return rows.time(TimeField((), time.field))

    def _instant(self, rows: BaseRows, time: EventTime | StateTime) -> Sql:
        return self._time(rows, time).moment(self.draft.zone)

    def _entity(self, rows: BaseRows) -> Sql:
        """What names the entity in a row: own columns of the join, the column, or the key where it leads."""
        first, second = self._dataset(self.part.dataset), self._dataset(self._following.dataset)
        other = first if rows.root == _SECOND_ROOT else second
        columns = entity_columns(rows.dataset, other, self._following.entity)
        if len(columns) == 1:
            return rows.name((), columns[0])
        parts = [rows.name((), one) for one in columns]
        whole = all_of(not_null(one.copy()) for one in parts)
        named_by = cast(call("ROW", *parts), "text")
        return exp.Case(ifs=[exp.If(this=whole or exp.true(), true=named_by)])


def entity_columns(dataset: Dataset, other: Dataset, entity: str) -> tuple[str, ...]:
    """The columns (or the dimension) that name an entity in a dataset; `other`: that of the other event."""
    if entity in dataset.joins:
        return tuple(own for own, _ in dataset.joins[entity].on)
    join = other.joins.get(entity)
    if join is not None and join.dataset == dataset.name:
        return tuple(partner for _, partner in join.on)
    return (entity,)


def _inner(made: exp.Select, alias: str) -> exp.Subquery:
    return exp.Subquery(this=made, alias=exp.TableAlias(this=ident(alias)))
