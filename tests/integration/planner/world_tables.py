"""The tables of the world: their columns, the schema that the planner sees, and how they are filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from leadline.core.schema import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    TIME,
    WALL,
    ColumnSchema,
    ColumnType,
    SourceSchema,
    TableSchema,
    decimal,
)
from tests.integration.planner.world_rows import Rows

FLOAT = ColumnType("float", native="double precision")
COLUMNS: Mapping[str, Mapping[str, ColumnType]] = {
    "teams": {"id": INTEGER, "name": TEXT},
    "reps": {
        "id": INTEGER, "name": TEXT, "team_id": INTEGER, "region": TEXT, "active": BOOLEAN, "grade": INTEGER,
        "hired": DATE, "manager_id": INTEGER, "email": TEXT,
    },
    "stints": {"id": INTEGER, "rep_id": INTEGER, "since": TIME, "until": TIME, "office": TEXT},
    "leads": {
        "id": INTEGER, "rep_id": INTEGER, "source": TEXT, "created_at": TIME, "score": FLOAT,
        "account_id": INTEGER, "came_on": DATE,
    },
    "deals": {
        "id": INTEGER, "rep_id": INTEGER, "lead_id": INTEGER, "status": TEXT, "stage": TEXT,
        "amount": decimal(2), "weight": decimal(None), "share": FLOAT, "units": INTEGER, "urgent": BOOLEAN,
        "opened_at": TIME, "closed_at": TIME, "opened_on": DATE, "closed_on": DATE, "logged_at": WALL,
        "account_id": INTEGER, "currency": TEXT,
    },
    "visits": {"id": INTEGER, "rep_id": INTEGER, "day": DATE, "note": TEXT},
    "targets": {"rep_id": INTEGER, "month_start": DATE, "amount": decimal(2)},
    "rates": {"day": DATE, "currency": TEXT, "per_usd": decimal(4)},
}  # fmt: skip
_NATIVE = {"decimal": "numeric", "wall": "timestamp", "time": "timestamptz", "float": "double precision"}


def _native(type_: ColumnType) -> str:
    if type_.kind == "decimal" and type_.scale is not None:
        return f"numeric(14,{type_.scale})"
    return _NATIVE.get(type_.kind, type_.native)


def tables_sql() -> str:
    """CREATE TABLE for all tables."""
    return ";\n".join(
        f"CREATE TABLE public.{name} ({', '.join(f'{one} {_native(kind)}' for one, kind in columns.items())})"
        for name, columns in COLUMNS.items()
    )


def schema() -> SourceSchema:
    """The tables as the planner sees them."""
    return SourceSchema(
        {
            f"public.{name}": TableSchema(
                f"public.{name}", {one: ColumnSchema(one, kind) for one, kind in columns.items()}
            )
            for name, columns in COLUMNS.items()
        }
    )


def create(connection: psycopg.Connection[Any]) -> None:
    """Creates the tables, empty."""
    connection.execute(tables_sql().encode())


def insert(connection: psycopg.Connection[Any], data: Rows) -> None:
    """Puts rows into the tables; a column that a row does not name is NULL."""
    for name, found in data.items():
        columns = list(COLUMNS[name])
        marks = ", ".join(f"%s::{_native(kind)}" for kind in COLUMNS[name].values())
        statement = f"INSERT INTO public.{name} ({', '.join(columns)}) VALUES ({marks})"
        with connection.cursor() as cursor:
            cursor.executemany(statement.encode(), [[row.get(one) for one in columns] for row in found])


def fill(connection: psycopg.Connection[Any], data: Rows) -> None:
    """Creates the tables with these rows."""
    create(connection)
    insert(connection, data)
