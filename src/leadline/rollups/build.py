"""Creates what holds a rollup beside the old one and puts it in its place, in one transaction.

A rollup that can be renewed in part is a table; a small one of these is read through a materialized view over
its table (`<name>__rows`). One that cannot is a materialized view over the tables of the source.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from psycopg import sql as pgsql

from leadline.rollups.define import Definition
from leadline.sources.postgres.node import Connection

Fill = Callable[[pgsql.Identifier], Awaitable[int]]
SCHEMA = "leadline"
_NEW = "__new"
# New readers queue behind whoever waits to swap: better to give up and try again later.
_SHORT_WAIT = "SET LOCAL lock_timeout = '900ms'"
_WORDS = {"r": "TABLE", "m": "MATERIALIZED VIEW", "v": "VIEW"}
_KIND = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(format('leadline.%%I', %(name)s::text))"


def relation(name: str) -> pgsql.Identifier:
    """What is read under a rollup's name, or under another name in our schema."""
    return pgsql.Identifier(SCHEMA, name)


def rows_name(definition: Definition) -> str:
    """The table with the rollup's rows; the rollup itself, where it is one."""
    return f"{definition.name[:50]}__rows" if definition.is_view else definition.name


async def build(connection: Connection, definition: Definition) -> int:
    """Builds and swaps, within the caller's transaction; readers wait only for the swap itself.

    Returns the number of rows. Raises the driver's errors; rolled back, nothing has changed.
    """
    select: pgsql.Composable = pgsql.SQL(definition.select)
    count = 0
    if definition.bucket is not None:
        count = await _create(connection, definition, "TABLE", rows_name(definition) + _NEW, select)
        select = pgsql.SQL("TABLE {}").format(relation(rows_name(definition) + _NEW))
    if definition.is_view:
        name = definition.name[:50] + _NEW
        count = await _create(connection, definition, "MATERIALIZED VIEW", name, select)
    await connection.execute(_SHORT_WAIT)
    await _remove(connection, definition.name)
    await _take_name(connection, definition)
    return count


async def build_view(connection: Connection, definition: Definition) -> None:
    """Puts a new materialized view over the same rows in the place of the old one."""
    over = pgsql.SQL("TABLE {}").format(relation(rows_name(definition)))
    select = over if definition.bucket is not None else pgsql.SQL(definition.select)
    await _create(connection, definition, "MATERIALIZED VIEW", definition.name[:50] + _NEW, select)
    await connection.execute(_SHORT_WAIT)
    await _drop(connection, definition.name)
    await _rename(connection, "MATERIALIZED VIEW", definition.name[:50] + _NEW, definition.name)
    await _rename_indexes(connection, definition, definition.name[:50])


async def build_table(
    connection: Connection, definition: Definition, columns: pgsql.Composable, fill: Fill
) -> int:
    """Builds a plain table with these columns, filled by `fill`, and swaps it in. Returns its rows."""
    beside = definition.name + _NEW
    await connection.execute(pgsql.SQL("CREATE TABLE {} ({})").format(relation(beside), columns))
    count = await fill(relation(beside))
    await _finish(connection, definition, beside)
    await connection.execute(_SHORT_WAIT)
    await _remove(connection, definition.name)
    await _rename(connection, "TABLE", beside, definition.name)
    await _rename_indexes(connection, definition, definition.name)
    return count


async def drop(connection: Connection, name: str) -> None:
    """Removes a rollup if it is there."""
    await connection.execute(_SHORT_WAIT)
    await _remove(connection, name)


async def _create(
    connection: Connection, definition: Definition, kind: str, name: str, select: pgsql.Composable
) -> int:
    statement = pgsql.SQL("CREATE " + kind + " {} AS ").format(relation(name)) + select
    count = (await connection.execute(statement)).rowcount
    await _finish(connection, definition, name)
    return count


async def _finish(connection: Connection, definition: Definition, name: str) -> None:
    await _index(connection, definition, name)
    await connection.execute(pgsql.SQL("ANALYZE {}").format(relation(name)))


async def _remove(connection: Connection, name: str) -> None:
    """The view first: it reads the table."""
    await _drop(connection, name)
    await _drop(connection, f"{name[:50]}__rows")


async def _drop(connection: Connection, name: str) -> None:
    row = await (await connection.execute(_KIND, {"name": name})).fetchone()
    if row is not None:
        kind = pgsql.SQL("DROP " + _WORDS[row[0]] + " {}")
        await connection.execute(kind.format(relation(name)))


async def _take_name(connection: Connection, definition: Definition) -> None:
    if definition.bucket is not None:
        name = rows_name(definition)
        await _rename(connection, "TABLE", name + _NEW, name)
        await _rename_indexes(connection, definition, name)
    if definition.is_view:
        name = definition.name[:50]
        await _rename(connection, "MATERIALIZED VIEW", name + _NEW, definition.name)
        await _rename_indexes(connection, definition, name)


async def _index(connection: Connection, definition: Definition, name: str) -> None:
    """The unique index by bucket and dimensions, and the model's own."""
    keys = pgsql.SQL(", ").join(map(pgsql.Identifier, definition.keys))
    unique = pgsql.SQL("CREATE UNIQUE INDEX {} ON {} ({}) NULLS NOT DISTINCT")
    await connection.execute(unique.format(pgsql.Identifier(f"{name}_key"), relation(name), keys))
    if definition.index:
        plain = pgsql.SQL("CREATE INDEX {} ON {} ({})")
        columns = pgsql.SQL(", ").join(_ordered(column, desc) for column, desc in definition.index)
        await connection.execute(plain.format(pgsql.Identifier(f"{name}_idx"), relation(name), columns))


def _ordered(name: str, descending: bool) -> pgsql.Composable:
    return pgsql.Identifier(name) + pgsql.SQL(" DESC" if descending else "")


async def _rename_indexes(connection: Connection, definition: Definition, name: str) -> None:
    for suffix in ("_key", "_idx") if definition.index else ("_key",):
        await _rename(connection, "INDEX", f"{name}{_NEW}{suffix}", f"{name}{suffix}")


async def _rename(connection: Connection, kind: str, old: str, new: str) -> None:
    statement = pgsql.SQL("ALTER " + kind + " {} RENAME TO {}")
    await connection.execute(statement.format(relation(old), pgsql.Identifier(new)))
