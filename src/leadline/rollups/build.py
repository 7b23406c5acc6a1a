"""Creates what holds a rollup beside the old one and puts it in its place, in one transaction.

A rollup that can be renewed in part is a table; a small one of these is read through a materialized view over
its table (`<name>__rows`). One that cannot is a materialized view over the tables of the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from psycopg import sql as pgsql

from leadline.rollups.define import Definition
from leadline.sources.postgres.node import Connection

Fill = Callable[[pgsql.Identifier], Awaitable[int]]
SCHEMA = "leadline"
_NEW = "__new"
_LONGEST = 44
# New readers queue behind whoever waits to swap: better to give up and try again later.
_SHORT_WAIT = "SET LOCAL lock_timeout = '900ms'"
_WORDS = {"r": "TABLE", "m": "MATERIALIZED VIEW", "v": "VIEW"}
_KIND = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(format('leadline.%%I', %(name)s::text))"


def relation(name: str) -> pgsql.Identifier:
    """What is read under a rollup's name, or under another name in our schema."""
    return pgsql.Identifier(SCHEMA, name)


def rows_name(definition: Definition) -> str:
    """The table with the rollup's rows; the rollup itself, where it is one."""
    return f"{short(definition.name)}__rows" if definition.is_view else definition.name


def short(name: str) -> str:
    """A name to which endings can be added: the server would cut long ones, and take two for the same."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


async def build(connection: Connection, definition: Definition) -> int:
    """Builds and swaps, within the caller's transaction; readers wait only for the swap itself.

    Returns the number of rows. Raises the driver's errors; rolled back, nothing has changed.
    """
    select: pgsql.Composable = pgsql.SQL(definition.select)
    count = 0
    if definition.bucket is not None:
        count = await _create(connection, definition, "TABLE", short(rows_name(definition)) + _NEW, select)
        select = pgsql.SQL("TABLE {}").format(relation(short(rows_name(definition)) + _NEW))
    if definition.is_view:
        name = short(definition.name) + _NEW
        count = await _create(connection, definition, "MATERIALIZED VIEW", name, select)
    await connection.execute(_SHORT_WAIT)
    await _remove(connection, definition.name)
    await _take_name(connection, definition)
    return count


async def build_view(connection: Connection, definition: Definition) -> None:
    """Puts a new materialized view over the same rows in the place of the old one."""
    over = pgsql.SQL("TABLE {}").format(relation(rows_name(definition)))
    select = over if definition.bucket is not None else pgsql.SQL(definition.select)
    await _create(connection, definition, "MATERIALIZED VIEW", short(definition.name) + _NEW, select)
    await connection.execute(_SHORT_WAIT)
    await _drop(connection, definition.name)
    await _take(connection, definition, "MATERIALIZED VIEW", definition.name)


async def build_table(
    connection: Connection, definition: Definition, columns: pgsql.Composable, fill: Fill
) -> int:
    """Builds a plain table with these columns, filled by `fill`, and swaps it in. Returns its rows."""
    beside = short(definition.name) + _NEW
    await connection.execute(pgsql.SQL("CREATE TABLE {} ({})").format(relation(beside), columns))
    count = await fill(relation(beside))
    await _finish(connection, definition, beside)
    await connection.execute(_SHORT_WAIT)
    await _remove(connection, definition.name)
    await _take(connection, definition, "TABLE", definition.name)
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
    await _drop(connection, f"{short(name)}__rows")


async def _drop(connection: Connection, name: str) -> None:
    row = await (await connection.execute(_KIND, {"name": name})).fetchone()
    if row is not None:
        kind = pgsql.SQL("DROP " + _WORDS.get(row[0], "TABLE") + " {}")
        await connection.execute(kind.format(relation(name)))


async def _take_name(connection: Connection, definition: Definition) -> None:
    if definition.bucket is not None:
        await _take(connection, definition, "TABLE", rows_name(definition))
    if definition.is_view:
        await _take(connection, definition, "MATERIALIZED VIEW", definition.name)


async def _take(connection: Connection, definition: Definition, kind: str, name: str) -> None:
    """What was built beside gets its name, and its indexes theirs."""
    await _rename(connection, kind, short(name) + _NEW, name)
    for suffix in ("_key", "_idx") if definition.index else ("_key",):
        await _rename(connection, "INDEX", f"{short(name)}{_NEW}{suffix}", f"{short(name)}{suffix}")


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


async def _rename(connection: Connection, kind: str, old: str, new: str) -> None:
    statement = pgsql.SQL("ALTER " + kind + " {} RENAME TO {}")
    await connection.execute(statement.format(relation(old), pgsql.Identifier(new)))
