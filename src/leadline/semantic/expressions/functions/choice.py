"""`coalesce nullif greatest least`: one of several values of one type."""

from __future__ import annotations

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.base import Call, Function, Node, function
from leadline.semantic.expressions.functions.kinds import aligned, check_literals, widest


def _chosen(name: str, node: type[Node], *operands: str, also: tuple[str, ...] = ()) -> Function:
    """An entry that gives one of its operands, all of one type."""

    def type_(call: Call) -> ColumnType:
        result = widest(call.types, name)
        check_literals(call.operands, result, name)
        return result

    def sql(call: Call) -> Node:
        return call.rebuilt(*aligned(call))

    return function(name, node, type_, sql, operands=operands, also=also)


ENTRIES: tuple[Function, ...] = (
    _chosen("coalesce", exp.Coalesce, "this", "expressions"),
    _chosen("nullif", exp.Nullif, "this", "expression"),
    _chosen("greatest", exp.Greatest, "this", "expressions", also=("ignore_nulls",)),
    _chosen("least", exp.Least, "this", "expressions", also=("ignore_nulls",)),
)
