"""`case when … then … else … end`, with a value to compare after `case` or without."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from leadline.core.schema import BOOLEAN, ColumnType
from leadline.semantic.expressions.functions.base import Call, Evaluate, Function, Node, Use
from leadline.semantic.expressions.functions.kinds import aligned, check_literals, need_truth, widest
from leadline.semantic.expressions.runtime.compare import tester
from leadline.semantic.expressions.runtime.convert import converted
from leadline.semantic.expressions.runtime.strict import strict


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


def _case_python(use: Use) -> Evaluate:
    """Branch by branch: what comes after the first that holds is not asked for."""
    conditions, values = _case_places(use.call)
    results = [converted(use, i, use.result) for i in values]
    tests = _case_tests(use, conditions)
    default = results[len(tests)] if len(results) > len(tests) else None

    def evaluate(row: Any) -> Any:
        for test, result in zip(tests, results, strict=False):
            if test(row) is True:
                return result(row)
        return default(row) if default else None

    return evaluate


def _case_tests(use: Use, conditions: list[int]) -> list[Evaluate]:
    if use.call.node.this is None:
        return [converted(use, i, BOOLEAN) for i in conditions]
    compared = widest([use.call.types[i] for i in conditions], "case")
    subject, *others = (converted(use, i, compared) for i in conditions)
    return [strict(tester("=", compared), (subject, other)) for other in others]


ENTRIES: tuple[Function, ...] = (
    Function(
        "case",
        exp.Case,
        _case_operands,
        frozenset(("this", "ifs", "default")),
        _case,
        _case_python,
        _case_sql,
    ),
)
