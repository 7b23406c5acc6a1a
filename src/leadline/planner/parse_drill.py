"""What `/rows` is asked, from JSON: a cell of an answer or a whole question, and which of its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.planner.json_reader import Node, near, pointer
from leadline.planner.parse import parse_query
from leadline.planner.parse_filters import parse_filters
from leadline.planner.parse_limits import DIMENSIONS, OFFSET
from leadline.planner.query import Compared, Filter, Query
from leadline.planner.sql.build import OTHER_MEMBER
from leadline.semantic.model import Model

KEYS = ("query", "metric", "cell", "other", "dataset", "fields", "limit", "offset")
MOST_ROWS, ROWS = 1_000, 100
"""Rows of one page: the most, and how many where nothing is said."""


@dataclass(frozen=True, slots=True)
class Drill:
    """The rows of a metric in a cell of a query's answer.

    `time`: the bucket's first instant as text (None: the whole range). `members`: a filter for each dimension
    that the cell names. `other`: it is the cell of the members that `top` leaves out. `dataset`: whose rows,
    where the metric reads several. `fields`: the columns (empty: the usual ones). `wrapped`: the query stood
    under `query`.
    """

    query: Query
    metric: str
    time: str | None = None
    members: tuple[Filter, ...] = ()
    other: bool = False
    dataset: str | None = None
    fields: tuple[str, ...] = ()
    limit: int = ROWS
    offset: int = 0
    wrapped: bool = False


def parse_drill(data: object, *, viewer: Viewer, now: datetime, model: Model) -> Drill:
    """The drill of a JSON value: `{"query", "cell"?, …}`, or a Query whose limit and offset page the rows.

    Raises LeadlineError with a code of the reference and a pointer.
    """
    node = Node(data)
    if not isinstance(data, dict) or "query" not in data:
        query = parse_query(data, viewer=viewer, now=now, model=model)
        return Drill(query, query.metrics[0], limit=_limit(node), offset=_offset(node))
    node.object(KEYS)
    query = _query(data["query"], viewer, now, model)
    return Drill(
        query,
        _metric(node, query),
        _time(node, query),
        _members(node, query),
        _is_other(node, query),
        node["dataset"].name() if node.has("dataset") else None,
        node.each("fields", lambda item: item.name(), most=DIMENSIONS),
        _limit(node),
        _offset(node),
        wrapped=True,
    )


def _query(data: object, viewer: Viewer, now: datetime, model: Model) -> Query:
    try:
        return parse_query(data, viewer=viewer, now=now, model=model)
    except LeadlineError as error:
        raise error.moved("/query") from None


def _limit(node: Node) -> int:
    return node["limit"].whole(1, MOST_ROWS, "bad_limit") if node.has("limit") else ROWS


def _offset(node: Node) -> int:
    return node["offset"].whole(0, OFFSET, "bad_limit") if node.has("offset") else 0


def _metric(node: Node, query: Query) -> str:
    if not node.has("metric"):
        return query.metrics[0]
    name = node["metric"].name("unknown_metric")
    if name not in query.metrics:
        raise node["metric"].fail(
            f"{name!r:.80} is no metric of this query.", near(name, query.metrics), "unknown_metric"
        )
    return name


# -- the cell ---------------------------------------------------------------------------------------


def _cell(node: Node, query: Query) -> Node:
    """The cell, whose keys are `time` and the query's dimensions."""
    if not node.has("cell"):
        return Node({}, "/cell")
    times = ["time"] if query.time.grain else []
    return node["cell"].object([*times, *(dim.field for dim in query.dimensions)])


def _time(node: Node, query: Query) -> str | None:
    cell = _cell(node, query)
    if not query.time.grain or not cell.has("time"):
        return None
    return cell["time"].text("bad_range")


def _members(node: Node, query: Query) -> tuple[Filter, ...]:
    """A filter for each member; null is one. That of the members left out says nothing of a row's own."""
    cell, found = _cell(node, query), []
    for dim in query.dimensions:
        name = dim.field
        left_out = _is_other(node, query) and name == _ranked(query)
        if name in cell.value and not left_out and not (name == "time" and query.time.grain):
            found.append(_member(name, cell.value[name]))
    return tuple(found)


def _member(name: str, value: object) -> Filter:
    at = "/cell" + pointer(name)
    asked = {"field": name, "op": "eq", "values": [value]}
    try:
        [made] = parse_filters(Node([asked]))
    except LeadlineError as error:
        raise LeadlineError(error.code, error.why, error.fix, at) from None
    assert isinstance(made, Compared)  # noqa: S101  (it has a field)
    return replace(made, at=at)


def _ranked(query: Query) -> str | None:
    """The dimension whose members `top` picks, where those left out are one."""
    if query.top is None or not query.top.other:
        return None
    return query.top.of or query.dimensions[0].field


def _is_other(node: Node, query: Query) -> bool:
    """As `other` says; else the text "(other)" of the dimension that `top` picks from."""
    ranked, cell = _ranked(query), _cell(node, query)
    if not node.has("other"):
        return ranked is not None and cell.value.get(ranked) == OTHER_MEMBER
    other = node["other"].flag()
    if other and ranked is None:
        raise node["other"].fail("This query leaves no members out.", "Ask top with other: true.", "bad_top")
    return other
