"""One value of a Result against one of hand-written SQL, by the rules of the reference (verify cases)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.result import Column, Value
from leadline.core.schema import QUOTIENT_SCALE
from leadline.core.zones import instant, wall

NONE = "(none)"
_EXACT = Context(prec=2000, rounding=ROUND_HALF_UP)
_FLOAT_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_NUMBERS = ("integer", "decimal")


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a missing value is compared as."""


NOTHING = Nothing()


def rounded(value: Decimal, scale: int) -> Decimal:
    """To `scale` digits, half away from zero."""
    return value.quantize(Decimal(1).scaleb(-scale), context=_EXACT) if value.is_finite() else value


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def as_number(value: Any) -> Decimal | None:
    """A number of either side, or None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, Decimal | int):
        return Decimal(value)
    return Decimal(repr(value)) if isinstance(value, float) else None


def numbers_agree(column: Column, ours: Decimal, theirs: Any, tolerance: Decimal) -> bool:
    """Whether a number of the Result is that of the SQL, rounded to the column's scale.

    Quotients are compared at the smaller of both scales, floating values to 15 significant digits.
    """
    number = as_number(theirs)
    if number is None or not number.is_finite():
        return False
    if isinstance(theirs, float) and _FLOAT_DIGITS.plus(ours) == _FLOAT_DIGITS.plus(number):
        return True
    if column.type == "decimal":
        scale = column.scale or 0
        if scale == QUOTIENT_SCALE and isinstance(theirs, Decimal):
            scale = min(scale, _digits(theirs))
        ours, number = rounded(ours, scale), rounded(number, scale)
    return abs(ours - number) <= tolerance


def ours_as(column: Column, value: Value, zone: ZoneInfo) -> Any:
    """A value of the Result in the form in which it is compared."""
    if value is None:
        return NOTHING
    if column.type in _NUMBERS:
        return Decimal(str(value))
    if column.type == "time":
        return _moment(datetime.fromisoformat(str(value)), zone)
    return date.fromisoformat(str(value)) if column.type == "date" else value


def theirs_as(column: Column, value: Any, zone: ZoneInfo) -> Any:
    """A value of the SQL in the form in which it is compared with the column; of a number as it is."""
    if value is None:
        return NOTHING
    if column.type == "time":
        return _moment(value, zone)
    if column.type == "date":
        return _day(value, zone)
    return str(value) if column.type == "text" and not isinstance(value, bool) else value


def _moment(value: Any, zone: ZoneInfo) -> Any:
    """An instant in UTC; a wall clock or a day's beginning is one in the query's zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else instant(value, zone)
    return instant(datetime.combine(value, time()), zone) if isinstance(value, date) else value


def _day(value: Any, zone: ZoneInfo) -> Any:
    """The date of a wall clock at midnight; anything later in the day is no date."""
    if not isinstance(value, datetime):
        return value
    local = wall(value, zone) if value.tzinfo else value
    return local.date() if local.time() == time() else local


def shown(value: Any) -> Value:
    """A value of the SQL as JSON."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
