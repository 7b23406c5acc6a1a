"""`+ - * / %` and the unary minus, over numbers and dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlglot import exp

from leadline.core.schema import DATE, QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Use,
    operator,
    refused,
)
from leadline.semantic.expressions.functions.kinds import (
    FLOAT,
    MOMENTS,
    UNKNOWN,
    cast,
    check_literals,
    literal_text,
    max_scale,
    need_number,
    scale_of,
    shown,
    widest_integer,
)
from leadline.semantic.expressions.runtime.arithmetic import days_between, earlier, later, operation
from leadline.semantic.expressions.runtime.convert import all_converted, converted
from leadline.semantic.expressions.runtime.numbers import fitting_integer, plain_decimal
from leadline.semantic.expressions.runtime.strict import strict

_NAMES: dict[type[Node], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_DAYS_TYPE = ColumnType("integer", native="integer")
_DAYS = "Cast both sides to date; date minus date is a number of days."


def _pair(call: Call) -> tuple[ColumnType, ColumnType]:
    """The two types, a bare literal's being that of the other side."""
    left, right = call.types
    left, right = (right if left == UNKNOWN else left), (left if right == UNKNOWN else right)
    check_literals(call.operands, left, _NAMES[type(call.node)])
    return left, right


def _numbers(call: Call) -> tuple[ColumnType, ColumnType]:
    pair = _pair(call)
    for type_ in pair:
        need_number(type_, _NAMES[type(call.node)])
    return pair


def _same_family(pair: tuple[ColumnType, ColumnType]) -> ColumnType | None:
    """The result where both are whole numbers or one is a float; None for decimals."""
    kinds = {type_.kind for type_ in pair}
    if "float" in kinds:
        return FLOAT
    return widest_integer(pair) if kinds == {"integer"} else None


def _sum(call: Call) -> ColumnType:
    if any(type_.kind in MOMENTS for type_ in call.types):
        return _days(call)
    pair = _numbers(call)
    return _same_family(pair) or decimal(max_scale(pair))


def _days(call: Call) -> ColumnType:
    """date - date, date + days, date - days, days + date."""
    left, right = _pair(call)
    minus = isinstance(call.node, exp.Sub)
    if minus and left.kind == right.kind == "date":
        return _DAYS_TYPE
    if left.kind == "date" and right.kind == "integer":
        return DATE
    if not minus and left.kind == "integer" and right.kind == "date":
        return DATE
    sign = _NAMES[type(call.node)]
    raise refused(f"{shown(left)} {sign} {shown(right)} is no date and no number of days", _DAYS)


def _sum_sql(call: Call) -> Node:
    """PostgreSQL adds only its four-byte integer to a date; a literal beside a date is one."""
    if not any(type_.kind == "date" for type_ in call.types):
        return call.rebuilt()
    operands = []
    for operand, type_ in zip(call.operands, call.types, strict=True):
        text = literal_text(operand)
        native = "date" if text is not None else "int" if type_.kind == "integer" else None
        operands.append(cast(operand, native) if native else operand)
    return call.rebuilt(*operands)


def _product(call: Call) -> ColumnType:
    pair = _numbers(call)
    scales = [scale_of(type_) for type_ in pair]
    stated = [scale for scale in scales if scale is not None]
    return _same_family(pair) or decimal(sum(stated) if len(stated) == 2 else None)


def _quotient(call: Call) -> ColumnType:
    return _same_family(_numbers(call)) or decimal(QUOTIENT_SCALE)


def _rest(call: Call) -> ColumnType:
    pair = _numbers(call)
    if any(type_.kind == "float" for type_ in pair):
        raise refused("% does not take a float", "Cast it to numeric.")
    return _same_family(pair) or decimal(max_scale(pair))


def _divided(call: Call) -> Node:
    """A divisor of zero gives NULL, never an error."""
    left, right = call.operands
    zero = exp.Literal.number(0)
    safe = right if _is_not_zero(right) else exp.Nullif(this=right, expression=zero)
    return call.rebuilt(left, safe)


def _is_not_zero(node: Node) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def _negated(call: Call) -> ColumnType:
    need_number(call.types[0], "-")
    return call.types[0]


def _computed(use: Use) -> Evaluate:
    """Both numbers as the type that comes out."""
    sign = _NAMES[type(use.call.node)]
    return strict(operation(sign, use.result), all_converted(use, use.result))


def _sum_python(use: Use) -> Evaluate:
    if not any(type_.kind == "date" for type_ in use.call.types):
        return _computed(use)
    left, right = _pair(use.call)
    values = converted(use, 0, left), converted(use, 1, right)
    if left.kind == right.kind:
        return strict(days_between, values)
    if left.kind == "integer":
        return strict(later, values[::-1])
    return strict(earlier if isinstance(use.call.node, exp.Sub) else later, values)


def _negated_python(use: Use) -> Evaluate:
    return strict(lambda value: _negative(value, use.result), use.values)


def _negative(value: Any, type_: ColumnType) -> Any:
    """The number with the other sign."""
    if isinstance(value, Decimal):
        return value if value.is_nan() else plain_decimal(value.copy_negate())
    return fitting_integer(-value, type_) if isinstance(value, int) else -value


_DIVISION = ("typed", "safe")

ENTRIES: tuple[Function, ...] = (
    operator("+", exp.Add, _sum, _sum_sql, python=_sum_python),
    operator("-", exp.Sub, _sum, _sum_sql, python=_sum_python),
    operator("*", exp.Mul, _product, python=_computed),
    operator("/", exp.Div, _quotient, _divided, also=_DIVISION, python=_computed),
    operator("%", exp.Mod, _rest, _divided, python=_computed),
    operator("-", exp.Neg, _negated, operands=("this",), python=_negated_python),
)
