"""Whole numbers, decimals and floats with PostgreSQL's widths, digits and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.kinds import shown
from leadline.semantic.expressions.runtime.failures import OUT_OF_RANGE, EvaluationError

EXACT = Context(prec=200_000, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
"""More digits than PostgreSQL's numeric can hold; nothing is ever rounded by accident."""
ONE = Decimal(1)
MOST_DIGITS = 131_072
"""Digits before the point that a numeric can have."""
_INFINITE = (float("inf"), float("-inf"))
_BITS = {"smallint": 16, "integer": 32}


@cache
def _limits(native: str) -> tuple[int, int]:
    bits = _BITS.get(native, 64)
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def fitting_integer(value: int, type_: ColumnType) -> int:
    """The value, if the type can hold it."""
    low, high = _limits(type_.native)
    if not low <= value <= high:
        raise EvaluationError(OUT_OF_RANGE, f"a value is out of the range of {type_.native or shown(type_)}")
    return value


def plain_decimal(value: Decimal) -> Decimal:
    """The value as PostgreSQL keeps it: no exponent above the digits, no negative zero."""
    if not value.is_finite():
        return value
    if value.adjusted() >= MOST_DIGITS:
        raise EvaluationError(OUT_OF_RANGE, "a value is out of the range of numeric")
    if scale_of(value) < 0:
        value = value.quantize(ONE, context=EXACT)
    return value if value else value.copy_abs()


def scale_of(value: Decimal) -> int:
    """Digits after the point of a finite decimal."""
    return -int(value.as_tuple().exponent)


def to_float(value: Decimal) -> float:
    """The nearest float; what is too large or too small for one is refused."""
    found = float(value)
    if value.is_finite() and (found in _INFINITE or (found == 0 and value)):
        raise EvaluationError(OUT_OF_RANGE, "a value is out of the range of double precision")
    return found


def absolute(value: Any, type_: ColumnType) -> Any:
    """The number without its sign."""
    if isinstance(value, Decimal):
        return value.copy_abs()
    return fitting_integer(abs(value), type_) if isinstance(value, int) else abs(value)


def rounded(value: Decimal, digits: int) -> Decimal:
    """To so many digits after the point (negative: before it), half away from zero."""
    if not value.is_finite():
        return value
    return plain_decimal(value.quantize(ONE.scaleb(-digits), context=EXACT))


def whole_decimal(rounding: str) -> Callable[[Decimal], Decimal]:
    """The function that rounds a decimal to a whole one, up or down."""

    def whole(value: Decimal) -> Decimal:
        if not value.is_finite():
            return value
        return plain_decimal(value.to_integral_value(rounding, context=EXACT))

    return whole


def whole_float(of_float: Callable[[float], int]) -> Callable[[float], float]:
    """The function that rounds a float to a whole one; a zero keeps the sign."""
    return lambda value: math.copysign(of_float(value), value) if math.isfinite(value) else value


def literal_number(text: str, type_: ColumnType) -> int | Decimal:
    """The value of a number as it stands in an expression."""
    return int(text) if type_.kind == "integer" else plain_decimal(Decimal(text))
