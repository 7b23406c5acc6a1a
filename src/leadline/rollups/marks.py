"""Triggers that mark what transactions write to the tables of a rollup."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql as pgsql

from leadline.core.errors import LeadlineError
from leadline.rollups.define import Definition, Reading
from leadline.rollups.sql import sql
from leadline.rollups.touching import NEW, OLD, function_sql
from leadline.sources.postgres.node import Connection

_OLD, _NEW = f"OLD TABLE AS {OLD}", f"NEW TABLE AS {NEW}"
_EVENTS = {
    "INSERT": f"REFERENCING {_NEW}",
    "UPDATE": f"REFERENCING {_OLD} {_NEW}",
    "DELETE": f"REFERENCING {_OLD}",
    "TRUNCATE": "",
}
_TRIGGER = (
    "CREATE OR REPLACE TRIGGER {trigger} AFTER EVENT ON {table} REFERENCES "
    "FOR EACH STATEMENT EXECUTE FUNCTION leadline.{function}()"
)
_ALWAYS = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"
_REVOKE = pgsql.SQL("REVOKE ALL ON FUNCTION leadline.{}() FROM PUBLIC")
_OURS = (
    "SELECT proname FROM pg_proc WHERE pronamespace = 'leadline'::regnamespace "
    "AND starts_with(proname, %(stem)s) AND NOT starts_with(proname, %(kept)s)"
)
_DROP = pgsql.SQL("DROP FUNCTION IF EXISTS leadline.{}() CASCADE")
_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', %(wait)s, true)"
_WRITERS_WAIT, _READERS_WAIT = "2s", "500ms"
_SWITCHED_OFF = "its triggers are switched off"
_KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table", "p": "a table in parts"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a rollup in the source.

    `filenode`, `columns`, `triggers`: identities of what must stay as it is. `inexact`: why its changes
    cannot be noticed, or None.
    """

    name: str
    oid: int
    filenode: int
    columns: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    inexact: str | None = None

    @property
    def quoted(self) -> str:
        """Its name as SQL has it."""
        return _quoted(self.name)


async def watch(connection: Connection, definition: Definition) -> list[Table]:
    """Makes sure that the tables of a rollup mark its changes, where they can.

    Creating triggers waits for the writers of the moment, so that whatever commits later is marked; it
    gives up after two seconds, for writers queue behind it. Raises `model_invalid` where a table is
    missing, `not_supported` where one hides rows.
    """
    return [
        await _watch(connection, definition, reading, f"{_stem(definition)}_{number}")
        for number, reading in enumerate(definition.readings)
    ]


async def unwatch(connection: Connection, name: str, kept: Definition | None = None) -> None:
    """Removes a rollup's triggers, but not those of `kept`. What is busy stays, and does no harm."""
    stem = f"mark_{_hash(name)}_"
    keys = {"stem": stem, "kept": _stem(kept) if kept else "-"}
    rows = await (await connection.execute(_OURS, keys)).fetchall()
    for (function,) in rows:
        with suppress(psycopg.errors.LockNotAvailable):
            await _alter(connection, _DROP.format(pgsql.Identifier(function)), _READERS_WAIT)


def _stem(definition: Definition) -> str:
    return f"mark_{_hash(definition.name)}_{definition.digest}"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


async def _watch(connection: Connection, definition: Definition, reading: Reading, function: str) -> Table:
    found = await _look(connection, reading, function)
    if found.inexact or len(found.triggers) == len(_EVENTS):
        return found
    refusal = await _create(connection, definition, reading, function)
    return await _look(connection, reading, function) if refusal is None else replace(found, inexact=refusal)


async def _look(connection: Connection, reading: Reading, function: str) -> Table:
    keys = {
        "name": _quoted(reading.table),
        "columns": list(reading.columns),
        "function": f"leadline.{function}",
    }
    row = await (await connection.execute(sql("table_facts"), keys)).fetchone()
    if row is None:
        why = f"the table {reading.table} is not in the source"
        raise LeadlineError("model_invalid", why, "Change the model.")
    oid, kind, has_parts, subscribed, hides_rows, filenode, columns, triggers, is_off = row
    if hides_rows:
        raise LeadlineError(
            "not_supported",
            f"{reading.table} has row security: a rollup would show its owner's rows to everybody",
            "Leave the table out of rollups.",
        )
    structure = _structure(kind, has_parts, subscribed) or (_SWITCHED_OFF if is_off else None)
    return Table(reading.table, oid, filenode, tuple(columns or ()), tuple(triggers or ()), structure)


def _structure(kind: str, has_parts: bool, subscribed: bool) -> str | None:
    if kind in _KINDS:
        return f"{_KINDS[kind]} does not tell its changes"
    if has_parts:
        return "a table in parts does not tell changes of its parts"
    return "replication from elsewhere does not tell its changes" if subscribed else None


async def _create(
    connection: Connection, definition: Definition, reading: Reading, function: str
) -> str | None:
    """Creates function and triggers; why they could not be, or None."""
    name = pgsql.Identifier(function)
    await connection.execute(function_sql(function, definition, reading))
    await connection.execute(_REVOKE.format(name))
    try:
        await _triggers(connection, reading, function)
    except psycopg.errors.InsufficientPrivilege:
        return f"the role may not create a trigger on {reading.table}"
    except psycopg.errors.LockNotAvailable:
        return f"{reading.table} was busy when the trigger should have been created"
    return None


async def _triggers(connection: Connection, reading: Reading, function: str) -> None:
    """All four at once: whoever writes meets all of them or none."""
    names = {"table": pgsql.Identifier(*reading.table.split(".", 1)), "function": pgsql.Identifier(function)}
    named = {event: pgsql.Identifier(_trigger(function, event)) for event in _EVENTS}
    create = pgsql.SQL("; ").join(
        pgsql.SQL(_TRIGGER.replace("EVENT", event).replace("REFERENCES", references)).format(
            trigger=named[event], **names
        )
        for event, references in _EVENTS.items()
    )
    await _alter(connection, create, _WRITERS_WAIT)
    # Where the table is ours, the triggers work also for restores; where it is not, that is no loss.
    always = pgsql.SQL("; ").join(pgsql.SQL(_ALWAYS).format(trigger=one, **names) for one in named.values())
    with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.LockNotAvailable):
        await _alter(connection, always, _WRITERS_WAIT)


def _trigger(function: str, event: str) -> str:
    return f"leadline_{function}_{event.lower()}"


async def _alter(connection: Connection, statement: pgsql.Composed, wait: str) -> None:
    async with connection.transaction():
        await connection.execute(_LOCK_TIMEOUT, {"wait": wait})
        await connection.execute(statement)


def _quoted(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))
