"""Comparisons, AND, OR, NOT, `like`, `in`, `between`, `is null` and CASE."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from leadline.core.schema import BOOLEAN, ColumnType
from leadline.semantic.expressions.functions.base import Call, Function, Node, no_check, operator, refused
from leadline.semantic.expressions.functions.kinds import (
    aligned,
    as_text,
    check_literals,
    literal_text,
    need_text,
    need_truth,
    widest,
)


def _compared(
    name: str, node: type[Node], *operands: str, check: Callable[[Node], None] = no_check
) -> Function:
    """An entry that compares its operands with each other."""

    def type_(call: Call) -> ColumnType:
        check_literals(call.operands, widest(call.types, name), name)
        return BOOLEAN

    def sql(call: Call) -> Node:
        return call.rebuilt(*aligned(call))

    return operator(name, node, type_, sql, operands=operands or ("this", "expression"), check=check)


def _truths(name: str, node: type[Node], *operands: str) -> Function:
    """An entry over true and false."""

    def type_(call: Call) -> ColumnType:
        for operand in call.types:
            need_truth(operand, name)
        return BOOLEAN

    return operator(name, node, type_, operands=operands)


def _like(call: Call) -> ColumnType:
    for type_ in call.types:
        need_text(type_, "like")
    pattern = literal_text(call.operands[1])
    if pattern is not None and (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise refused("like: the pattern ends with a lone backslash", "Write it twice to mean a backslash.")
    return BOOLEAN


def _like_sql(call: Call) -> Node:
    pairs = zip(call.operands, call.types, strict=True)
    return call.rebuilt(*(as_text(operand, type_) for operand, type_ in pairs))


def _is(call: Call) -> ColumnType:
    if isinstance(call.node.expression, exp.Boolean):
        need_truth(call.types[0], "is true")
    return BOOLEAN


def _check_is(node: Node) -> None:
    if not isinstance(node.expression, exp.Null | exp.Boolean):
        raise refused("'is' stands only before null, not null, true and false", "Use = to compare.")


def _check_in(node: Node) -> None:
    if not node.expressions:
        raise refused("'in' needs a list of values", "Write in ('a', 'b').")


def _case_operands(node: Node) -> tuple[Node, ...]:
    """The compared value (if any), each branch's condition and value, the default (if any)."""
    start = [node.this] if node.this is not None else []
    branches = [part for branch in node.args["ifs"] for part in (branch.this, branch.args["true"])]
    default = node.args.get("default")
    return (*start, *branches, *([default] if default is not None else []))


def _case_places(call: Call) -> tuple[list[int], list[int]]:
    """Where the conditions (with the compared value) and where the values stand among the operands."""
    start = 1 if call.node.this is not None else 0
    pairs = len(call.node.args["ifs"])
    conditions = [start + 2 * i for i in range(pairs)]
    values = [start + 2 * i + 1 for i in range(pairs)]
    default = [start + 2 * pairs] if call.node.args.get("default") is not None else []
    return [*range(start), *conditions], [*values, *default]


def _case(call: Call) -> ColumnType:
    conditions, values = _case_places(call)
    if call.node.this is None:
        for i in conditions:
            need_truth(call.types[i], "when")
    else:
        compared = widest([call.types[i] for i in conditions], "case")
        check_literals([call.operands[i] for i in conditions], compared, "case")
    result = widest([call.types[i] for i in values], "case")
    check_literals([call.operands[i] for i in values], result, "case")
    return result


def _case_sql(call: Call) -> Node:
    conditions, values = _case_places(call)
    compared = aligned(call, conditions if call.node.this is not None else [])
    results = aligned(call, values)
    return call.rebuilt(*(results[i] if i in values else compared[i] for i in range(len(call.operands))))


ENTRIES: tuple[Function, ...] = (
    _compared("=", exp.EQ),
    _compared("<>", exp.NEQ),
    _compared("<", exp.LT),
    _compared("<=", exp.LTE),
    _compared(">", exp.GT),
    _compared(">=", exp.GTE),
    _compared("in", exp.In, "this", "expressions", check=_check_in),
    _compared("between", exp.Between, "this", "low", "high"),
    _truths("and", exp.And, "this", "expression"),
    _truths("or", exp.Or, "this", "expression"),
    _truths("not", exp.Not, "this"),
    operator("like", exp.Like, _like, _like_sql, also=("negate",)),
    operator("is", exp.Is, _is, operands=("this",), also=("expression", "negate"), check=_check_is),
    Function("case", exp.Case, _case_operands, frozenset(("this", "ifs", "default")), _case, _case_sql),
)
