"""`|| lower upper trim replace substr concat`."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from leadline.core.schema import TEXT, ColumnType
from leadline.semantic.expressions.functions.base import (
    Call,
    Function,
    Node,
    function,
    no_check,
    operator,
    refused,
)
from leadline.semantic.expressions.functions.kinds import as_text, cast, need, need_text

_JOINABLE = ("text", "integer", "decimal", "float", "boolean", "date", "wall", "other")
_AS_TEXT = "Cast it to text (an instant first to date or timestamp)."


def _texts(
    name: str,
    node: type[Node],
    *operands: str,
    also: tuple[str, ...] = (),
    check: Callable[[Node], None] = no_check,
) -> Function:
    """A function all of whose operands are texts."""

    def type_(call: Call) -> ColumnType:
        for operand in call.types:
            need_text(operand, name)
        return TEXT

    return function(name, node, type_, _as_texts, operands=operands, also=also, check=check)


def _as_texts(call: Call) -> Node:
    pairs = zip(call.operands, call.types, strict=True)
    return call.rebuilt(*(as_text(operand, type_) for operand, type_ in pairs))


def _concat(call: Call) -> ColumnType:
    for type_ in call.types:
        need(type_, _JOINABLE, "concat", _AS_TEXT)
    return TEXT


def _pipe(call: Call) -> ColumnType:
    for type_ in call.types:
        need(type_, _JOINABLE, "||", _AS_TEXT)
    if not any(type_.kind == "text" for type_ in call.types):
        raise refused("|| needs a text on one side", "Cast one side to text.")
    return TEXT


def _substr(call: Call) -> ColumnType:
    need_text(call.types[0], "substr")
    for type_ in call.types[1:]:
        need(type_, ("integer",), "the place in substr", "Write a whole number; the first place is 1.")
    return TEXT


def _substr_sql(call: Call) -> Node:
    """PostgreSQL takes only its four-byte integers here."""
    text, *places = call.operands
    text = as_text(text, call.types[0])
    return call.rebuilt(text, *(p if isinstance(p, exp.Literal) else cast(p, "int") for p in places))


def _check_trim(node: Node) -> None:
    position = node.args.get("position")
    if position is not None and str(position).upper() not in ("BOTH", "LEADING", "TRAILING"):
        raise refused(f"trim does not know {position}", "Use both, leading or trailing.")


ENTRIES: tuple[Function, ...] = (
    operator("||", exp.DPipe, _pipe, _as_texts, also=("safe",)),
    _texts("lower", exp.Lower, "this"),
    _texts("upper", exp.Upper, "this"),
    _texts("replace", exp.Replace, "this", "expression", "replacement"),
    _texts("trim", exp.Trim, "this", "expression", also=("position",), check=_check_trim),
    function("concat", exp.Concat, _concat, _as_texts, operands=("expressions",), also=("safe", "coalesce")),
    function("substr", exp.Substring, _substr, _substr_sql, operands=("this", "start", "length")),
)
