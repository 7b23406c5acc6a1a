"""A query from JSON: the whole grammar of `docs/reference/query.md`, every mistake with its place.

What is part of the grammar but not answered yet is refused here as `not_supported`, in one list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.core.zones import zone
from leadline.planner.json_reader import Node, wrong
from leadline.planner.parse_compare import parse_compare
from leadline.planner.parse_filters import parse_filter
from leadline.planner.parse_time import parse_as_of, parse_time
from leadline.planner.query import Compare, Dim, Filter, Query, Sort, leaves
from leadline.semantic.model import Model

KEYS = (
    "metrics", "dimensions", "time", "filters", "compare", "having", "sort", "top", "totals", "limit",
    "offset", "as_of", "have",
)  # fmt: skip
MAX_LIMIT = 100_000
MAX_COMPARE = 30
MAX_VALUES = 2_000
_NOT_YET = {
    "having": "Filter by dimensions, or read the finished rows.",
    "top": "Sort by the metric and set limit.",
}


def parse_query(data: object, *, viewer: Viewer, now: datetime, model: Model) -> Query:
    """The query of a JSON value, asked by `viewer` at `now` (aware).

    Raises LeadlineError with a code of the reference and a pointer. Names are looked up later, by the steps.
    """
    node = Node(data).object(KEYS)
    _refuse_later(node)
    home = zone(model.calendar.zone)
    metrics = node.each("metrics", lambda item: item.text("unknown_metric"))
    if not metrics:
        raise wrong(
            "unknown_metric", "A query asks for at least one metric.", "Name one in metrics.", "/metrics"
        )
    return Query(
        metrics=_once(metrics, "/metrics"),
        viewer=viewer,
        as_of=parse_as_of(node["as_of"], now, home),
        fixed=node.has("as_of"),
        dimensions=_dimensions(node),
        time=parse_time(node["time"]),
        filters=_filters(node),
        compare=_each_once(node.each("compare", parse_compare, most=MAX_COMPARE)),
        sort=node.each("sort", _sort),
        totals=_totals(node["totals"]),
        limit=_whole(node, "limit", 1, MAX_LIMIT, 10_000),
        offset=_whole(node, "offset", 0, 2**53, 0),
    )


def _refuse_later(node: Node) -> None:
    for key, way in _NOT_YET.items():
        if node.value.get(key):
            raise node[key].fail(f"{key} is not answered yet.", way, "not_supported")


def _once(names: tuple[str, ...], at: str) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise wrong("bad_json", "A name is asked for twice.", "Name each once.", at)
    return names


def _each_once(found: tuple[Compare, ...]) -> tuple[Compare, ...]:
    names: set[str] = set()
    for one in found:
        if one.suffix in names:
            raise wrong("bad_json", "A comparison is asked for twice.", "Ask each once.", one.at)
        names.add(one.suffix)
    return found


def _filters(node: Node) -> tuple[Filter, ...]:
    found = node.each("filters", parse_filter)
    if sum(len(leaf.values) + 1 for one in found for leaf in leaves(one)) > MAX_VALUES:
        why = f"All filters together have more than {MAX_VALUES:,} values."
        raise node["filters"].fail(why, "Filter by a coarser field, or by ranges.", "too_large")
    return found


def _dimensions(node: Node) -> tuple[Dim, ...]:
    found = node.each("dimensions", _dim, most=50)
    _once(tuple(dim.field for dim in found), "/dimensions")
    return found


def _dim(node: Node) -> Dim:
    if isinstance(node.value, str):
        return Dim(node.text())
    node.object(("field", "all"))
    return Dim(node["field"].text(), node["all"].flag() if node.has("all") else False)


def _sort(node: Node) -> Sort:
    node.object(("by", "desc"))
    return Sort(node["by"].text(), node["desc"].flag() if node.has("desc") else False)


def _totals(node: Node) -> bool:
    if isinstance(node.value, list) and node.value:
        raise node.fail("Subtotals are not answered yet.", "Ask totals: true.", "not_supported")
    return bool(node.value) and node.flag()


def _whole(node: Node, key: str, low: int, high: int, default: int) -> int:
    if not node.has(key):
        return default
    return node[key].whole(low, high, "bad_limit")


def reject_constants(value: str) -> Any:
    """For `json.loads(parse_constant=…)`: NaN and Infinity are no JSON."""
    raise LeadlineError("bad_json", f"{value} is no JSON value.", "Send a number or null.")
