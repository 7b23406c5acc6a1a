"""A query from JSON: the whole grammar of `docs/reference/query.md`, every mistake with its place.

What the reference lists under "Later" is refused in `parse_later.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from leadline.core.viewer import Viewer
from leadline.core.zones import zone
from leadline.planner.json_reader import Node, pointer, wrong
from leadline.planner.parse_compare import parse_comparisons
from leadline.planner.parse_filters import parse_filters
from leadline.planner.parse_limits import DIMENSIONS, METRICS, OFFSET, ROWS, SORTS
from leadline.planner.parse_rows import check_having, check_top, parse_sort, parse_top, parse_totals
from leadline.planner.parse_time import parse_as_of, parse_time
from leadline.planner.query import Dim, Query
from leadline.semantic.model import Model

KEYS = (
    "metrics", "dimensions", "time", "filters", "compare", "having", "sort", "top", "totals", "limit",
    "offset", "as_of", "have",
)  # fmt: skip


def parse_query(data: object, *, viewer: Viewer, now: datetime, model: Model) -> Query:
    """The query of a JSON value, asked by `viewer` at `now` (aware).

    Raises LeadlineError with a code of the reference and a pointer. Names of the model are looked up
    later, by the steps; names of the answer's own columns (`having`, `top`, `totals`) here.
    """
    node = Node(data).object(KEYS)
    metrics, dimensions = _metrics(node), _dimensions(node)
    time = parse_time(node["time"])
    totals, subtotals = parse_totals(node["totals"], dimensions)
    query = Query(
        metrics=metrics,
        viewer=viewer,
        as_of=parse_as_of(node["as_of"], now, zone(model.calendar.zone)),
        fixed=node.has("as_of"),
        dimensions=dimensions,
        time=time,
        filters=parse_filters(node["filters"]),
        compare=parse_comparisons(node["compare"], time.grain),
        having=parse_filters(node["having"]),
        sort=node.each("sort", parse_sort, most=SORTS),
        top=parse_top(node["top"]),
        totals=totals,
        subtotals=subtotals,
        limit=_whole(node, "limit", 1, ROWS, 10_000),
        offset=_whole(node, "offset", 0, OFFSET, 0),
    )
    return _checked(query, node, model)


def _checked(query: Query, node: Node, model: Model) -> Query:
    check_having(query, model)
    check_top(query, node["top"])
    if node.has("have"):
        node["have"].text()
    return query


def _metrics(node: Node) -> tuple[str, ...]:
    found = node.each("metrics", lambda item: item.name("unknown_metric"), most=METRICS)
    if not found:
        why = "A query asks for at least one metric."
        raise wrong("unknown_metric", why, "Name one in metrics.", "/metrics")
    return _once(found, "/metrics")


def _dimensions(node: Node) -> tuple[Dim, ...]:
    found = node.each("dimensions", _dim, most=DIMENSIONS)
    _once([dim.field for dim in found], "/dimensions")
    return found


def _dim(node: Node) -> Dim:
    if isinstance(node.value, str):
        return Dim(node.name())
    node.object(("field", "all"))
    return Dim(node["field"].name(), node["all"].flag() if node.has("all") else False)


def _once(names: Sequence[str], at: str) -> tuple[str, ...]:
    for i, name in enumerate(names):
        if name in names[:i]:
            why = f"{name!r:.80} is asked for twice."
            raise wrong("bad_json", why, "Name each once.", at + pointer(i))
    return tuple(names)


def _whole(node: Node, key: str, low: int, high: int, default: int) -> int:
    if not node.has(key):
        return default
    return node[key].whole(low, high, "bad_limit")
