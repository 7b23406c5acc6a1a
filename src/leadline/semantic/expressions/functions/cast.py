"""`cast(x as type)` and `x::type`; between days and instants through the model's zone."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Use,
    function,
    refused,
)
from leadline.semantic.expressions.functions.kinds import (
    FLOAT,
    UNKNOWN,
    at_zone,
    cast,
    check_literals,
    shown,
    to_instant,
)
from leadline.semantic.expressions.runtime.casts import casting, limited
from leadline.semantic.expressions.runtime.strict import strict

_D = exp.DType
_TARGETS: dict[exp.DType, ColumnType] = {
    _D.TEXT: TEXT,
    _D.VARCHAR: TEXT,
    _D.SMALLINT: ColumnType("integer", native="smallint"),
    _D.INT: ColumnType("integer", native="integer"),
    _D.BIGINT: INTEGER,
    _D.DECIMAL: decimal(None),
    _D.DOUBLE: FLOAT,
    _D.BOOLEAN: BOOLEAN,
    _D.DATE: DATE,
    _D.TIMESTAMP: WALL,
    _D.TIMESTAMPTZ: TIME,
}
_SOURCES: dict[str, frozenset[str]] = {
    "text": frozenset(("text", "integer", "decimal", "float", "boolean", "date", "wall")),
    "integer": frozenset(("text", "integer", "decimal", "float", "boolean")),
    "decimal": frozenset(("text", "integer", "decimal", "float")),
    "float": frozenset(("text", "integer", "decimal", "float")),
    "boolean": frozenset(("text", "integer", "boolean")),
    "date": frozenset(("text", "date", "wall", "time")),
    "wall": frozenset(("text", "date", "wall", "time")),
    "time": frozenset(("date", "wall", "time")),
    "other": frozenset(("text",)),
}
_KNOWN = (
    "text, varchar(n), smallint, integer, bigint, numeric(p, s), double precision, boolean, date, timestamp, "
    "timestamptz"
)
_MONEY = "money"
"""A type of PostgreSQL's that can be cast to numeric, and to nothing else that we know."""
_MAX_DIGITS, _MAX_LENGTH = 131, 10_000


@dataclass(frozen=True, slots=True)
class _Target:
    """The type of a cast, with the numbers in its brackets."""

    type: ColumnType
    numbers: tuple[int, ...]


def _target(node: Node) -> _Target:
    to = node.args["to"]
    if not isinstance(to, exp.DataType) or to.this not in _TARGETS or to.args.get("nested"):
        raise refused(f"cast does not know the type {to.sql('postgres').lower()}", f"Use one of {_KNOWN}.")
    numbers = tuple(_number(parameter) for parameter in to.expressions)
    return _Target(_checked(to.this, numbers), numbers)


def _number(parameter: Node) -> int:
    literal = parameter.this
    if not isinstance(literal, exp.Literal) or not str(literal.this).isdigit() or len(literal.this) > 6:
        raise refused("a type's length must be a whole number", "Write numeric(12, 2).")
    return int(literal.this)


def _checked(name: exp.DType, numbers: tuple[int, ...]) -> ColumnType:
    if name == _D.DECIMAL and numbers:
        digits, scale = (*numbers, 0)[:2]
        if len(numbers) > 2 or not 1 <= digits <= _MAX_DIGITS or scale > digits:
            raise refused("numeric takes digits and scale", "Write numeric(12, 2).")
        return decimal(scale)
    if name == _D.VARCHAR and numbers:
        if len(numbers) > 1 or not 1 <= numbers[0] <= _MAX_LENGTH:
            raise refused("varchar takes one length", "Write varchar(40), or text.")
        return TEXT
    if numbers:
        raise refused(f"{name.value.lower()} takes no length here", "Leave the brackets out.")
    return _TARGETS[name]


def _check(node: Node) -> None:
    _target(node)


def _type(call: Call) -> ColumnType:
    target, source = _target(call.node).type, call.types[0]
    if source == UNKNOWN:
        check_literals(call.operands, target, "cast")
        return target
    if target.kind not in _SOURCES[source.kind] and (source.native, target.kind) != (_MONEY, "decimal"):
        raise refused(f"a {shown(source)} cannot be cast to {shown(target)}", _way(source, target))
    keeps_scale = target == decimal(None) and not call.node.args["to"].expressions
    if keeps_scale and source.kind in ("integer", "decimal"):
        return decimal(0 if source.kind == "integer" else source.scale)
    return target


def _way(source: ColumnType, target: ColumnType) -> str:
    if source.kind == "time" and target.kind == "text":
        return "Cast it to date or timestamp first, so that its zone is stated."
    if target.kind == "time":
        return "Cast it to timestamp and say: at time zone 'Europe/Berlin'."
    return f"It can be cast to {', '.join(sorted(_SOURCES[source.kind]))}."


def _sql(call: Call) -> Node:
    operand, source, target = call.operands[0], call.types[0], _target(call.node).type
    if target.kind == "time":
        return call.rebuilt() if isinstance(operand, exp.Null) else to_instant(operand, source, call.zone)
    if source.kind == "time":
        return call.rebuilt(at_zone(operand, call.zone))
    if source.kind == "integer" and target.kind == "boolean":
        return exp.Paren(this=exp.NEQ(this=operand, expression=exp.Literal.number(0)))
    if source.kind == "boolean" and target.kind == "integer":
        return call.rebuilt(cast(operand, "int"))
    return call.rebuilt()


def _python(use: Use) -> Evaluate:
    """A bare text is read as the target's type."""
    target, source = _target(use.call.node), use.call.types[0]
    value = strict(casting(source, target.type, ZoneInfo(use.call.zone)), use.values)
    limit = limited(target.type, target.numbers)
    return strict(limit, (value,)) if limit else value


ENTRIES: tuple[Function, ...] = (
    function("cast", exp.Cast, _type, _sql, also=("to",), check=_check, python=_python),
)
