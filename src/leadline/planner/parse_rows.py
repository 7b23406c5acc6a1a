"""What is done with the finished rows, from JSON: sort, the first N members, subtotals, and having."""

from __future__ import annotations

from leadline.core.schema import TEXT
from leadline.planner.json_reader import Node, near
from leadline.planner.parse_filters import TEXTS, is_number
from leadline.planner.parse_limits import DIMENSIONS, STEPS, SUBTOTALS
from leadline.planner.query import Compare, Compared, Dim, Query, Sort, Top, leaves, value_columns
from leadline.semantic.aggregations import aggregation
from leadline.semantic.model import Metric, Model

_CODE = "bad_top"
_NUMBERS = ("integer", "decimal", "float")


def parse_sort(node: Node) -> Sort:
    """One sort key; whether there is such a column is said by the planner."""
    node.object(("by", "desc"))
    return Sort(node["by"].name(), node["desc"].flag() if node.has("desc") else False)


# -- the first N members ----------------------------------------------------------------------------


def parse_top(node: Node) -> Top | None:
    """`top`; its names are checked by `check_top`, when all columns are known."""
    if node.value is None:
        return None
    node.object(("n", "by", "of", "per", "other"))
    by, of, per = (node[key].name(_CODE) if node.has(key) else None for key in ("by", "of", "per"))
    other = node["other"].flag(_CODE) if node.has("other") else False
    return Top(node["n"].whole(1, STEPS, _CODE), by, of, per, other)


def check_top(query: Query, node: Node) -> None:
    """Raises `bad_top` where `top` (at `node`) names what is not asked."""
    top = query.top
    if top is None:
        return
    fields = [dim.field for dim in query.dimensions]
    if not fields:
        raise node.fail("There are no members to take the first of.", "Ask a dimension.", _CODE)
    for key, name, known in (
        ("by", top.by, value_columns(query)),
        ("of", top.of, fields),
        ("per", top.per, fields),
    ):
        if name is not None and name not in known:
            raise node[key].fail(f"{name!r:.80} is not asked here.", near(name, known), _CODE)
    if top.per is not None and top.per == (top.of or fields[0]):
        why = "The first members of a field are not taken within each of its own members."
        raise node["per"].fail(why, "Name another dimension, or leave per out.", _CODE)


# -- subtotals --------------------------------------------------------------------------------------


def parse_totals(node: Node, dimensions: tuple[Dim, ...]) -> tuple[bool, tuple[tuple[str, ...], ...]]:
    """Whether there is a row of totals, and the groups of subtotals."""
    if not isinstance(node.value, list):
        return (node.flag() if node.value is not None else False), ()
    known = [dim.field for dim in dimensions]
    found: list[tuple[str, ...]] = []
    for item in node.items(SUBTOTALS):
        fields = tuple(_summed(one, known) for one in item.items(DIMENSIONS))
        if len(set(fields)) < len(fields) or any(set(fields) == set(other) for other in found):
            raise item.fail("A group of subtotals is asked twice, or a field in it.", "Name each once.")
        found.append(fields)
    return False, tuple(found)


def _summed(node: Node, known: list[str]) -> str:
    name = node.name()
    if name not in known:
        fix = near(name, known) if known else "Ask it as a dimension, or leave the list empty."
        raise node.fail(f"{name!r:.80} is no dimension of this question.", fix, "unknown_field")
    return name


# -- having -----------------------------------------------------------------------------------------


def check_having(query: Query, model: Model) -> None:
    """Raises `unknown_field` for a name that is no column of values, `wrong_value_type` for no number.

    Only the values of columns that are numbers over any source are judged; the planner judges the others.
    """
    known = value_columns(query)
    for one in query.having:
        for leaf in leaves(one):
            if leaf.field not in known:
                why = f"{leaf.field!r:.80} is no metric or comparison of this question."
                raise Node(None, leaf.at + "/field").fail(why, near(leaf.field, known), "unknown_field")
            if _is_counted(query, model, leaf.field):
                _check_number(leaf)


def _is_counted(query: Query, model: Model, column: str) -> bool:
    """Whether a column of values is a number for sure."""
    name, _, suffix = column.partition(":")
    for one in query.compare:
        if one.suffix == suffix and not (isinstance(one, Compare) and one.as_ == "value"):
            return True
    metric = model.metrics.get(name)
    return metric is not None and _is_number(metric, model)


def _is_number(metric: Metric, model: Model) -> bool:
    """Whether every aggregate below is a number, even over texts."""
    parts = metric.kind.inputs(metric, model)
    names = (model.datasets[part.dataset].measures[part.measure].aggregation for part in parts)
    return all(aggregation(name).type(TEXT).kind in _NUMBERS for name in names)


def _check_number(leaf: Compared) -> None:
    if leaf.op in TEXTS or leaf.op == "range":
        why = f"The operator {leaf.op} does not fit the number {leaf.field}."
        raise Node(None, leaf.at + "/op").fail(why, "Use eq, in, lt or between.", "wrong_value_type")
    for i, value in enumerate(leaf.values):
        if value is not None and not is_number(value):
            why = f"{str(value)!r:.80} is no number, as {leaf.field} is."
            fix = 'Write 12, or "0.1" where it is not whole.'
            raise Node(None, f"{leaf.at}/values/{i}").fail(why, fix, "wrong_value_type")
