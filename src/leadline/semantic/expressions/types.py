"""The type that an expression has, given those of the names in it."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from leadline.core.schema import TEXT, ColumnType
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.lower import Typed, lowered
from leadline.semantic.expressions.names import Name
from leadline.semantic.expressions.tree import Expression

TypeOf = Callable[[tuple[str, ...], str], ColumnType]
"""`(path, name)` -> the type of that dimension or column."""


def infer(expression: Expression, lookup: TypeOf) -> ColumnType:
    """The expression's type; `scale` as PostgreSQL would give it, 10 for a quotient.

    Raises `model_invalid` where operands do not fit.
    """

    def typed(name: Name) -> Typed:
        return Typed(exp.column(name.name), lookup(name.path, name.name))

    found = lowered(expression.tree, typed, "UTC").type
    return TEXT if found == UNKNOWN else found
