"""Creates a rollup's materialized view beside the old one and puts it in its place, in one transaction."""

from __future__ import annotations

from psycopg import sql as pgsql

from leadline.rollups.define import Definition
from leadline.sources.postgres.node import Connection

SCHEMA = "leadline"
# New readers queue behind whoever waits to swap: better to give up and try again later.
_SHORT_WAIT = "SET LOCAL lock_timeout = '900ms'"


def view(name: str) -> pgsql.Identifier:
    """The materialized view of that name."""
    return pgsql.Identifier(SCHEMA, name)


async def build(connection: Connection, definition: Definition) -> None:
    """Builds and swaps, within the caller's transaction; readers wait only for the swap itself.

    Raises the driver's errors; rolled back, nothing has changed.
    """
    beside = f"{definition.name[:50]}__new"
    await connection.execute(
        pgsql.SQL("CREATE MATERIALIZED VIEW {} AS ").format(view(beside)) + pgsql.SQL(definition.select)
    )
    indexes = await _index(connection, definition, beside)
    await connection.execute(pgsql.SQL("ANALYZE {}").format(view(beside)))
    await connection.execute(_SHORT_WAIT)
    await connection.execute(pgsql.SQL("DROP MATERIALIZED VIEW IF EXISTS {}").format(view(definition.name)))
    await _rename(connection, "MATERIALIZED VIEW", beside, definition.name)
    for old, new in indexes.items():
        await _rename(connection, "INDEX", old, new)


async def drop(connection: Connection, name: str) -> None:
    """Removes the view if it is there."""
    await connection.execute(_SHORT_WAIT)
    await connection.execute(pgsql.SQL("DROP MATERIALIZED VIEW IF EXISTS {}").format(view(name)))


async def _index(connection: Connection, definition: Definition, relation: str) -> dict[str, str]:
    """Creates the indexes; their names of the moment and those they will have."""
    stem = definition.name[:50]
    keys = pgsql.SQL(", ").join(map(pgsql.Identifier, definition.keys))
    unique = pgsql.SQL("CREATE UNIQUE INDEX {} ON {} ({}) NULLS NOT DISTINCT")
    await connection.execute(unique.format(pgsql.Identifier(f"{stem}__new_key"), view(relation), keys))
    if definition.index:
        plain = pgsql.SQL("CREATE INDEX {} ON {} ({})")
        columns = pgsql.SQL(", ").join(_ordered(name, desc) for name, desc in definition.index)
        await connection.execute(plain.format(pgsql.Identifier(f"{stem}__new_idx"), view(relation), columns))
    suffixes = ("key", "idx") if definition.index else ("key",)
    return {f"{stem}__new_{suffix}": f"{stem}_{suffix}" for suffix in suffixes}


def _ordered(name: str, descending: bool) -> pgsql.Composable:
    return pgsql.Identifier(name) + pgsql.SQL(" DESC" if descending else "")


async def _rename(connection: Connection, kind: str, old: str, new: str) -> None:
    statement = pgsql.SQL("ALTER " + kind + " {} RENAME TO {}")
    await connection.execute(statement.format(view(old), pgsql.Identifier(new)))
