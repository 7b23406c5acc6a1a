"""Filters from JSON: which operators there are, and how many values each takes."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.planner.json_reader import Node, is_plain
from leadline.planner.parse_time import parse_range
from leadline.planner.query import AllOf, AnyOf, Compared, Filter, Not, Scalar

ONE = ("eq", "ne", "lt", "lte", "gt", "gte")
SETS = ("in", "not_in")
TEXTS = ("contains", "not_contains", "starts_with", "ends_with")
BARE = ("is_null", "not_null")
OPERATORS = (*ONE, *SETS, "between", *TEXTS, *BARE, "range")
MAX_DEPTH = 20
_KEYS = ("field", "op", "values", "range", "any", "all", "not")
_GROUPS: Mapping[str, type[AnyOf] | type[AllOf]] = {"any": AnyOf, "all": AllOf}


def parse_filter(node: Node, depth: int = 0) -> Filter:
    """One filter; nested at most `MAX_DEPTH` deep."""
    node.object(_KEYS)
    if depth > MAX_DEPTH:
        raise node.fail(f"Filters nest at most {MAX_DEPTH} deep.", "Flatten them.", "too_large")
    for key, group in _GROUPS.items():
        if key in node.value:
            _alone(node, key)
            return group(tuple(parse_filter(item, depth + 1) for item in node[key].items()))
    if "not" in node.value:
        _alone(node, "not")
        return Not(parse_filter(node["not"], depth + 1))
    return _compared(node)


def _alone(node: Node, key: str) -> None:
    if len(node.value) > 1:
        raise node.fail(
            f"{key!r} stands alone in its object.", "Put the other keys into a filter of their own."
        )


def _compared(node: Node) -> Compared:
    field = node["field"].text()
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
    if op in BARE:
        _without(node, "values", op)
        return ()
    values = tuple(_scalar(item) for item in node["values"].items())
    low, high = (1, 1) if op in ONE else (2, 2) if op == "between" else (1, 1000)
    if not low <= len(values) <= high:
        needs = str(low) if low == high else f"{low} to {high}"
        why = f"The operator {op} takes {needs} values, not {len(values)}."
        raise node["values"].fail(why, "Change the list.", "wrong_value_type")
    return values


def _scalar(node: Node) -> Scalar:
    value: Scalar = node.value
    if isinstance(value, float | dict | list):
        why = "A number that is not whole is written as a text here; objects and lists are no values."
        raise node.fail(why, 'Write "0.1" instead of 0.1.', "wrong_value_type")
    if isinstance(value, str) and not is_plain(value):
        raise node.fail("A text has no NUL and no half character in it.", "Take it out.", "wrong_value_type")
    return value
