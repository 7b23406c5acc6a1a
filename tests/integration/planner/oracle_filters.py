"""The oracle's filters: which values pass, by field or by a finished column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from tests.integration.planner.oracle_ranges import Clock
from tests.integration.planner.oracle_rows import NUMBERS, number

NONE = "(none)"
Find = Callable[[str], tuple[str, Any]]
"""The type and the value of a name."""


def passes(one: Mapping[str, Any], find: Find, clock: Clock) -> bool:
    """Whether a filter holds."""
    if "not" in one:
        return not passes(one["not"], find, clock)
    for word, join in (("any", any), ("all", all)):
        if word in one:
            return join(passes(inner, find, clock) for inner in one[word])
    kind, value = find(one["field"])
    return _compares(kind, value, one, clock)


def names_in(one: Mapping[str, Any]) -> Iterator[str]:
    """The fields that a filter names."""
    if "field" in one:
        yield one["field"]
    for inner in [*one.get("any", []), *one.get("all", []), *([one["not"]] if "not" in one else [])]:
        yield from names_in(inner)


def _compares(kind: str, value: Any, one: Mapping[str, Any], clock: Clock) -> bool:
    op = one["op"]
    if op in ("is_null", "not_null"):
        return bool((value is None) == (op == "is_null"))
    if op in _OPPOSITES:  # these keep rows without a value
        return not _compares(kind, value, {**one, "op": _OPPOSITES[op]}, clock)
    if op == "in":
        return any(_equals(kind, value, other, clock) for other in one["values"])
    if op == "eq":
        return _equals(kind, value, one["values"][0], clock)
    return value is not None and _of_value(kind, value, one, clock)


def _of_value(kind: str, value: Any, one: Mapping[str, Any], clock: Clock) -> bool:
    op = one["op"]
    if op == "range":
        span = clock.range(one["range"])
        begun = span.start is None or not span.start.after(value)
        return begun and (span.end is None or span.end.after(value))
    if op in _TEXTS:
        return any(_TEXTS[op](value, other) for other in one["values"])
    low, *high = (_plain(kind, other, clock) for other in one["values"])
    return bool(low <= value <= high[0]) if op == "between" else _ORDERS[op](value, low)


def _equals(kind: str, value: Any, other: Any, clock: Clock) -> bool:
    if value is None:
        return other is None or (other == NONE and kind == "text")
    return other is not None and bool(value == _plain(kind, other, clock))


def _plain(kind: str, other: Any, clock: Clock) -> Any:
    """What was written of a value, as the value is."""
    if kind in NUMBERS:
        return number(other)
    if kind in ("time", "wall"):
        return clock.when(other).instant
    return date.fromisoformat(other) if kind == "date" else other


_OPPOSITES = {"ne": "in", "not_in": "in", "not_contains": "contains"}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda value, other: other in value,
    "starts_with": lambda value, other: value.startswith(other),
    "ends_with": lambda value, other: value.endswith(other),
}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}


def member(kind: str, value: Any) -> Any:
    """A value as a member: nothing and no partner are one."""
    return NONE if value is None and kind == "text" else value
