"""The columns of rows behind a number: what names them, their dimensions, and what the number is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.result import Column
from leadline.core.schema import BOOLEAN, INTEGER, QUOTIENT_SCALE, ColumnType, decimal
from leadline.planner.draft import Draft
from leadline.planner.json_reader import pointer
from leadline.planner.parse_drill import Drill
from leadline.planner.query import leaves
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import as_stored, by_code_point, column, number
from leadline.planner.steps.columns import wire_scale, wire_type
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Measure
from leadline.semantic.resolve import FieldRef, resolve
from leadline.semantic.sql_tree import Sql, call, paren

_TIMES, _TEXTS = ("time", "wall", "date"), ("text", "other")
CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of the answer and its SQL."""

    column: Column
    sql: Sql


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns as asked; the names of those that name a row; and the SQL that orders rows by their key."""

    all: tuple[ShownColumn, ...]
    key: tuple[str, ...]
    order: tuple[Sql, ...]


@dataclass(slots=True)
class Columns:
    """The columns of a dataset's rows. `holds`: whether a row counts for an input (None: every one does)."""

    draft: Draft
    drill: Drill
    rows: BaseRows
    holds: Mapping[Input, Sql | None]
    taken: set[str] = field(default_factory=set)

    def shown(self) -> Shown:
        """The columns that are asked, else the usual ones."""
        usual = [*self._keys(), *self._dimensions(), *self._amounts()]
        key = tuple(one.column.name for one in usual[: len(self.rows.dataset.key)])
        asked = tuple(self._asked(usual)) if self.drill.fields else tuple(usual)
        names = {one.column.name for one in asked}
        return Shown(asked, tuple(one for one in key if one in names), tuple(self._order()))

    def _asked(self, usual: Iterable[ShownColumn]) -> Iterator[ShownColumn]:
        known = {one.column.name: one for one in usual}
        for i, name in enumerate(self.drill.fields):
            try:
                yield known.get(name) or self._field(
                    name, resolve(self.draft.bound.model, self.rows.dataset.name, name)
                )
            except LeadlineError as error:
                at = f"/fields{pointer(i)}"
                raise LeadlineError(error.code, error.why, error.fix, at) from None

    # -- what names a row -----------------------------------------------------------------------------

    def _keys(self) -> Iterator[ShownColumn]:
        for name in self.rows.dataset.key:
            type_ = self.draft.bound.column(self.rows.dataset, name)
            home = self.draft.bound.model.calendar.zone
            yield self._column(name, name, column(name, self.rows.root), type_, home=home)

    def _order(self) -> Iterator[Sql]:
        """Texts by code point, so that pages fit together on every node."""
        for name in self.rows.dataset.key:
            type_ = self.draft.bound.column(self.rows.dataset, name)
            sql = column(name, self.rows.root)
            yield by_code_point(as_stored(sql, type_, "UTC")) if type_.kind in _TEXTS else sql

    # -- dimensions -----------------------------------------------------------------------------------

    def _dimensions(self) -> Iterator[ShownColumn]:
        """Those of the dataset, and those of others that the query groups or filters by."""
        for name in self.rows.dataset.dimensions:
            if name not in self.taken:
                yield self._field(name, FieldRef((), self.rows.dataset.name, name))
        for name in dict.fromkeys(self._named()):
            ref = self.draft.field(self.rows.dataset.name, name)
            if (ref.path or ref.part) and name not in self.taken:
                yield self._field(name, ref)

    def _named(self) -> Iterator[str]:
        """The fields that the query groups or filters by."""
        yield from (dim.field for dim in self.drill.query.dimensions)
        for one in self.drill.query.filters:
            yield from (leaf.field for leaf in leaves(one))

    def _field(self, name: str, ref: FieldRef) -> ShownColumn:
        bound, start = self.draft.bound, self.rows.dataset.name
        found = bound.dimension(start, ref.path, ref.name)
        label = (found.label if found else "") or ref.name
        shown = f"{label}, {ref.part.replace('_', ' ')}" if ref.part else label
        home = bound.zone_of(start, ref.path, ref.name)
        return self._column(name, shown, self.rows.field(ref), bound.field_type(start, ref), home=home)

    # -- what the number is made of -------------------------------------------------------------------

    def _amounts(self) -> Iterator[ShownColumn]:
        """What each input takes of a row, where it counts the row; of entities, whether they went on."""
        for part, holds in self.holds.items():
            if part.following is None:
                yield from self._of_measure(self.rows.measure(part), part, holds)
            elif part.following.met:
                yield self._column(self._free(CONVERTED), CONVERTED, _true(holds), BOOLEAN)

    def _of_measure(self, measure: Measure, part: Input, holds: Sql | None) -> Iterator[ShownColumn]:
        name = self._free(measure.name)
        bound, currency = self.draft.bound, self.draft.bound.model.currency
        if measure.operand is None:
            yield self._column(name, measure.name, _where(holds, number(1)), INTEGER)
            return
        own = bound.infer(part.dataset, measure.operand)
        type_ = decimal(QUOTIENT_SCALE) if measure.currency else own
        operand = self.rows.operand(part)
        assert operand is not None  # noqa: S101  (there is an expression)
        home = bound.input_zone(part)
        unit = currency if measure.currency else None
        yield self._column(name, measure.name, _where(holds, operand), type_, home=home, unit=unit)
        if measure.currency:
            recorded = _where(holds, self.rows.expression(measure.operand))
            yield self._column(f"{name}:recorded", f"{measure.name}, as recorded", recorded, own)
            theirs = bound.type(part.dataset, (), measure.currency)
            money = _where(holds, self.rows.name((), measure.currency))
            yield self._column(f"{name}:currency", f"{measure.name}, currency", money, theirs)

    def _free(self, name: str) -> str:
        """The name, or the next one that no other column has."""
        for other in (name, f"{self.rows.dataset.name}.{name}", *(f"{name}:{n}" for n in range(2, 100))):
            if other not in self.taken:
                return other
        return name

    def _column(
        self,
        name: str,
        label: str,
        sql: Sql,
        type_: ColumnType,
        *,
        home: str = "UTC",
        unit: str | None = None,
    ) -> ShownColumn:
        self.taken.add(name)
        made = Column(name, name, wire_type(type_), label, unit=unit, scale=wire_scale(type_))
        return ShownColumn(made, _finite(as_stored(paren(sql), type_, home), type_))


def _finite(sql: Sql, type_: ColumnType) -> Sql:
    """A time without an end is no value that travels."""
    if type_.kind not in _TIMES:
        return sql
    return exp.Case(ifs=[exp.If(this=call("isfinite", sql), true=sql.copy())])


def _where(holds: Sql | None, value: Sql) -> Sql:
    return value if holds is None else exp.Case(ifs=[exp.If(this=holds.copy(), true=value)])


def _true(holds: Sql | None) -> Sql:
    return exp.true() if holds is None else call("COALESCE", paren(holds.copy()), exp.false())
