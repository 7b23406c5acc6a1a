"""Triggers that mark every transaction that writes to a table of a rollup."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql as pgsql

from leadline.core.errors import LeadlineError
from leadline.rollups.sql import sql
from leadline.sources.postgres.node import Connection

_TRIGGER = pgsql.SQL(
    "CREATE TRIGGER leadline_mark AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION leadline.mark_change()"
)
_ALWAYS = pgsql.SQL("ALTER TABLE {table} ENABLE ALWAYS TRIGGER leadline_mark")
_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', '2s', true)"
_KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a rollup in the source.

    `trigger`: the identity of its trigger. `inexact`: why its changes cannot be noticed, or None.
    """

    name: str
    oid: int
    trigger: str | None = None
    inexact: str | None = None

    @property
    def quoted(self) -> str:
        """Its name as SQL has it."""
        return _quoted(self.name)


async def watch(connection: Connection, name: str) -> Table:
    """Makes sure that `name` (`schema.table`) marks its changes, if it can.

    Creating the trigger waits for the writers of the moment, so that whatever commits later is marked; it
    gives up after two seconds, for writers queue behind it. Raises `model_invalid` where the table is
    missing, `not_supported` where it hides rows.
    """
    found = await _look(connection, name)
    if found.trigger or found.inexact:
        return found
    refusal = await _create_trigger(connection, name)
    return await _look(connection, name) if refusal is None else replace(found, inexact=refusal)


async def _look(connection: Connection, name: str) -> Table:
    cursor = await connection.execute(sql("table_facts"), {"name": _quoted(name)})
    row = await cursor.fetchone()
    if row is None:
        raise LeadlineError("model_invalid", f"the table {name} is not in the source", "Change the model.")
    oid, kind, has_parts, subscribed, hides_rows, trigger = row
    if hides_rows:
        raise LeadlineError(
            "not_supported",
            f"{name} has row security: a rollup would show its owner's rows to everybody",
            "Leave the table out of rollups.",
        )
    return Table(name, oid, trigger, _structure(kind, has_parts, subscribed))


def _structure(kind: str, has_parts: bool, subscribed: bool) -> str | None:
    if kind in _KINDS:
        return f"{_KINDS[kind]} does not tell its changes"
    if kind == "p" or has_parts:
        return "a table in parts does not tell changes of its parts"
    return "replication from elsewhere does not tell its changes" if subscribed else None


async def _create_trigger(connection: Connection, name: str) -> str | None:
    """Creates the trigger; why it could not be, or None."""
    table = pgsql.Identifier(*name.split(".", 1))
    try:
        await _alter(connection, _TRIGGER.format(table=table))
    except psycopg.errors.InsufficientPrivilege:
        return f"the role may not create a trigger on {name}"
    except psycopg.errors.LockNotAvailable:
        return f"{name} was busy when the trigger should have been created"
    # Where the table is ours, the trigger works also for restores; where it is not, that is no loss.
    with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.LockNotAvailable):
        await _alter(connection, _ALWAYS.format(table=table))
    return None


async def _alter(connection: Connection, statement: pgsql.Composed) -> None:
    async with connection.transaction():
        await connection.execute(_LOCK_TIMEOUT)
        await connection.execute(statement)


def _quoted(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))
