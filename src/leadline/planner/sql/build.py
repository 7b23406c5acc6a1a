"""Small builders of SQL trees, and the parameters of one statement."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from leadline.core.grain import Step
from leadline.core.schema import ColumnType
from leadline.semantic.sql_tree import Sql, call, cast, paren

DIALECT = "postgres"
_PLACE = re.compile("%%\\(\0(p[0-9]+)\0\\)s")
"""A parameter in the generated text; no text of a model or of the database has a NUL."""
NONE = "(none)"
"""The member of rows without a text."""
OTHER_MEMBER = "(other)"
"""The member that stands for those that `top` leaves out."""
_PLAIN_TEXT = ("", "text", "varchar", "character varying")


@dataclass(slots=True)
class Params:
    """The bound values of one statement, named in the order of their use; and whence some of them come."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def add(self, value: object, type_: str, origin: str = "") -> Sql:
        """A placeholder for `value`, cast to a type of the source. `origin`: whence it is, if not asked."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        if origin:
            self.origins[name] = origin
        return exp.Var(this=f"CAST(%(\0{name}\0)s AS {type_})")  # one leaf: there are many of them


def statement_text(made: exp.Query) -> str:
    """The SQL of a statement with its parameters; every other % is doubled, as drivers need it."""
    return _PLACE.sub(r"%(\1)s", made.sql(dialect=DIALECT, copy=False).replace("%", "%%"))


def ident(name: str) -> exp.Identifier:
    """A quoted name."""
    return exp.to_identifier(name, quoted=True)


def column(name: str, table: str | None = None) -> Sql:
    """A quoted column."""
    return exp.Column(this=ident(name), table=ident(table) if table else None)


def table(name: str, alias: str) -> exp.Table:
    """`"schema"."table" AS "alias"`."""
    schema, _, bare = name.rpartition(".")
    made = exp.Table(this=ident(bare), db=ident(schema or "public"))
    made.set("alias", exp.TableAlias(this=ident(alias)))
    return made


def named(expression: Sql, name: str) -> Sql:
    """`expression AS "name"`."""
    return exp.Alias(this=expression, alias=ident(name))


def text(value: str) -> Sql:
    """A text literal of our own (never of a user)."""
    return exp.Literal.string(value)


def number(value: int) -> Sql:
    """A number literal of our own."""
    return exp.Literal.number(value)


def equal(left: Sql, right: Sql) -> Sql:
    """`left = right`."""
    return exp.EQ(this=left, expression=right)


def ordinals(count: int) -> list[Sql]:
    """`1, 2, …` for GROUP BY."""
    return [number(position + 1) for position in range(count)]


def no(condition: Sql) -> Sql:
    """Not the condition; unknown counts as not."""
    return exp.Not(this=call("COALESCE", paren(condition), exp.false()))


def is_null(expression: Sql) -> Sql:
    """`expression IS NULL`."""
    return exp.Is(this=paren(expression), expression=exp.Null())


def not_null(expression: Sql) -> Sql:
    """`expression IS NOT NULL`."""
    return exp.Not(this=is_null(expression))


def interval(step: Step) -> Sql:
    """A step as an interval."""
    words = f"{step.months} months {step.days} days {step.seconds} seconds"
    return cast(text(words), "interval")


def at_zone(expression: Sql, zone: str) -> Sql:
    """`expression AT TIME ZONE 'zone'`."""
    return exp.AtTimeZone(this=paren(expression), zone=text(zone))


def by_code_point(expression: Sql) -> Sql:
    """The text with the order and equality of its code points."""
    return exp.Collate(this=paren(expression), expression=exp.Identifier(this="C", quoted=True))


def plain_text(expression: Sql, type_: ColumnType) -> Sql:
    """A text of whatever sort (enum, uuid) as text."""
    return expression if type_.native in _PLAIN_TEXT else cast(expression, "text")


def group_value(expression: Sql, type_: ColumnType, home: str) -> Sql:
    """A dimension as a member: no text and no partner are one; texts differ by each code point.

    `home`: the zone in which a timestamp without one is a wall clock; as a member it is an instant.
    """
    if type_.kind in ("text", "other"):
        return by_code_point(call("COALESCE", plain_text(expression, type_), text(NONE)))
    if type_.kind == "wall":
        return at_zone(expression, home)
    return cast(expression, "numeric") if type_.kind == "float" else expression


_STORED = {
    "integer": "numeric",
    "decimal": "numeric",
    "float": "numeric",
    "text": "text",
    "boolean": "boolean",
    "date": "date",
    "time": "timestamptz",
    "wall": "timestamptz",
    "other": "text",
}


def null_of(type_: ColumnType) -> Sql:
    """A NULL of the type, for branches that lack the value."""
    return cast(exp.Null(), _STORED[type_.kind])


def as_stored(expression: Sql, type_: ColumnType, home: str) -> Sql:
    """The expression in the type that branches share; a wall clock becomes an instant, as it was at home."""
    if type_.kind == "wall":
        return at_zone(expression, home)
    return cast(expression, _STORED[type_.kind])
