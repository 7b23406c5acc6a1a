"""Comparisons, AND, OR, NOT, `like`, `in`, `between` and `is null`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlglot import exp

from leadline.core.schema import BOOLEAN, TEXT, ColumnType
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Python,
    Use,
    no_check,
    operator,
    refused,
)
from leadline.semantic.expressions.functions.kinds import (
    UNKNOWN,
    aligned,
    as_text,
    cast,
    check_literals,
    literal_text,
    need_text,
    need_truth,
    ordered,
    widest,
)
from leadline.semantic.expressions.runtime.compare import among, both, need_known_order, tester
from leadline.semantic.expressions.runtime.convert import all_converted, converted
from leadline.semantic.expressions.runtime.like import like
from leadline.semantic.expressions.runtime.strict import strict


def _compared(
    name: str,
    node: type[Node],
    *operands: str,
    python: Python | None = None,
    check: Callable[[Node], None] = no_check,
) -> Function:
    """An entry that compares its operands with each other."""

    def type_(call: Call) -> ColumnType:
        check_literals(call.operands, widest(call.types, name), name)
        return BOOLEAN

    def sql(call: Call) -> Node:
        return call.rebuilt(*(aligned(call) if name in ("=", "<>", "in") else ordered(call)))

    return operator(
        name,
        node,
        type_,
        sql,
        operands=operands or ("this", "expression"),
        check=check,
        python=python or partial(_compare, name),
    )


def _compare(sign: str, use: Use) -> Evaluate:
    target = widest(use.call.types, sign)
    if sign not in ("=", "<>"):
        need_known_order(use.call.types, sign)
    return strict(tester(sign, target), all_converted(use, target))


def _in(use: Use) -> Evaluate:
    target = widest(use.call.types, "in")
    equal = tester("=", target)
    subject, *others = all_converted(use, target)
    return lambda row: among(subject(row), [partial(other, row) for other in others], equal)


def _between(use: Use) -> Evaluate:
    """Two comparisons: one of them may say no where the other has a NULL."""
    need_known_order(use.call.types, "between")
    target = widest(use.call.types, "between")
    subject, low, high = all_converted(use, target)
    at_least = strict(tester(">=", target), (subject, low))
    at_most = strict(tester("<=", target), (subject, high))
    return lambda row: both(at_least(row), at_most(row))


def _truths(name: str, node: type[Node], python: Python, *operands: str) -> Function:
    """An entry over true and false."""

    def type_(call: Call) -> ColumnType:
        for operand in call.types:
            need_truth(operand, name)
        return BOOLEAN

    return operator(name, node, type_, operands=operands, python=python)


def _and(use: Use) -> Evaluate:
    left, right = all_converted(use, BOOLEAN)

    def evaluate(row: Any) -> bool | None:
        one = left(row)
        return False if one is False else both(one, right(row))

    return evaluate


def _or(use: Use) -> Evaluate:
    left, right = all_converted(use, BOOLEAN)

    def evaluate(row: Any) -> bool | None:
        one = left(row)
        if one is True:
            return True
        other = right(row)
        return True if other is True else None if one is None or other is None else False

    return evaluate


def _not(use: Use) -> Evaluate:
    return strict(lambda found: not found, all_converted(use, BOOLEAN))


def _like_python(use: Use) -> Evaluate:
    wanted = not use.call.node.args.get("negate")
    return strict(lambda text, pattern: like(text, pattern) is wanted, all_converted(use, TEXT))


def _is_python(use: Use) -> Evaluate:
    """Never NULL itself: `is null`, `is true` and their kin ask for just one value."""
    asked = use.call.node.expression
    wanted = not use.call.node.args.get("negate")
    if isinstance(asked, exp.Null):
        value = use.values[0]
        return lambda row: (value(row) is None) is wanted
    truth, value = bool(asked.this), converted(use, 0, BOOLEAN)
    return lambda row: (value(row) is truth) is wanted


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


def _is_sql(call: Call) -> Node:
    """A value without a type of its own (a parameter) takes none from `null` either."""
    untyped = call.types[0] == UNKNOWN and isinstance(call.node.expression, exp.Null)
    return call.rebuilt(cast(call.operands[0], "text")) if untyped else call.rebuilt()


def _check_is(node: Node) -> None:
    if not isinstance(node.expression, exp.Null | exp.Boolean):
        raise refused("'is' stands only before null, not null, true and false", "Use = to compare.")


def _check_in(node: Node) -> None:
    if not node.expressions:
        raise refused("'in' needs a list of values", "Write in ('a', 'b').")


ENTRIES: tuple[Function, ...] = (
    _compared("=", exp.EQ),
    _compared("<>", exp.NEQ),
    _compared("<", exp.LT),
    _compared("<=", exp.LTE),
    _compared(">", exp.GT),
    _compared(">=", exp.GTE),
    _compared("in", exp.In, "this", "expressions", python=_in, check=_check_in),
    _compared("between", exp.Between, "this", "low", "high", python=_between),
    _truths("and", exp.And, _and, "this", "expression"),
    _truths("or", exp.Or, _or, "this", "expression"),
    _truths("not", exp.Not, _not, "this"),
    operator("like", exp.Like, _like, _like_sql, also=("negate",), python=_like_python),
    operator(
        "is",
        exp.Is,
        _is,
        _is_sql,
        operands=("this",),
        also=("expression", "negate"),
        check=_check_is,
        python=_is_python,
    ),
)
