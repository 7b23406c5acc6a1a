"""`abs round floor ceil`."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

from sqlglot import exp

from leadline.core.schema import ColumnType, decimal
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Use,
    function,
    refused,
)
from leadline.semantic.expressions.functions.kinds import cast, need_number
from leadline.semantic.expressions.runtime.convert import converted
from leadline.semantic.expressions.runtime.numbers import absolute, rounded, whole_decimal, whole_float
from leadline.semantic.expressions.runtime.strict import strict

MAX_DIGITS = 30


def _abs(call: Call) -> ColumnType:
    need_number(call.types[0], "abs")
    return call.types[0]


def _abs_python(use: Use) -> Evaluate:
    return strict(lambda value: absolute(value, use.result), use.values)


def _whole(name: str, node: type[Node], rounding: str, of_float: Callable[[Any], int]) -> Function:
    """floor and ceil. A float stays one; anything else is a decimal without digits."""

    def type_(call: Call) -> ColumnType:
        need_number(call.types[0], name)
        return call.types[0] if call.types[0].kind == "float" else decimal(0)

    def sql(call: Call) -> Node:
        return call.rebuilt() if call.types[0].kind == "float" else call.rebuilt(_exact(call))

    def python(use: Use) -> Evaluate:
        if use.result.kind == "float":
            return strict(whole_float(of_float), use.values)
        return strict(whole_decimal(rounding), (converted(use, 0, _NUMERIC),))

    return function(name, node, type_, sql, python=python)


def _exact(call: Call) -> Node:
    """The operand as numeric: PostgreSQL would make a whole number a float, and rounds no float to digits."""
    return call.operands[0] if call.types[0].kind == "decimal" else cast(call.operands[0], "numeric")


def _digits(node: Node) -> int:
    """The second operand of round; 0 where there is none."""
    given = node.args["decimals"].unnest() if node.args.get("decimals") is not None else None
    sign = -1 if isinstance(given, exp.Neg) else 1
    literal = given.this if isinstance(given, exp.Neg) else given
    if given is None:
        return 0
    if not isinstance(literal, exp.Literal) or literal.is_string or not str(literal.this).isdigit():
        raise refused("the digits of round must be a whole number", "Write round(x, 2).")
    return sign * int(literal.this)


def _check_round(node: Node) -> None:
    if abs(_digits(node)) > MAX_DIGITS:
        raise refused(f"round to more than {MAX_DIGITS} digits", "Write fewer digits.")


def _round(call: Call) -> ColumnType:
    need_number(call.types[0], "round")
    return decimal(max(_digits(call.node), 0))


def _round_sql(call: Call) -> Node:
    return call.rebuilt(_exact(call))


def _round_python(use: Use) -> Evaluate:
    digits = _digits(use.call.node)
    return strict(lambda value: rounded(value, digits), (converted(use, 0, _NUMERIC),))


_NUMERIC = decimal(None)
ENTRIES: tuple[Function, ...] = (
    function("abs", exp.Abs, _abs, python=_abs_python),
    _whole("floor", exp.Floor, ROUND_FLOOR, math.floor),
    _whole("ceil", exp.Ceil, ROUND_CEILING, math.ceil),
    function(
        "round", exp.Round, _round, _round_sql, also=("decimals",), check=_check_round, python=_round_python
    ),
)
