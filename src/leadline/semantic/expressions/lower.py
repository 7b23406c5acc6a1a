"""From the tree to typed SQL, bottom up: the one walk behind `sql.compile` and `types.infer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.schema import BOOLEAN, INTEGER, ColumnType, decimal
from leadline.semantic.expressions.functions import entries
from leadline.semantic.expressions.functions.base import Call, Node, refused
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.names import Name, name_of
from leadline.semantic.expressions.normal import operand


@dataclass(frozen=True, slots=True)
class Typed:
    """SQL that may stand as an operand, and its type (UNKNOWN for a bare text literal or NULL)."""

    sql: Node
    type: ColumnType


_SMALL = ColumnType("integer", native="integer")
Lookup = Callable[[Name], Typed]


def lowered(node: Node, lookup: Lookup, zone: str) -> Typed:
    """The SQL and type of a limited tree. Raises `model_invalid` where types do not fit."""
    if isinstance(node, exp.Paren):
        return lowered(node.this, lookup, zone)
    name = name_of(node)
    if name is not None:
        found = lookup(name)
        return Typed(operand(found.sql.copy()), found.type)
    entry = entries().get(type(node))
    if entry is None:
        return Typed(node.copy(), literal_type(node))
    inner = [lowered(child, lookup, zone) for child in entry.split(node)]
    call = Call(node, tuple(one.sql for one in inner), tuple(one.type for one in inner), zone, entry.split)
    return Typed(operand(entry.sql(call)), entry.type(call))


def literal_type(node: Node) -> ColumnType:
    """The type of what is no name and no function: UNKNOWN for a bare text and NULL."""
    if isinstance(node, exp.Boolean):
        return BOOLEAN
    if isinstance(node, exp.Literal) and not node.is_string:
        return _number_type(str(node.this))
    if isinstance(node, exp.Literal | exp.Null):
        return UNKNOWN
    raise refused(f"{type(node).__name__.lower()} has no value", "Name a column or write a literal.")


def _number_type(text: str) -> ColumnType:
    """12 is a whole number, 1.50 has two digits, 1e-3 three."""
    if text.isdigit() and int(text) < 2**63:
        return _SMALL if int(text) < 2**31 else INTEGER
    digits, _, exponent = text.lower().partition("e")
    fraction = len(digits.partition(".")[2])
    return decimal(max(fraction - int(exponent or 0), 0))
