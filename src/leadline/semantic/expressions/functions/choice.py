"""`coalesce nullif greatest least`: one of several values of one type."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Python,
    Use,
    function,
)
from leadline.semantic.expressions.functions.kinds import aligned, check_literals, ordered, widest
from leadline.semantic.expressions.runtime.compare import need_known_order, tester
from leadline.semantic.expressions.runtime.convert import all_converted


def _chosen(
    name: str,
    node: type[Node],
    python: Python,
    *operands: str,
    also: tuple[str, ...] = (),
    fit: Callable[[Call], tuple[Node, ...]] = aligned,
) -> Function:
    """An entry that gives one of its operands, all of one type."""

    def type_(call: Call) -> ColumnType:
        result = widest(call.types, name)
        check_literals(call.operands, result, name)
        return result

    def sql(call: Call) -> Node:
        return call.rebuilt(*fit(call))

    return function(name, node, type_, sql, operands=operands, also=also, python=python)


def _coalesce(use: Use) -> Evaluate:
    """What comes after the first value is not asked for."""
    values = all_converted(use, use.result)

    def evaluate(row: Any) -> Any:
        return next((found for value in values if (found := value(row)) is not None), None)

    return evaluate


def _nullif(use: Use) -> Evaluate:
    equal = tester("=", use.result)
    value, unwanted = all_converted(use, use.result)

    def evaluate(row: Any) -> Any:
        found, other = value(row), unwanted(row)
        return None if found is None or (other is not None and equal(found, other)) else found

    return evaluate


def _extreme(name: str, sign: str, use: Use) -> Evaluate:
    """The first of those that no other exceeds; NULLs do not count."""
    need_known_order(use.call.types, name)
    better = tester(sign, use.result)
    values = all_converted(use, use.result)

    def evaluate(row: Any) -> Any:
        best = None
        for value in values:
            found = value(row)
            if best is None or (found is not None and better(found, best)):
                best = found
        return best

    return evaluate


ENTRIES: tuple[Function, ...] = (
    _chosen("coalesce", exp.Coalesce, _coalesce, "this", "expressions"),
    _chosen("nullif", exp.Nullif, _nullif, "this", "expression"),
    _chosen(
        "greatest",
        exp.Greatest,
        partial(_extreme, "greatest", ">"),
        *("this", "expressions"),
        also=("ignore_nulls",),
        fit=ordered,
    ),
    _chosen(
        "least",
        exp.Least,
        partial(_extreme, "least", "<"),
        *("this", "expressions"),
        also=("ignore_nulls",),
        fit=ordered,
    ),
)
