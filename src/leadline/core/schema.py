"""What a source's tables look like, as plain values: the planner needs types, not a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "decimal", "float", "boolean", "date", "time", "wall", "other"]
"""`time` is a timestamp with zone (an instant), `wall` one without (a wall clock)."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's or expression's type.

    `scale`: digits after the point of a decimal where the type states them, else None (then each value has
    its own). `native`: the source's own name of the type, for casts (`numeric(12,2)`, `uuid`).
    """

    kind: Kind
    scale: int | None = None
    native: str = ""


TEXT = ColumnType("text", native="text")
INTEGER = ColumnType("integer", native="bigint")
BOOLEAN = ColumnType("boolean", native="boolean")
DATE = ColumnType("date", native="date")
TIME = ColumnType("time", native="timestamptz")
WALL = ColumnType("wall", native="timestamp")
OTHER = ColumnType("other")
QUOTIENT_SCALE = 10
"""Digits after the point of every quotient and average."""


def decimal(scale: int | None) -> ColumnType:
    """A decimal type with `scale` digits (None: each value its own)."""
    return ColumnType("decimal", scale, "numeric")


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """One column of a table."""

    name: str
    type: ColumnType
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table or view. `name` is `schema.table`; `unique` lists the column sets known to be unique."""

    name: str
    columns: Mapping[str, ColumnSchema]
    unique: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSchema:
    """All tables that the reader may read, by `schema.table`."""

    tables: Mapping[str, TableSchema] = field(default_factory=dict)

    def table(self, name: str) -> TableSchema | None:
        """The table of that name (`public` where none is given), or None."""
        return self.tables.get(name if "." in name else f"public.{name}")
