"""Values of one type as values of another, as an explicit cast of PostgreSQL makes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.runtime.failures import NO_WHOLE_NUMBER, OUT_OF_RANGE, EvaluationError
from leadline.semantic.expressions.runtime.moments import begin, instant, wall
from leadline.semantic.expressions.runtime.numbers import EXACT, ONE, fitting_integer, plain_decimal, to_float
from leadline.semantic.expressions.runtime.reading import read
from leadline.semantic.expressions.runtime.texts import written

Cast = Callable[[Any], Any]
_FLOAT_DIGITS = 15
"""Digits of a float that PostgreSQL trusts when it makes a numeric of it."""


def casting(source: ColumnType, target: ColumnType, zone: ZoneInfo) -> Cast:
    """The cast between two types, without the numbers in the target's brackets."""
    if target.kind == "text":
        return written(source)
    if source.kind == "text":
        return lambda text: read(text, target, zone)
    if target.kind == "integer":
        whole = _WHOLE[source.kind]
        return lambda value: fitting_integer(whole(value), target)
    return _PLAIN.get((source.kind, target.kind)) or _moments(zone).get((source.kind, target.kind)) or _same


def _same(value: Any) -> Any:
    return value


def _whole_of_decimal(value: Decimal) -> int:
    """Half away from zero."""
    if not value.is_finite():
        raise EvaluationError(NO_WHOLE_NUMBER, "what is not a number is no whole number")
    return int(value.to_integral_value(ROUND_HALF_UP, context=EXACT))


def _whole_of_float(value: float) -> int:
    """Half to the even neighbour, as floats are rounded."""
    if not math.isfinite(value):
        raise EvaluationError(OUT_OF_RANGE, "what is not a number is no whole number")
    return int(Decimal(value).to_integral_value(ROUND_HALF_EVEN, context=EXACT))


def _decimal_of_float(value: float) -> Decimal:
    if not math.isfinite(value):
        return Decimal(value)
    return plain_decimal(Decimal(f"{value:.{_FLOAT_DIGITS}g}"))


_WHOLE: Mapping[str, Callable[[Any], int]] = {
    "integer": int,
    "decimal": _whole_of_decimal,
    "float": _whole_of_float,
    "boolean": int,
}
_PLAIN: Mapping[tuple[str, str], Cast] = {
    ("integer", "decimal"): Decimal,
    ("integer", "float"): float,
    ("integer", "boolean"): bool,
    ("decimal", "float"): to_float,
    ("float", "decimal"): _decimal_of_float,
    ("date", "wall"): begin,
    ("wall", "date"): lambda local: local.date(),
}


def _moments(zone: ZoneInfo) -> Mapping[tuple[str, str], Cast]:
    """Between days, wall clocks and instants; days begin in the zone."""
    return {
        ("date", "time"): lambda day: instant(begin(day), zone),
        ("wall", "time"): lambda local: instant(local, zone),
        ("time", "wall"): lambda moment: wall(moment, zone),
        ("time", "date"): lambda moment: wall(moment, zone).date(),
    }


def limited(target: ColumnType, numbers: tuple[int, ...]) -> Cast | None:
    """What `varchar(n)` and `numeric(p, s)` do to a value besides."""
    if not numbers:
        return None
    if target.kind == "text":
        return lambda text: text[: numbers[0]]
    digits, scale = (*numbers, 0)[:2]
    return lambda value: _within(value, digits, scale)


def _within(value: Decimal, digits: int, scale: int) -> Decimal:
    if value.is_nan():
        return value
    if value.is_infinite():
        raise EvaluationError(OUT_OF_RANGE, f"infinity is no numeric({digits}, {scale})")
    rounded = plain_decimal(value.quantize(ONE.scaleb(-scale), context=EXACT))
    if rounded and rounded.adjusted() >= digits - scale:
        raise EvaluationError(OUT_OF_RANGE, f"a value has more digits than numeric({digits}, {scale})")
    return rounded
