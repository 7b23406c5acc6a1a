"""Brings one rollup up to date in one REPEATABLE READ transaction, so that it reflects exactly one snapshot.

Why a stale row can never pass for a fresh one:
- Every transaction that changes what a rollup is made from inserts marks with its own number: the buckets of
  the rows as they were and as they are, or one mark that says "everywhere" (`touching.py`).
- The refresh reads all tables in its transaction's snapshot and records that snapshot in `rollup_state`.
- A reader that sees the refreshed rows sees that record; a writer that it sees has its marks seen as well. So
  in any reader's snapshot the rows of a bucket are exact if no visible mark names it (or everywhere) whose
  transaction is not in the record. A writer that began before the refresh and commits after it is not in the
  record: its buckets are touched.
- A refresh of the touched buckets only leaves rows that are exact in its own snapshot, for the same reason.
- Marks are deleted (`forget_marks`) only while no refresh is under way and only if their record has them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from leadline.core.errors import LeadlineError
from leadline.rollups.build import build
from leadline.rollups.define import Definition
from leadline.rollups.marks import Table, unwatch, watch
from leadline.rollups.renew import Touched, is_whole, renew
from leadline.rollups.sql import sql
from leadline.rollups.states import State, states_in
from leadline.sources.postgres import Source
from leadline.sources.postgres.node import Connection

Action = Literal["built", "refreshed", "unchanged", "busy"]
LOCK_SPACE = 0x4C4C  # our advisory locks: one per rollup
# None of these takes the snapshot: it is taken after the lock, so that nobody forgets marks behind our back.
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '10s'; "
    "SET LOCAL statement_timeout = '15min'; LOCK TABLE leadline.rollup_state IN ROW EXCLUSIVE MODE"
)
_FORGET = (
    "BEGIN; SET LOCAL lock_timeout = '200ms'; LOCK TABLE leadline.rollup_state IN SHARE ROW EXCLUSIVE MODE"
)
_MANY_MARKS = 200
# A refresh whose process is gone is ended by the server at once, and its lock with it.
_NOTICE_LOSS = "SET client_connection_check_interval = '1s'"
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
            async with alone(connection, definition.name) as free:
                if not free:
                    return Outcome(definition.name, "busy")
                return await _refreshed(connection, definition, always)
        except psycopg.Error as error:
            failure = source.explain(error)
        except LeadlineError as error:
            failure = error
        await record_failure(connection, definition.name, failure)
        raise failure


async def forget_marks(source: Source) -> None:
    """Removes and thins out marks that no rollup needs any more, unless a refresh is under way."""
    async with source.writing() as connection:
        try:
            await connection.execute(_FORGET)
            await connection.execute(sql("forget_marks"))
            await connection.execute(sql("thin_marks"), {"many": _MANY_MARKS})
            await connection.execute("COMMIT")
        except psycopg.errors.LockNotAvailable:
            await connection.execute("ROLLBACK")


@asynccontextmanager
async def alone(connection: Connection, name: str) -> AsyncIterator[bool]:
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
    with suppress(psycopg.errors.InvalidParameterValue):  # a server on a system that cannot tell
        await connection.execute(_NOTICE_LOSS)
    tables = await watch(connection, definition)
    await connection.execute(_BEGIN)
    try:
        outcome = await _within(connection, definition, tables, always)
        await connection.execute("COMMIT")
    except BaseException:
        if not connection.broken:
            await connection.execute("ROLLBACK")
        raise
    if outcome.action == "built" or always:
        await unwatch(connection, definition.name, kept=definition)
    return outcome


async def _within(
    connection: Connection, definition: Definition, tables: list[Table], always: bool
) -> Outcome:
    state = await _state(connection, definition)
    action, touched = _needed(state, tables, always)
    if action == "unchanged":
        facts = {"name": definition.name, "marks": state.edge[1] if state is not None else 0}
        return await record(connection, "record_unchanged", facts, action)
    if action == "built":
        rows = await build(connection, definition)
    else:
        rows = await renew(connection, definition, touched)
    in_part = touched is not None and definition.bucket is not None
    before = state.whole if state is not None and in_part else True
    whole = before and await is_whole(connection, definition, touched if in_part else None)
    facts = _facts(definition, tables) | {"rows": rows, "in_part": in_part, "whole": whole, "as_of": None}
    return await record(connection, "record", facts, action)


async def _state(connection: Connection, definition: Definition) -> State | None:
    """What this snapshot says of the rollup; None where it is not there as defined."""
    states = await states_in(connection, {definition.name: definition}, age_bound=-1)
    state = states.get(definition.name)  # one that cannot notice changes is always stale here
    return state if state is not None and state.usable else None


def _needed(state: State | None, tables: list[Table], always: bool) -> tuple[Action, Touched | None]:
    """What is to be done, and to which buckets (None: to all)."""
    if state is None:
        return "built", None
    watched = all(table.inexact is None for table in tables)
    if always or state.stale or not watched:
        return "refreshed", None
    return ("refreshed", state.touched) if state.touched else ("unchanged", None)


def _facts(definition: Definition, tables: list[Table]) -> dict[str, Any]:
    return {
        "name": definition.name,
        "digest": definition.digest,
        "tables": [table.oid for table in tables],
        "table_names": [table.quoted for table in tables],
        "filenodes": [table.filenode for table in tables],
        "columns": [one for table in tables for one in table.columns],
        "triggers": [one for table in tables for one in table.triggers],
        "inexact": "; ".join(table.inexact for table in tables if table.inexact) or None,
    }


async def record(connection: Connection, name: str, facts: dict[str, Any], action: Action) -> Outcome:
    """Runs one of the `record` statements within the caller's transaction."""
    row = await (await connection.execute(sql(name), facts)).fetchone()
    version, took_ms, refreshed_at = row or (0, None, None)
    return Outcome(facts["name"], action, version, took_ms, refreshed_at)


async def record_failure(connection: Connection, name: str, failure: LeadlineError) -> None:
    """Keeps the cause beside the last good rows, if even that can be written; the caller raises it."""
    if connection.broken:
        return
    facts = {"name": name, "error": f"{failure.code}: {failure.why}"}
    try:
        await connection.execute(sql("record_failure"), facts)
    except psycopg.Error:
        return
