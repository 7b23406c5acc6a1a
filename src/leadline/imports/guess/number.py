"""Whole numbers, decimals with point or (where proved) comma, and floating point."""

from __future__ import annotations

import re
from collections.abc import Iterable

from leadline.imports.schemas import Type

_WHOLE = re.compile(r"-?(?:0|[1-9]\d*)", re.ASCII)
_POINT = re.compile(r"-?(0|[1-9]\d*)?\.(\d+)", re.ASCII)
_COMMA = re.compile(r"-?(0|[1-9]\d*),(\d+)", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9]\d*)?(?:\.\d+)?[eE][+-]?\d{1,3}", re.ASCII)
_LEAST_DIGITS = 18
"""A decimal column gets room for more than what it happens to hold now."""
_INTEGER, _BIGINT = 2**31, 2**63
_ENDLESS = 30
"""Digits from which on it does not matter how large a number is."""


def with_point(cell: str) -> str:
    """`12,50` as PostgreSQL writes it."""
    return cell.replace(",", ".", 1)


class Number:
    """All numbers of a column: what is the largest, and how many digits stand behind the point."""

    def __init__(self) -> None:
        self._largest = self._digits = self._scale = 0
        self._long = False
        self._points = self._commas = self._floats = False

    def see(self, values: Iterable[str]) -> bool:
        """Whether all are numbers. Leading zeros and a plus sign are those of codes, not of numbers."""
        return all(self._take(value) for value in values)

    def _take(self, value: str) -> bool:
        if _WHOLE.fullmatch(value):
            self._count(value.lstrip("-"), "")
            return True
        if found := _POINT.fullmatch(value):
            self._points = True
        elif found := _COMMA.fullmatch(value):
            self._commas = True
        elif _FLOAT.fullmatch(value):
            self._floats = True
            return True
        else:
            return False
        self._count(found[1] or "0", found[2])
        return not (self._points and self._commas)

    def _count(self, whole: str, part: str) -> None:
        self._scale = max(self._scale, len(part))
        self._long = self._long or (bool(part) and len(part) != 3)
        self._digits = max(self._digits, len(whole))
        if len(whole) < _ENDLESS:
            self._largest = max(self._largest, int(whole))

    def verdict(self) -> Type | None:
        """The narrowest type. `1,234` alone may be a thousand: then it is no number for us."""
        if self._floats:
            return None if self._commas else Type("double precision")
        if self._commas and not self._long:
            return None
        if self._scale:
            return Type(self._decimal(), with_point if self._commas else None)
        if self._digits >= _ENDLESS or self._largest >= _BIGINT:
            return Type(self._decimal())
        return Type("integer" if self._largest < _INTEGER else "bigint")

    def _decimal(self) -> str:
        digits = max(_LEAST_DIGITS, self._digits + self._scale)
        return f"numeric({digits},{self._scale})" if digits <= 1000 else "numeric"
