"""Whole numbers, decimals and floats with PostgreSQL's widths, digits and refusals."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from functools import cache

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.kinds import shown
from leadline.semantic.expressions.runtime.failures import OUT_OF_RANGE, EvaluationError

EXACT = Context(prec=200_000, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""More digits than PostgreSQL's numeric can hold; nothing is ever rounded by accident."""
ONE = Decimal(1)
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
    if value.is_finite() and value.as_tuple().exponent > 0:  # type: ignore[operator]
        value = value.quantize(ONE, context=EXACT)
    return value if value else value.copy_abs()


def to_float(value: Decimal) -> float:
    """The nearest float; what is too large or too small for one is refused."""
    found = float(value)
    if value.is_finite() and (found in _INFINITE or (found == 0 and value)):
        raise EvaluationError(OUT_OF_RANGE, "a value is out of the range of double precision")
    return found


def literal_number(text: str, type_: ColumnType) -> int | Decimal:
    """The value of a number as it stands in an expression."""
    return int(text) if type_.kind == "integer" else plain_decimal(Decimal(text))
