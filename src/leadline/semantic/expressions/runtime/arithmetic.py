"""`+ - * / %` as PostgreSQL has them for whole numbers, decimals, floats and dates."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.runtime.failures import OUT_OF_RANGE, EvaluationError
from leadline.semantic.expressions.runtime.moments import beyond
from leadline.semantic.expressions.runtime.numbers import EXACT, fitting_integer, plain_decimal, scale_of

Operation = Callable[[Any, Any], Any]
_DAYS = ColumnType("integer", native="integer")
_SIGNIFICANT = 16
"""Significant digits that a quotient has at least."""
_BASE_DIGITS = 4
"""PostgreSQL keeps numerics in digits of base ten thousand, and estimates sizes by them."""
_MAX_SCALE = 1_000


def operation(sign: str, type_: ColumnType) -> Operation:
    """The operation on two values of a type of number. A divisor of zero gives NULL."""
    if type_.kind != "integer":
        return (_FLOAT if type_.kind == "float" else _DECIMAL)[sign]
    whole = _WHOLE[sign]

    def evaluate(one: int, other: int) -> int | None:
        found = whole(one, other)
        return None if found is None else fitting_integer(found, type_)

    return evaluate


# Dates ------------------------------------------------------------------------------------------------------


def days_between(one: date, other: date) -> int:
    """Days from the second date to the first."""
    return (one - other).days


def later(day: date, days: int) -> date:
    """The date so many days later; negative: earlier."""
    try:
        return day + timedelta(days=fitting_integer(days, _DAYS))
    except OverflowError:
        raise beyond() from None


def earlier(day: date, days: int) -> date:
    """The date so many days earlier."""
    try:
        return day - timedelta(days=fitting_integer(days, _DAYS))
    except OverflowError:
        raise beyond() from None


# Whole numbers ----------------------------------------------------------------------------------------------


def _whole_quotient(one: int, other: int) -> int | None:
    """Towards zero."""
    if not other:
        return None
    found = abs(one) // abs(other)
    return found if (one < 0) == (other < 0) else -found


def _whole_rest(one: int, other: int) -> int | None:
    """With the sign of the dividend."""
    if not other:
        return None
    found = abs(one) % abs(other)
    return -found if one < 0 else found


_WHOLE: Mapping[str, Callable[[int, int], int | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _whole_quotient,
    "%": _whole_rest,
}


# Decimals ---------------------------------------------------------------------------------------------------


def _exact(do: Callable[[Decimal, Decimal], Decimal]) -> Operation:
    return lambda one, other: plain_decimal(do(one, other))


def _decimal_rest(one: Decimal, other: Decimal) -> Decimal | None:
    return plain_decimal(EXACT.remainder(one, other)) if other else None


def _decimal_quotient(one: Decimal, other: Decimal) -> Decimal | None:
    if not other:
        return None
    if not (one.is_finite() and other.is_finite()):
        return EXACT.divide(one, other) or Decimal(0)
    return plain_decimal(_rounded(one, other, _quotient_scale(one, other)))


def _quotient_scale(one: Decimal, other: Decimal) -> int:
    """Digits after the point: for sixteen significant ones by an estimate, and no fewer than either has."""
    (size, first), (other_size, other_first) = _size(one), _size(other)
    estimate = size - other_size - (1 if first <= other_first else 0)
    scale = max(_SIGNIFICANT - estimate * _BASE_DIGITS, scale_of(one), scale_of(other), 0)
    return min(scale, _MAX_SCALE)


def _size(value: Decimal) -> tuple[int, int]:
    """The place and the value of the first digit in base ten thousand."""
    if not value:
        return 0, 0
    place = value.adjusted() // _BASE_DIGITS
    return place, int(abs(value).scaleb(-place * _BASE_DIGITS, context=EXACT))


def _rounded(one: Decimal, other: Decimal, scale: int) -> Decimal:
    """The quotient to so many digits after the point, half away from zero."""
    shift = scale + scale_of(other) - scale_of(one)
    above, below = abs(_digits(one)) * 10 ** max(shift, 0), abs(_digits(other)) * 10 ** max(-shift, 0)
    found, rest = divmod(above, below)
    found += 2 * rest >= below
    sign = -1 if one.is_signed() != other.is_signed() else 1
    return Decimal(sign * found).scaleb(-scale, context=EXACT)


def _digits(value: Decimal) -> int:
    """All digits as one whole number."""
    return int(value.scaleb(scale_of(value), context=EXACT))


_DECIMAL: Mapping[str, Operation] = {
    "+": _exact(EXACT.add),
    "-": _exact(EXACT.subtract),
    "*": _exact(EXACT.multiply),
    "/": _decimal_quotient,
    "%": _decimal_rest,
}


# Floats -----------------------------------------------------------------------------------------------------


def _checked(found: float, one: float, other: float, may_be_zero: bool) -> float:
    """What has become infinite, or nothing, by its size alone is refused."""
    too_large = math.isinf(found) and not (math.isinf(one) or math.isinf(other))
    if too_large or (found == 0 and not may_be_zero):
        raise EvaluationError(OUT_OF_RANGE, "a value is out of the range of double precision")
    return found


def _float_sum(one: float, other: float) -> float:
    return _checked(one + other, one, other, may_be_zero=True)


def _float_difference(one: float, other: float) -> float:
    return _checked(one - other, one, other, may_be_zero=True)


def _float_product(one: float, other: float) -> float:
    return _checked(one * other, one, other, may_be_zero=one == 0 or other == 0)


def _float_quotient(one: float, other: float) -> float | None:
    if not other:
        return None
    return _checked(one / other, one, other, may_be_zero=one == 0 or math.isinf(other))


_FLOAT: Mapping[str, Operation] = {
    "+": _float_sum,
    "-": _float_difference,
    "*": _float_product,
    "/": _float_quotient,
}
