"""Filters as SQL: one function an operator. A filter and its negation part the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.ranges import Moment, is_date, resolve, when
from leadline.core.schema import ColumnType
from leadline.core.zones import Bound
from leadline.planner.query import AnyOf, Compared, Filter, Not, Scalar
from leadline.planner.sql.build import NONE, Params, equal, is_null, no, not_null, plain_text
from leadline.planner.sql.time import TimeSql, between
from leadline.semantic.sql_tree import Sql, all_of, any_of, call, cast, paren

_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?")
_TIMES = ("time", "wall", "date")


@dataclass(frozen=True, slots=True)
class FieldSql:
    """A field in SQL: its expression and type, and the zone of a wall clock."""

    sql: Sql
    type: ColumnType
    home: str


@dataclass(frozen=True, slots=True)
class Filtering:
    """Where filters are made: the fields, the moment that ranges are relative to, and the parameters."""

    find: Callable[[str], FieldSql]
    moment: Moment
    params: Params

    def sql(self, one: Filter) -> Sql:
        """The condition of a filter."""
        if isinstance(one, Compared):
            return _OPERATORS[one.op](self, self.find(one.field), one)
        if isinstance(one, Not):
            return no(self.sql(one.filter))
        inner = [self.sql(each) for each in one.filters]
        if isinstance(one, AnyOf):
            return any_of(inner)
        return all_of(inner) or exp.true()

    def value(self, field: FieldSql, value: Scalar, at: str) -> Sql:
        """One value as a parameter of the field's type, else `wrong_value_type`."""
        read = _VALUES.get(field.type.kind)
        found = read(self, value) if read is not None else None
        if found is None:
            raise LeadlineError(
                "wrong_value_type",
                f"{str(value)!r:.80} is no value of a field of type {field.type.kind}.",
                _EXAMPLES.get(field.type.kind, "Filter by another field."),
                at + "/values",
            )
        return found


def _text(where: Filtering, value: Scalar) -> Sql | None:
    return where.params.add(value, "text") if isinstance(value, str) else None


def _number(where: Filtering, value: Scalar) -> Sql | None:
    """One type for all numbers, whole or not, so that the statement is the same for all."""
    return where.params.add(str(value), "numeric") if _is_number(value) else None


def _whole(where: Filtering, value: Scalar) -> Sql | None:
    """A number for a field of whole ones, whose index is of use only to whole ones."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return where.params.add(value, "bigint")
    return _number(where, value)


def _is_number(value: Scalar) -> bool:
    return (
        not isinstance(value, bool) and isinstance(value, int | str) and bool(_NUMBER.fullmatch(str(value)))
    )


def _flag(where: Filtering, value: Scalar) -> Sql | None:
    return where.params.add(value, "boolean") if isinstance(value, bool) else None


def _day(where: Filtering, value: Scalar) -> Sql | None:
    if not isinstance(value, str) or not is_date(value):
        return None
    bound = _bound(where, value)
    return where.params.add(bound.local.date(), "date") if bound else None


def _instant(where: Filtering, value: Scalar) -> Sql | None:
    bound = _bound(where, value) if isinstance(value, str) else None
    return where.params.add(bound.instant, "timestamptz") if bound else None


def _bound(where: Filtering, value: str) -> Bound | None:
    try:
        return when(value, where.moment.zone)
    except LeadlineError:
        return None  # the caller says what is wrong with the value


_VALUES: Mapping[str, Callable[[Filtering, Scalar], Sql | None]] = {
    "text": _text,
    "other": _text,
    "integer": _whole,
    "decimal": _number,
    "float": _number,
    "boolean": _flag,
    "date": _day,
    "time": _instant,
    "wall": _instant,
}
_EXAMPLES = {
    "text": 'Write a text such as "East".',
    "integer": "Write a number such as 12.",
    "decimal": 'Write 12, or "0.1" where it is not whole.',
    "float": 'Write 12, or "0.1" where it is not whole.',
    "boolean": "Write true or false.",
    "date": 'Write a date such as "2026-11-17".',
    "time": 'Write a date or instant such as "2026-11-17T09:00:00-06:00".',
    "wall": 'Write a date or instant such as "2026-11-17T09:00:00-06:00".',
}


def _subject(field: FieldSql) -> Sql:
    """The field in the form in which values are compared with it."""
    if field.type.kind in ("text", "other"):
        return plain_text(field.sql.copy(), field.type)
    if field.type.kind == "wall":
        return TimeSql(field.sql, field.type, field.home).instant()
    return cast(field.sql.copy(), "numeric") if field.type.kind == "float" else field.sql.copy()


def _is_none(field: FieldSql, value: Scalar) -> bool:
    return value is None or (value == NONE and field.type.kind in ("text", "other"))


def _among(where: Filtering, field: FieldSql, one: Compared) -> Sql:
    """The field is one of the values; the value "none" means no value or no partner."""
    real = [value for value in one.values if value is not None]
    found: list[Sql] = []
    if real:
        values = [where.value(field, value, one.at) for value in real]
        found.append(exp.In(this=paren(_subject(field)), expressions=values))
    if any(_is_none(field, value) for value in one.values):
        found.append(is_null(field.sql.copy()))
    return any_of(found)


def _not_among(where: Filtering, field: FieldSql, one: Compared) -> Sql:
    return no(_among(where, field, one))


def _ordered(op: type[exp.Binary]) -> Callable[[Filtering, FieldSql, Compared], Sql]:
    def build(where: Filtering, field: FieldSql, one: Compared) -> Sql:
        return op(this=_comparable(field, one), expression=where.value(field, one.values[0], one.at))

    return build


def _comparable(field: FieldSql, one: Compared) -> Sql:
    """The field as an ordered value: text goes by code point."""
    if field.type.kind == "boolean":
        why = f"The operator {one.op} does not order true and false."
        raise LeadlineError("wrong_value_type", why, "Use eq or ne.", one.at + "/op")
    subject = paren(_subject(field))
    by_code_point = exp.Identifier(this="C", quoted=True)
    texts = field.type.kind in ("text", "other")
    return exp.Collate(this=subject, expression=by_code_point) if texts else subject


def _between(where: Filtering, field: FieldSql, one: Compared) -> Sql:
    low, high = (where.value(field, value, one.at) for value in one.values)
    return exp.Between(this=_comparable(field, one), low=low, high=high)


def _texts(test: Callable[[Sql, Sql], Sql]) -> Callable[[Filtering, FieldSql, Compared], Sql]:
    def build(where: Filtering, field: FieldSql, one: Compared) -> Sql:
        if field.type.kind not in ("text", "other"):
            why = f"The operator {one.op} is for texts; {one.field} is of type {field.type.kind}."
            raise LeadlineError("wrong_value_type", why, "Use eq, in or between.", one.at + "/op")
        return any_of([test(_subject(field), where.value(field, value, one.at)) for value in one.values])

    return build


def _contains(subject: Sql, value: Sql) -> Sql:
    return exp.GT(this=call("strpos", subject, value), expression=exp.Literal.number(0))


def _starts(subject: Sql, value: Sql) -> Sql:
    return call("starts_with", subject, value)


def _ends(subject: Sql, value: Sql) -> Sql:
    return equal(call("right", subject, call("length", value.copy())), value)


def _in_range(where: Filtering, field: FieldSql, one: Compared) -> Sql:
    if field.type.kind not in _TIMES:
        why = f"The operator range is for times; {one.field} is of type {field.type.kind}."
        raise LeadlineError("wrong_value_type", why, "Use between.", one.at + "/op")
    span = resolve(one.range, where.moment, one.at + "/range")
    time = TimeSql(field.sql, field.type, field.home)
    found = list(between(time, span.start, span.end, where.params))
    return all_of(found) or not_null(field.sql.copy())  # a row without a time is in no range


_Operator = Callable[[Filtering, FieldSql, Compared], Sql]
_contains_any = _texts(_contains)
_OPERATORS: Mapping[str, _Operator] = {
    "eq": _among,
    "in": _among,
    "ne": _not_among,
    "not_in": _not_among,
    "lt": _ordered(exp.LT),
    "lte": _ordered(exp.LTE),
    "gt": _ordered(exp.GT),
    "gte": _ordered(exp.GTE),
    "between": _between,
    "contains": _contains_any,
    "not_contains": lambda where, field, one: no(_contains_any(where, field, one)),
    "starts_with": _texts(_starts),
    "ends_with": _texts(_ends),
    "is_null": lambda where, field, one: is_null(field.sql.copy()),
    "not_null": lambda where, field, one: not_null(field.sql.copy()),
    "range": _in_range,
}
