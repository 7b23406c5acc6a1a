"""Equality and order of values as PostgreSQL has them; text goes by code point."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.kinds import has_own_order, shown

Test = Callable[[Any, Any], bool]
TESTS: dict[str, Test] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def tester(sign: str, type_: ColumnType) -> Test:
    """The comparison of two values of a type."""
    test = TESTS[sign]
    if type_.kind not in ("float", "decimal"):
        return test
    return lambda one, other: test(_key(one), _key(other))


def _key(number: Any) -> tuple[bool, Any]:
    """Not a number is equal to itself and greater than all others."""
    return (True, 0) if number != number else (False, number)  # noqa: PLR0124


def need_known_order(types: Sequence[ColumnType], what: str) -> None:
    """Refuses to order values whose order only the database knows: the labels of an enum."""
    found = next((type_ for type_ in types if has_own_order(type_, types)), None)
    if found is not None:
        raise LeadlineError(
            "not_supported",
            f"{what} cannot order values of type {found.native or shown(found)} outside the database",
            "Cast them to text, or leave the order to the database.",
        )


def among(value: Any, others: Sequence[Callable[[], Any]], equal: Test) -> bool | None:
    """Whether a value is one of several, each asked for in turn; NULL if only a NULL could tell."""
    if value is None:
        return None
    unknown = False
    for other in others:
        found = other()
        if found is None:
            unknown = True
        elif equal(value, found):
            return True
    return None if unknown else False


def both(one: bool | None, other: bool | None) -> bool | None:
    """AND of three values."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True
