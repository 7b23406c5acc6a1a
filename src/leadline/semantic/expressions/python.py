"""An expression as a function of a row: the same values as its SQL gives, NULLs included.

    price = compile(parse("amount / 2"), scope)        # once
    price(row)                                         # for each row

Values are text as `str`, whole numbers as `int`, decimals as `Decimal` with the digits that PostgreSQL
shows, floats as `float`, truth as `bool`, dates as `date`, instants as aware and wall clocks as naive
`datetime`, NULL as None. Text is ordered by code point. Dates lie between the years 1 and 9999.
"""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions import entries
from leadline.semantic.expressions.functions.base import Call, Evaluate, Node, Use
from leadline.semantic.expressions.functions.kinds import literal_text
from leadline.semantic.expressions.lower import literal_type
from leadline.semantic.expressions.names import Name, name_of
from leadline.semantic.expressions.runtime.numbers import literal_number
from leadline.semantic.expressions.runtime.strict import constant
from leadline.semantic.expressions.tree import Expression

_UNLIKE_TEXT = ("citext", "character(", "bpchar", "real", "money")
"""Types of PostgreSQL's that compare or compute in a way of their own."""


class Scope(Protocol):
    """Where an expression is evaluated. `zone`: the IANA zone in which an instant becomes a day."""

    @property
    def zone(self) -> str:
        """The model's zone."""
        ...

    def value(self, path: tuple[str, ...], name: str) -> Evaluate:
        """How the value of a name is read from a row."""
        ...

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """The type of that value."""
        ...


def compile(expression: Expression, scope: Scope) -> Evaluate:
    """A function that gives the expression's value for a row (whatever the scope's readers take as one).

    Raises `model_invalid` where types do not fit, and `not_supported` where only the database knows how a
    type compares. The function raises `EvaluationError` where PostgreSQL would refuse the values.
    """
    return _compiled(expression.tree, scope)[0]


def _compiled(node: Node, scope: Scope) -> tuple[Evaluate, ColumnType, Node]:
    if isinstance(node, exp.Paren):
        return _compiled(node.this, scope)
    name = name_of(node)
    if name is not None:
        return _read(name, scope), scope.type(name.path, name.name), node
    entry = entries().get(type(node))
    if entry is None:
        return _constant(node), literal_type(node), node
    inner = [_compiled(child, scope) for child in entry.split(node)]
    values, types, nodes = zip(*inner, strict=True) if inner else ((), (), ())
    call = Call(node, nodes, types, scope.zone, entry.split)
    result = entry.type(call)
    return entry.python(Use(call, values, result)), result, node


def _read(name: Name, scope: Scope) -> Evaluate:
    type_ = scope.type(name.path, name.name)
    if type_.native.startswith(_UNLIKE_TEXT):
        why = f"{name} is of type {type_.native}, whose values only the database compares as it does."
        raise LeadlineError("not_supported", why, "Use text or double precision.")
    return scope.value(name.path, name.name)


def _constant(node: Node) -> Evaluate:
    """A literal's value; a bare text is read anew by the operator beside it."""
    if isinstance(node, exp.Null):
        return constant(None)
    if isinstance(node, exp.Boolean):
        return constant(bool(node.this))
    text = literal_text(node)
    return constant(text if text is not None else literal_number(str(node.this), literal_type(node)))
