"""The different values of a field as one SELECT, over the rows that a viewer may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.ranges import Moment
from leadline.core.schema import ColumnType
from leadline.core.viewer import Viewer
from leadline.planner.bound import BoundModel
from leadline.planner.json_reader import pointer
from leadline.planner.plan import Statement
from leadline.planner.query import Filter, leaves
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import (
    NONE,
    Params,
    as_stored,
    by_code_point,
    column,
    ident,
    named,
    number,
    plain_text,
    statement_text,
    text,
)
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.governed import instance_for
from leadline.semantic.resolve import FieldRef, resolve
from leadline.semantic.rules import RowScope
from leadline.semantic.sql_tree import Sql, all_of, call, paren, select

ORDERED = ("integer", "decimal", "float", "date", "time", "wall")
"""Types whose least and greatest value are told."""
_TEXTS, _TIMES = ("text", "other"), ("date", "time", "wall")
_VALUE, _ALL = "v", "q"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rows are read: those of the dataset `start` that the viewer may see.

    `alone`: bare names are its own.
    """

    bound: BoundModel
    scope: RowScope
    viewer: Viewer
    start: str
    moment: Moment
    alone: bool

    def rows(self, params: Params) -> BaseRows:
        """The rows."""
        instance = instance_for(self.bound, self.scope, self.viewer, params)
        dataset = self.bound.model.datasets[self.start]
        return BaseRows(self.bound, dataset, self.moment.zone, params, instance=instance)

    def field(self, rows: BaseRows, ref: FieldRef) -> FieldSql:
        """A field of the rows."""
        home = self.bound.zone_of(self.start, ref.path, ref.name)
        return FieldSql(rows.field(ref), self.bound.field_type(self.start, ref), home)


def values_sql(
    place: Place, ref: FieldRef, contains: str | None, filters: tuple[Filter, ...], limit: int
) -> Statement:
    """The values in order, null first; numbers and times with the least and the greatest of all."""
    params = Params()
    rows = place.rows(params)
    found = place.field(rows, ref)
    value = _value(found)
    conditions = [*_filters(place, rows, filters, params)]
    if contains is not None:
        conditions.append(_contains(found, contains, params))
    inner = rows.from_(select(named(value, _VALUE)).distinct(copy=False))
    where = all_of(conditions)
    inner = inner.where(where, copy=False) if where is not None else inner
    extremes = [_over(one) for one in ("MIN", "MAX")] if found.type.kind in ORDERED else []
    made = select(column(_VALUE, _ALL), *extremes, exp.false(), number(0))
    made = made.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=ident(_ALL))), copy=False)
    made = made.order_by(exp.Ordered(this=column(_VALUE, _ALL), nulls_first=True), copy=False)
    return Statement(statement_text(made.limit(limit, copy=False)), params.values)


def _over(function: str) -> Sql:
    return exp.Window(this=call(function, column(_VALUE, _ALL)))


def _value(found: FieldSql) -> Sql:
    """The value as it travels; a text that is the name of no value is none, as among members."""
    value = as_stored(paren(found.sql.copy()), found.type, found.home)
    if found.type.kind in _TEXTS:
        return by_code_point(call("NULLIF", value, text(NONE)))
    if found.type.kind in _TIMES:
        return exp.Case(ifs=[exp.If(this=call("isfinite", value), true=value.copy())])
    return value


def _contains(found: FieldSql, part: str, params: Params) -> Sql:
    if found.type.kind not in _TEXTS:
        raise _no_text(found.type)
    texts = (plain_text(paren(found.sql.copy()), found.type), params.add(part, "text"))
    own, asked = (by_code_point(call("lower", one)) for one in texts)  # lowered as the database does
    return exp.GT(this=call("strpos", own, asked), expression=number(0))


def _no_text(type_: ColumnType) -> LeadlineError:
    why = f"contains looks into texts; this field is of type {type_.kind}."
    return LeadlineError("wrong_value_type", why, "Leave it out, or filter by a range.", "/contains")


def _filters(place: Place, rows: BaseRows, filters: tuple[Filter, ...], params: Params) -> Iterator[Sql]:
    at = {leaf.field: leaf.at for one in filters for leaf in leaves(one)}

    def find(name: str) -> FieldSql:
        try:
            ref = resolve(place.bound.model, place.start, name, alone=place.alone)
            return place.field(rows, ref)
        except LeadlineError as error:
            where = at[name] + pointer("field")
            raise LeadlineError(error.code, error.why, error.fix, error.at or where) from None

    where = Filtering(find, place.moment, params)
    return (where.sql(one) for one in filters)
