"""The source's tables as plain values: `SourceSchema` from PostgreSQL's catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import psycopg

from leadline.core.schema import ColumnSchema, ColumnType, Kind, SourceSchema, TableSchema

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "uuid", "citext", "enum"), "text"),
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("float4", "float8"), "float"),
    "numeric": "decimal",
    "bool": "boolean",
    "date": "date",
    "timestamptz": "time",
    "timestamp": "wall",
}
_MODIFIER_HEADER = 4


def read_sql(name: str) -> str:
    """The text of one of this folder's SQL files."""
    return files(__package__).joinpath("sql", name).read_text(encoding="utf-8")


def _scale(modifier: int) -> int | None:
    """The scale in a numeric's type modifier: 11 bits with a sign. None: the type states none."""
    if modifier < _MODIFIER_HEADER:
        return None
    return max(((modifier - _MODIFIER_HEADER & 0x7FF) ^ 0x400) - 0x400, 0)


def column_type(type_name: str, modifier: int, native: str) -> ColumnType:
    """The type of a column, from the catalog's base type, its modifier and its name for casts."""
    kind = _KINDS.get(type_name, "other")
    scale = _scale(modifier) if kind == "decimal" else None
    return ColumnType(kind, scale, native)


def _columns(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[str, ColumnSchema]]:
    tables: dict[str, dict[str, ColumnSchema]] = defaultdict(dict)
    for schema, table, column, type_name, modifier, native, nullable in rows:
        tables[f"{schema}.{table}"][column] = ColumnSchema(
            column, column_type(type_name, modifier, native), nullable
        )
    return tables


def _unique(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[frozenset[str]]]:
    sets: dict[str, list[frozenset[str]]] = defaultdict(list)
    for schema, table, columns in rows:
        sets[f"{schema}.{table}"].append(frozenset(columns))
    return sets


async def introspect(connection: psycopg.AsyncConnection[Any]) -> SourceSchema:
    """All tables and views that the connection's role may read. Raises the driver's errors."""
    columns = _columns(await (await connection.execute(read_sql("columns.sql"))).fetchall())
    unique = _unique(await (await connection.execute(read_sql("unique_sets.sql"))).fetchall())
    tables = {
        name: TableSchema(name, found, tuple(sorted(unique.get(name, []), key=sorted)))
        for name, found in columns.items()
    }
    return SourceSchema(tables)
