"""Functions of values as functions of rows: NULL in, NULL out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leadline.semantic.expressions.functions.base import Evaluate


def strict(function: Callable[..., Any], values: tuple[Evaluate, ...]) -> Evaluate:
    """The function over the operands' values; NULL as soon as one of them is NULL."""
    if len(values) == 1:
        return _one(function, values[0])
    if len(values) == 2:
        return _two(function, *values)
    return _many(function, values)


def _one(function: Callable[[Any], Any], value: Evaluate) -> Evaluate:
    def evaluate(row: Any) -> Any:
        found = value(row)
        return None if found is None else function(found)

    return evaluate


def _two(function: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(row: Any) -> Any:
        one, other = left(row), right(row)
        return None if one is None or other is None else function(one, other)

    return evaluate


def _many(function: Callable[..., Any], values: tuple[Evaluate, ...]) -> Evaluate:
    def evaluate(row: Any) -> Any:
        found = [value(row) for value in values]
        return None if any(one is None for one in found) else function(*found)

    return evaluate


def constant(value: Any) -> Evaluate:
    """The same value for every row."""
    return lambda row: value
