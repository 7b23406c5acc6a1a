"""An expression as SQL of the source: names become columns, days and instants meet in the scope's zone."""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.lower import Typed, lowered
from leadline.semantic.expressions.names import Name
from leadline.semantic.expressions.tree import Expression


class Scope(Protocol):
    """Where an expression is evaluated. `zone`: the IANA zone in which an instant becomes a day."""

    @property
    def zone(self) -> str:
        """The model's zone."""
        ...

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """The SQL of a name (a column, or what a dimension's own expression compiles to)."""
        ...

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """The type of that SQL."""
        ...


def compile(expression: Expression, scope: Scope) -> exp.Expr:
    """A new tree in PostgreSQL's dialect that may stand as an operand anywhere (brackets included).

    What PostgreSQL means by the text is kept, but for three things: a divisor of zero gives NULL, days meet
    instants in the scope's zone, whatever the session's, and texts are ordered by code point, whatever the
    database's language. Raises `model_invalid` where types do not fit.
    """

    def column(name: Name) -> Typed:
        return Typed(scope.column(name.path, name.name), scope.type(name.path, name.name))

    return lowered(expression.tree, column, scope.zone).sql
