"""`|| lower upper trim replace substr concat`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from leadline.core.schema import TEXT, ColumnType
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Python,
    Use,
    function,
    no_check,
    operator,
    refused,
)
from leadline.semantic.expressions.functions.kinds import UNKNOWN, as_text, cast, need, need_text
from leadline.semantic.expressions.runtime import texts
from leadline.semantic.expressions.runtime.convert import all_converted, converted
from leadline.semantic.expressions.runtime.numbers import fitting_integer
from leadline.semantic.expressions.runtime.strict import strict

_JOINABLE = ("text", "integer", "decimal", "float", "boolean", "date", "wall", "other")
_INT4 = ColumnType("integer", native="integer")
_AS_TEXT = "Cast it to text (an instant first to date or timestamp)."


def _texts(
    name: str,
    node: type[Node],
    *operands: str,
    python: Python,
    also: tuple[str, ...] = (),
    check: Callable[[Node], None] = no_check,
) -> Function:
    """A function all of whose operands are texts."""

    def type_(call: Call) -> ColumnType:
        for operand in call.types:
            need_text(operand, name)
        return TEXT

    return function(name, node, type_, _as_texts, operands=operands, also=also, check=check, python=python)


def _over_texts(do: Callable[..., str]) -> Python:
    """The function over the operands, all of them texts."""
    return lambda use: strict(do, all_converted(use, TEXT))


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
    typed = zip(places, call.types[1:], strict=True)
    return call.rebuilt(text, *(cast(place, "int") if _is_wide(type_) else place for place, type_ in typed))


def _is_wide(type_: ColumnType) -> bool:
    return type_.native not in ("smallint", "integer")


def _check_trim(node: Node) -> None:
    position = node.args.get("position")
    if position is not None and str(position).upper() not in ("BOTH", "LEADING", "TRAILING"):
        raise refused(f"trim does not know {position}", "Use both, leading or trailing.")


def _trim(use: Use) -> Evaluate:
    position = str(use.call.node.args.get("position") or "").upper()
    return strict(texts.trimmed(position), all_converted(use, TEXT))


def _substr_python(use: Use) -> Evaluate:
    places = (strict(_place, (value,)) for value in use.values[1:])
    return strict(texts.substr, (converted(use, 0, TEXT), *places))


def _place(value: int) -> int:
    return fitting_integer(value, _INT4)


def _pipe_python(use: Use) -> Evaluate:
    """NULL if one side is."""
    sides = [strict(texts.written(type_), (value,)) for value, type_ in _typed(use)]
    return strict(lambda one, other: one + other, tuple(sides))


def _concat_python(use: Use) -> Evaluate:
    """NULLs say nothing; true and false are `t` and `f` here."""
    written = [strict(_in_concat(type_), (value,)) for value, type_ in _typed(use)]
    return lambda row: "".join(found for one in written if (found := one(row)) is not None)


def _typed(use: Use) -> list[tuple[Evaluate, ColumnType]]:
    """Each operand with its type; a bare text or NULL is a text."""
    pairs = zip(use.values, use.call.types, strict=True)
    return [(value, TEXT if type_ == UNKNOWN else type_) for value, type_ in pairs]


def _in_concat(type_: ColumnType) -> Callable[[Any], str]:
    return (lambda value: "t" if value else "f") if type_.kind == "boolean" else texts.written(type_)


ENTRIES: tuple[Function, ...] = (
    operator("||", exp.DPipe, _pipe, _as_texts, also=("safe",), python=_pipe_python),
    _texts("lower", exp.Lower, "this", python=_over_texts(texts.lower)),
    _texts("upper", exp.Upper, "this", python=_over_texts(texts.upper)),
    _texts(
        "replace",
        exp.Replace,
        *("this", "expression", "replacement"),
        python=_over_texts(texts.replace),
    ),
    _texts("trim", exp.Trim, "this", "expression", also=("position",), check=_check_trim, python=_trim),
    function(
        "concat",
        exp.Concat,
        _concat,
        _as_texts,
        operands=("expressions",),
        also=("safe", "coalesce"),
        python=_concat_python,
    ),
    function(
        "substr",
        exp.Substring,
        _substr,
        _substr_sql,
        operands=("this", "start", "length"),
        python=_substr_python,
    ),
)
