"""Texts as PostgreSQL cuts, folds and writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.runtime.failures import NEGATIVE_LENGTH, EvaluationError

_EXPONENT_FROM = 15
"""From this exponent on PostgreSQL writes a float with one."""


def lower(text: str) -> str:
    """Each letter by itself: one letter stays one letter."""
    return "".join(_folded(sign, str.lower) for sign in text.replace("\u0130", "i"))


def upper(text: str) -> str:
    """Each letter by itself: one letter stays one letter."""
    return "".join(_folded(sign, str.upper) for sign in text)


def _folded(sign: str, fold: Callable[[str], str]) -> str:
    """A letter that would become several is one by its title form, or stays."""
    return next((one for one in (fold(sign), sign.title()) if len(one) == 1), sign)


def replace(text: str, old: str, new: str) -> str:
    """All of `old` replaced; nothing is found where `old` is empty."""
    return text.replace(old, new) if old else text


def substr(text: str, start: int, length: int | None = None) -> str:
    """Characters from place `start` (the first is 1; there are empty places before it)."""
    if length is None:
        return text[max(start - 1, 0) :]
    if length < 0:
        raise EvaluationError(NEGATIVE_LENGTH, "substr is asked for a negative length")
    end = max(start - 1 + length, 0)
    return text[max(start - 1, 0) : end]


def trimmed(position: str) -> Callable[..., str]:
    """The function that takes signs (spaces by default) off one end or both."""
    strip = {"LEADING": str.lstrip, "TRAILING": str.rstrip}.get(position, str.strip)
    return lambda text, signs=" ": strip(text, signs)


def written(type_: ColumnType) -> Callable[[Any], str]:
    """How a value of the type is cast to text."""
    return _WRITERS[type_.kind]


def _float(value: float) -> str:
    """The shortest digits that say just this number."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[repr(value)]
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    shortest = _shortest(value)
    sign, digits, exponent = shortest.as_tuple()
    places = len(digits) + int(exponent) - 1
    if -5 < places < _EXPONENT_FROM:
        return format(shortest, "f")
    fraction = "".join(map(str, digits[1:]))
    return f"{'-' if sign else ''}{digits[0]}{'.' if fraction else ''}{fraction}e{places:+03d}"


def _shortest(value: float) -> Decimal:
    """As few digits as say just this float. Half-way to a neighbour they do not, as PostgreSQL has it."""
    found, size = Decimal(repr(value)), abs(value)
    above = Fraction(size) + Fraction(math.ulp(size)) / 2
    below = (Fraction(size) + Fraction(math.nextafter(size, 0.0))) / 2
    while abs(Fraction(found)) in (above, below):
        found = Decimal(f"{value:.{len(found.as_tuple().digits)}e}")
    return found.normalize()


def _decimal(value: Decimal) -> str:
    words = {"NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity"}
    return words.get(str(value)) or format(value, "f")


def _wall(value: datetime) -> str:
    return re.sub(r"\.?0+$", "", value.isoformat(" ", "microseconds")) if value.microsecond else str(value)


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "text": str,
    "integer": str,
    "decimal": _decimal,
    "float": _float,
    "boolean": lambda value: "true" if value else "false",
    "date": str,
    "wall": _wall,
}
