"""Filters from JSON: which operators there are, and how many values of which sort each takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline.planner.json_reader import Node, unfit
from leadline.planner.parse_later import EXISTS, refuse_exists
from leadline.planner.parse_limits import ALL_VALUES, CONDITIONS, DEPTH, DIGITS, VALUES
from leadline.planner.parse_time import parse_range
from leadline.planner.query import AllOf, AnyOf, Compared, Filter, Not, Scalar

EQUAL = ("eq", "ne")
ORDERED = ("lt", "lte", "gt", "gte")
SETS = ("in", "not_in")
TEXTS = ("contains", "not_contains", "starts_with", "ends_with")
BARE = ("is_null", "not_null")
OPERATORS = (*EQUAL, *ORDERED, *SETS, "between", *TEXTS, *BARE, "range")
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys((*EQUAL, *ORDERED), (1, 1)),
    **dict.fromkeys((*SETS, *TEXTS), (1, VALUES)),
    "between": (2, 2),
}
"""How many values an operator takes; those that are not here take none."""
_KEYS = ("field", "op", "values", "range", "any", "all", "not", EXISTS)
_GROUPS: Mapping[str, type[AnyOf] | type[AllOf]] = {"any": AnyOf, "all": AllOf}
_NUMBER = re.compile(rf"-?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DIGITS}}})?")
_LARGEST = 10**DIGITS


def parse_filters(node: Node) -> tuple[Filter, ...]:
    """The filters of a list that AND joins. Raises `too_large` past the limits of conditions and values."""
    if node.value is None:
        return ()
    reading = _Reading(node)
    return tuple(reading.filter(item, 0) for item in node.items())


def is_number(value: Scalar) -> bool:
    """Whether a value is a number as the grammar writes it: 12, or "0.1" where it is not whole."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    return abs(value) < _LARGEST if isinstance(value, int) else bool(_NUMBER.fullmatch(value))


@dataclass(slots=True)
class _Reading:
    """One list of filters being read, and how much of it there is so far."""

    whole: Node
    conditions: int = 0
    values: int = 0

    def filter(self, node: Node, depth: int) -> Filter:
        """One filter; the nodes above it are `depth` many."""
        refuse_exists(node)
        node.object(_KEYS)
        if depth > DEPTH:
            raise node.fail(f"Filters nest at most {DEPTH} deep.", "Flatten them.", "too_large")
        for key, group in _GROUPS.items():
            if key in node.value:
                _alone(node, key)
                inner = tuple(self.filter(item, depth + 1) for item in node[key].items())
                self._count(0 if inner else 1, 0)
                return group(inner)
        if "not" in node.value:
            _alone(node, "not")
            return Not(self.filter(node["not"], depth + 1))
        found = _compared(node)
        self._count(1, len(found.values))
        return found

    def _count(self, conditions: int, values: int) -> None:
        self.conditions += conditions
        self.values += values
        if self.conditions > CONDITIONS:
            why = f"There are more than {CONDITIONS:,} conditions."
            raise self.whole.fail(why, "Ask for one in a list of values, or by ranges.", "too_large")
        if self.values > ALL_VALUES:
            why = f"All conditions together have more than {ALL_VALUES:,} values."
            raise self.whole.fail(why, "Filter by a coarser field, or by ranges.", "too_large")


def _alone(node: Node, key: str) -> None:
    if len(node.value) > 1:
        raise node.fail(
            f"{key!r} stands alone in its object.", "Put the other keys into a filter of their own."
        )


def _compared(node: Node) -> Compared:
    field = node["field"].name()
    op = node["op"].choice(OPERATORS, "unknown_operator", "operator")
    if op == "range":
        _without(node, "values", op)
        return Compared(field, op, range=parse_range(node["range"]), at=node.at)
    _without(node, "range", op)
    return Compared(field, op, _values(node, op), at=node.at)


def _without(node: Node, key: str, op: str) -> None:
    if node.value.get(key):
        raise node[key].fail(f"The operator {op} takes no {key}.", f"Leave {key} out.", "unknown_key")


def _values(node: Node, op: str) -> tuple[Scalar, ...]:
    if op not in COUNTS:
        _without(node, "values", op)
        return ()
    values = tuple(_value(item, op) for item in node["values"].items())
    low, high = COUNTS[op]
    if not low <= len(values) <= high:
        needs = str(low) if low == high else f"{low} to {high}"
        why = f"The operator {op} takes {needs} values, not {len(values)}."
        raise node["values"].fail(why, "Change the list.", "wrong_value_type")
    return values


def _value(node: Node, op: str) -> Scalar:
    value = _scalar(node)
    if value is None and op not in (*EQUAL, *SETS):
        raise node.fail(f"The operator {op} takes no null.", "Use is_null or not_null.", "wrong_value_type")
    if op in TEXTS and not isinstance(value, str):
        why = f"The operator {op} takes texts."
        raise node.fail(why, 'Write a text such as "East".', "wrong_value_type")
    return value


def _scalar(node: Node) -> Scalar:
    value: Any = node.value
    if not isinstance(value, str | int | None):
        why = "A number that is not whole is written as a text here; objects and lists are no values."
        raise node.fail(why, 'Write "0.1" instead of 0.1.', "wrong_value_type")
    if isinstance(value, str) and (why := unfit(value)):
        raise node.fail(why, "Shorten or correct it.", "wrong_value_type")
    if isinstance(value, int) and abs(value) >= _LARGEST:
        why = f"A number has at most {DIGITS} digits."
        raise node.fail(why, "Write a smaller number.", "wrong_value_type")
    found: Scalar = value
    return found
