"""Brings one rollup up to date in one REPEATABLE READ transaction, so that it reflects exactly one snapshot.

Why a stale rollup can never pass for a fresh one:
- Every transaction that writes to a table of the rollup inserts a mark with its own number (`marks.py`).
- The refresh reads all tables in its transaction's snapshot and records that snapshot in `rollup_state`.
- A reader that sees the refreshed rows sees that record; a writer that it sees has its mark seen as well. So
  in any reader's snapshot the rows are exact if every visible mark's transaction is in the record. A writer
  that began before the refresh and commits after it is not in the record: the rollup is stale.
- Marks are deleted (`forget_marks`) only while no refresh is under way and only if every record has them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg import sql as pgsql

from leadline.core.errors import LeadlineError
from leadline.rollups.build import build, view
from leadline.rollups.define import Definition
from leadline.rollups.marks import Table, watch
from leadline.rollups.sql import sql
from leadline.sources.postgres import Source
from leadline.sources.postgres.node import Connection

Action = Literal["built", "refreshed", "unchanged", "busy"]
LOCK_SPACE = 0x4C4C  # our advisory locks: one per rollup
# None of these takes the snapshot: it is taken after the lock, so that nobody forgets marks behind our back.
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '10s'; "
    "SET LOCAL statement_timeout = '15min'; LOCK TABLE leadline.rollup_state IN ROW EXCLUSIVE MODE"
)
_FORGET = "BEGIN; SET LOCAL lock_timeout = '1s'; LOCK TABLE leadline.rollup_state IN SHARE ROW EXCLUSIVE MODE"
_MAY_COMPARE = "SELECT has_database_privilege(current_database(), 'TEMPORARY')"
_LOCK = "SELECT pg_try_advisory_lock(%(space)s, hashtext(%(name)s))"
_UNLOCK = "SELECT pg_advisory_unlock(%(space)s, hashtext(%(name)s))"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done. `busy`: another worker is at it. `took_ms` of the last real refresh."""

    name: str
    action: Action
    version: int = 0
    took_ms: float | None = None
    refreshed_at: datetime | None = None


async def refresh(source: Source, definition: Definition, *, always: bool = False) -> Outcome:
    """Builds the rollup if it is not there as defined, else refreshes it if a table changed (or `always`).

    A failure leaves the last good rows, records its cause and raises it.
    """
    async with source.writing() as connection:
        try:
            async with _alone(connection, definition.name) as free:
                if not free:
                    return Outcome(definition.name, "busy")
                return await _refreshed(connection, definition, always)
        except psycopg.Error as error:
            failure = source.explain(error)
        except LeadlineError as error:
            failure = error
        await _record_failure(connection, definition.name, failure)
        raise failure


async def forget_marks(source: Source) -> None:
    """Removes marks that no rollup needs any more. Does nothing while a refresh is under way."""
    async with source.writing() as connection:
        try:
            await connection.execute(_FORGET)
            await connection.execute(sql("forget_marks"))
            await connection.execute("COMMIT")
        except psycopg.errors.LockNotAvailable:
            await connection.execute("ROLLBACK")


@asynccontextmanager
async def _alone(connection: Connection, name: str) -> AsyncIterator[bool]:
    """Holds the rollup's advisory lock, if nobody else does; ends with the connection at the latest."""
    keys = {"space": LOCK_SPACE, "name": name}
    row = await (await connection.execute(_LOCK, keys)).fetchone()
    free = bool(row and row[0])
    try:
        yield free
    finally:
        if free and not connection.broken:
            await connection.execute(_UNLOCK, keys)


async def _refreshed(connection: Connection, definition: Definition, always: bool) -> Outcome:
    tables = [await watch(connection, name) for name in definition.tables]
    await connection.execute(_BEGIN)
    try:
        outcome = await _within(connection, definition, tables, always)
        await connection.execute("COMMIT")
    except BaseException:
        if not connection.broken:
            await connection.execute("ROLLBACK")
        raise
    return outcome


async def _within(
    connection: Connection, definition: Definition, tables: list[Table], always: bool
) -> Outcome:
    action = await _needed(connection, definition, tables)
    if action == "unchanged" and not always:
        return await _record(connection, "record_unchanged", {"name": definition.name}, action)
    if action == "built":
        await build(connection, definition)
    else:
        action = "refreshed"
        await _renew(connection, definition)
    return await _record(connection, "record", await _facts(connection, definition, tables), action)


async def _needed(connection: Connection, definition: Definition, tables: list[Table]) -> Action:
    """What this snapshot asks for."""
    keys = {"names": [definition.name], "age_bound": -1}  # what cannot notice changes is always stale
    row = await (await connection.execute(sql("states"), keys)).fetchone()
    if row is None:
        return "built"
    _, digest, _, _, gone, stale = row
    if gone or digest != definition.digest:
        return "built"
    watched = all(table.inexact is None for table in tables)
    return "unchanged" if watched and stale is False else "refreshed"


async def _renew(connection: Connection, definition: Definition) -> None:
    """New rows in place of the old ones, while readers go on.

    PostgreSQL compares them in a temporary table; a role that may have none builds beside and swaps instead.
    """
    row = await (await connection.execute(_MAY_COMPARE)).fetchone()
    if not (row and row[0]):
        await build(connection, definition)
        return
    statement = pgsql.SQL("REFRESH MATERIALIZED VIEW CONCURRENTLY {}")
    await connection.execute(statement.format(view(definition.name)))


async def _facts(connection: Connection, definition: Definition, tables: list[Table]) -> dict[str, Any]:
    count = pgsql.SQL("SELECT count(*) FROM {}").format(view(definition.name))
    rows = await (await connection.execute(count)).fetchone()
    return {
        "name": definition.name,
        "digest": definition.digest,
        "tables": [table.oid for table in tables],
        "table_names": [table.quoted for table in tables],
        "triggers": [table.trigger for table in tables],
        "inexact": "; ".join(table.inexact for table in tables if table.inexact) or None,
        "rows": rows[0] if rows else 0,
    }


async def _record(connection: Connection, name: str, facts: dict[str, Any], action: Action) -> Outcome:
    row = await (await connection.execute(sql(name), facts)).fetchone()
    version, took_ms, refreshed_at = row or (0, None, None)
    return Outcome(facts["name"], action, version, took_ms, refreshed_at)


async def _record_failure(connection: Connection, name: str, failure: LeadlineError) -> None:
    """Keeps the cause beside the last good rows, if even that can be written; the caller raises it."""
    if connection.broken:
        return
    facts = {"name": name, "error": f"{failure.code}: {failure.why}"}
    try:
        await connection.execute(sql("record_failure"), facts)
    except psycopg.Error:
        return
