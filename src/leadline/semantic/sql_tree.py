"""Small builders of SQL trees that take their parts as they are: sqlglot's own copy them, which costs most.

A part that stands in two places of a tree is passed as `.copy()` by whoever does that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlglot import exp

Sql = exp.Expr


@cache
def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="postgres")


def cast(expression: Sql, type_: str) -> Sql:
    """`CAST(expression AS type)`."""
    return exp.Cast(this=expression, to=_type(type_))


def call(name: str, *arguments: Sql) -> Sql:
    """A function by its name in PostgreSQL: written as it is, without sqlglot's thoughts about its types."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def paren(expression: Sql) -> Sql:
    """The expression in brackets, unless it needs none anywhere."""
    whole = isinstance(expression, exp.Column | exp.Paren | exp.Func | exp.Literal | exp.Var)
    if whole and not isinstance(expression, exp.Binary):  # AND, OR and COLLATE are functions to sqlglot
        return expression
    return exp.Paren(this=expression)


def all_of(conditions: Iterable[Sql]) -> Sql | None:
    """All conditions, or None where there are none."""
    return _joined(exp.And, conditions)


def any_of(conditions: Iterable[Sql]) -> Sql:
    """At least one of the conditions; false where there are none."""
    return _joined(exp.Or, conditions) or exp.false()


def _joined(word: type[exp.And | exp.Or], conditions: Iterable[Sql]) -> Sql | None:
    made: Sql | None = None
    for one in conditions:
        made = paren(one) if made is None else word(this=made, expression=paren(one))
    return made


def divided(above: Sql, below: Sql) -> Sql:
    """`above / below` as PostgreSQL divides their types (sqlglot would make a double of the dividend)."""
    return exp.Div(this=above, expression=below, typed=True, safe=False)


def select(*columns: Sql) -> exp.Select:
    """`SELECT columns`; add to it with `copy=False`."""
    return exp.Select(expressions=list(columns))
