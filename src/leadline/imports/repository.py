"""All SQL of an import: what is there already, tables, COPY, indexes, statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import psycopg
from psycopg import Connection, sql

from leadline.core.errors import LeadlineError
from leadline.imports.records import records
from leadline.imports.schemas import ColumnPlan, TablePlan
from leadline.imports.survey import why_bad

MARK = "Imported by leadline"
"""How the comment of a table begins that an import may replace."""
_BLOCK = 2000
_TIMES = ("date", "timestamp", "timestamptz")


@contextmanager
def connected(dsn: str) -> Iterator[Connection]:
    """One transaction on the source: committed at the end, nothing left of it on an error."""
    try:
        options = "-c timezone=UTC -c datestyle=ISO -c lock_timeout=15s"
        with psycopg.connect(dsn, connect_timeout=10, options=options) as connection:
            yield connection
    except psycopg.errors.DiskFull as error:
        raise LeadlineError(
            "disk_full", "the disk of the database is full", "Make room, then import again."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise LeadlineError(
            "no_permission",
            f"the database refuses: {_line(error)}",
            "Use a role that may create tables there.",
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise LeadlineError(
            "timeout", "a table is locked by somebody else", "Try again when it is free."
        ) from error
    except psycopg.errors.DataError as error:
        raise LeadlineError(
            "bad_file", f"the database refuses a value: {_line(error)}", "Give a --type for it."
        ) from error
    except psycopg.OperationalError as error:
        raise LeadlineError(
            "source_unavailable",
            f"the source cannot be reached: {_line(error)}",
            "Check that it runs, and its address.",
        ) from error


def _line(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Made:
    """How a table came about: `replaced` an earlier import, `kept` that one's columns and indexes."""

    replaced: bool = False
    kept: bool = False


def make_table(connection: Connection, schema: str, plan: TablePlan) -> Made:
    """An empty table of that plan. Errors: `conflict`.

    An earlier import with the same columns is emptied, so that views and rights on it stay, and readers
    see the old rows until the end. With other columns it is dropped, with the rollups of ours over it.
    """
    _check_schema(connection, schema)
    earlier = _earlier(connection, schema, plan.table)
    if earlier is not None and earlier == [(column.name, column.type.sql) for column in plan.columns]:
        connection.execute(sql.SQL("DELETE FROM {}").format(_table(schema, plan)))
        _comment(connection, schema, plan)
        return Made(replaced=True, kept=True)
    if earlier is not None:
        _drop(connection, schema, plan)
    columns = [
        sql.SQL("{} " + column.type.sql).format(sql.Identifier(column.name)) for column in plan.columns
    ]
    connection.execute(
        sql.SQL("CREATE TABLE {} ({})").format(_table(schema, plan), sql.SQL(", ").join(columns))
    )
    _comment(connection, schema, plan)
    return Made(replaced=earlier is not None)


def _table(schema: str, plan: TablePlan) -> sql.Identifier:
    return sql.Identifier(schema, plan.table)


def _check_schema(connection: Connection, schema: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone():
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))


def _earlier(connection: Connection, schema: str, table: str) -> list[tuple[str, str]] | None:
    """Columns and types of the table, or None where there is none. `conflict` if it is not an import's."""
    found = connection.execute(
        """SELECT c.oid, c.relkind, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s""",
        [schema, table],
    ).fetchone()
    if found is None:
        return None
    oid, kind, comment = found
    if kind != "r" or not comment.startswith(MARK):
        raise LeadlineError(
            "conflict",
            f"{schema}.{table} exists and was not made by an import",
            "Import under another name (rename the file) or --into another schema, or drop it first.",
        )
    columns = connection.execute(
        """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
           WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
        [oid],
    ).fetchall()
    short = {"timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz"}
    return [(str(name), short.get(kind, str(kind))) for name, kind in columns]


def _drop(connection: Connection, schema: str, plan: TablePlan) -> None:
    name = sql.SQL("{}").format(_table(schema, plan)).as_string(connection)
    others = connection.execute(
        """SELECT DISTINCT v.oid::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
           JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
           WHERE d.refobjid = %s::regclass AND d.classid = 'pg_rewrite'::regclass AND n.nspname <> 'leadline'
           ORDER BY 1""",
        [name],
    ).fetchall()
    if others:
        views = ", ".join(view for (view,) in others)
        raise LeadlineError(
            "conflict",
            f"{schema}.{plan.table} would get other columns, but {views} read it",
            "Drop those views first, or import --into another schema.",
        )
    connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(_table(schema, plan)))


def _comment(connection: Connection, schema: str, plan: TablePlan) -> None:
    words = sql.Literal(f"{MARK} from {plan.path.name}")
    connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(_table(schema, plan), words))


def copy_rows(connection: Connection, schema: str, plan: TablePlan) -> None:
    """Streams the good rows of the file into the table."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in plan.columns)
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FORCE_NULL ({}))").format(
        _table(schema, plan), names, names
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for text in _blocks(plan):
            copy.write(text)


def _blocks(plan: TablePlan) -> Iterator[str]:
    readers = _readers(plan.columns)
    found = records(plan.path, plan.encoding, plan.dialect)
    next(found)
    rows = (record.fields for record in found if not why_bad(record, len(plan.columns)))
    while block := list(islice(rows, _BLOCK)):
        good = [row for row in block if _convert(row, readers)]
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(good)
        yield buffer.getvalue()


def _readers(columns: Sequence[ColumnPlan]) -> list[tuple[int, Callable[[str], str]]]:
    return [
        (number, lru_cache(maxsize=65_536)(column.type.read))
        for number, column in enumerate(columns)
        if column.type.read
    ]


def _convert(row: list[str], readers: Sequence[tuple[int, Callable[[str], str]]]) -> bool:
    """Puts PostgreSQL's spelling into a row; False where a value does not fit (the survey has named it)."""
    try:
        for number, read in readers:
            cell = row[number]
            row[number] = read(cell) if cell.strip() else ""
    except ValueError:
        return False
    return True


def add_indexes(connection: Connection, schema: str, plan: TablePlan) -> None:
    """Indexes on keys and times of a new table."""
    for column in plan.columns:
        if column.type.sql in _TIMES or column.name == "id" or column.name.endswith("_id"):
            connection.execute(
                sql.SQL("CREATE INDEX ON {} ({})").format(_table(schema, plan), sql.Identifier(column.name))
            )


def analyze(connection: Connection, schema: str, plan: TablePlan) -> None:
    """Fresh statistics."""
    connection.execute(sql.SQL("ANALYZE {}").format(_table(schema, plan)))
