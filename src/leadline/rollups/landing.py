"""Rollups of a source that grants us only SELECT: tables in our own database, copied over in one snapshot.

Nothing tells that such a source changed. So a landed rollup never claims to be exact now: it holds what
the source held at its `refreshed_at`, and an answer from it is of that instant. All that are due are read in
one snapshot, so that those which are refreshed together can answer together.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql as pgsql

from leadline.core.errors import LeadlineError
from leadline.planner.plan import RollupState
from leadline.rollups.build import build_table, relation
from leadline.rollups.define import Definition
from leadline.rollups.refresh import Action, Outcome, alone, record, record_failure
from leadline.rollups.schedule import interval
from leadline.rollups.states import AGE_BOUND, read_states, states_in
from leadline.semantic.model import Model
from leadline.sources.postgres import Reader, Source, SourceSettings, parse_url
from leadline.sources.postgres.node import Connection

INEXACT = "the source lets us only read, so its changes cannot be noticed"
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '15min'"
_CLOCK = "SELECT clock_timestamp()"
_PART, _BACK = "SAVEPOINT part", "ROLLBACK TO SAVEPOINT part"
Landed = Mapping[str, Outcome | LeadlineError]


def landing_at(url: str | None) -> Source | None:
    """Our own database as a place to land in; None where it has no address that a source could have."""
    try:
        return Source(SourceSettings(primary=parse_url(url))) if url else None
    except LeadlineError:
        return None


async def land(source: Source, store: Source, definitions: Sequence[Definition]) -> Landed:
    """Reads rollups from `source` in one snapshot and puts them into `store`.

    By name what was done, or why not: then the last good rows stay and the cause is recorded beside them.
    Raises LeadlineError where one of the two databases cannot be reached.
    """
    done: dict[str, Outcome | LeadlineError] = {}
    async with store.writing() as target, _snapshot(source) as (origin, as_of):
        for definition in definitions:
            try:
                done[definition.name] = await _landed(origin, target, definition, as_of)
            except psycopg.Error as error:
                done[definition.name] = failure = source.explain(error)
                await record_failure(target, definition.name, failure)
    return done


async def read_landed(
    reader: Reader, definitions: Mapping[str, Definition], bounds: Mapping[str, float]
) -> dict[str, RollupState]:
    """The states of landed rollups in the reader's snapshot of our own database.

    One is stale that is older than its bound (seconds); else an answer from it is as of its `refreshed_at`.
    Several answer together only if theirs is the same.
    """
    states = await read_states(reader, definitions, age_bound=max(bounds.values(), default=0))
    return {
        name: replace(state, stale=state.stale or _age(state, reader.now) > bounds[name])
        for name, state in states.items()
    }


def bounds(model: Model, names: Iterable[str]) -> dict[str, float]:
    """Seconds for which each landed rollup serves: twice its interval, and never only for a moment."""
    zone, now = model.calendar.zone, datetime.now(UTC)
    spans = {name: interval(model.rollups[name].refresh, zone, now) for name in names}
    return {name: max(2 * span.total_seconds(), AGE_BOUND) for name, span in spans.items()}


def _age(state: RollupState, now: datetime) -> float:
    return (now - state.refreshed_at).total_seconds() if state.refreshed_at else math.inf


@asynccontextmanager
async def _snapshot(source: Source) -> AsyncIterator[tuple[Connection, datetime]]:
    """A snapshot of the primary, and an instant whose commits are certainly in it."""
    async with source.writing() as origin:
        row = await (await origin.execute(_CLOCK)).fetchone()
        if row is None:
            raise LeadlineError("internal", "the source does not tell the time")
        await origin.execute(_BEGIN)
        try:
            yield origin, row[0]
        finally:
            if not origin.broken:
                await origin.execute("ROLLBACK")


async def _landed(origin: Connection, target: Connection, definition: Definition, as_of: datetime) -> Outcome:
    async with alone(target, definition.name) as free:
        if not free:
            return Outcome(definition.name, "busy")
        await origin.execute(_PART)
        await target.execute("BEGIN")
        try:
            outcome = await _put_and_record(origin, target, definition, as_of)
            await target.execute("COMMIT")
        except BaseException:
            if not target.broken:
                await target.execute("ROLLBACK")
            if not origin.broken:
                await origin.execute(_BACK)  # the others go on in the same snapshot
            raise
        return outcome


async def _put_and_record(
    origin: Connection, target: Connection, definition: Definition, as_of: datetime
) -> Outcome:
    state = (await states_in(target, {definition.name: definition})).get(definition.name)
    action: Action = "refreshed" if state is not None and state.usable else "built"
    rows = await _put(origin, target, definition, action)
    return await record(target, "record", _facts(definition, rows, as_of), action)


async def _put(origin: Connection, target: Connection, definition: Definition, action: Action) -> int:
    async def fill(into: pgsql.Identifier) -> int:
        return await _copy(origin, target, definition, into)

    if action == "built":
        return await build_table(target, definition, await _columns(origin, definition), fill)
    await target.execute(pgsql.SQL("DELETE FROM {}").format(relation(definition.name)))
    return await fill(relation(definition.name))


async def _copy(
    origin: Connection, target: Connection, definition: Definition, into: pgsql.Identifier
) -> int:
    """Streams the rows over; nothing is kept here."""
    read = pgsql.SQL("COPY ({}) TO STDOUT").format(pgsql.SQL(definition.select))
    write = pgsql.SQL("COPY {} FROM STDIN").format(into)
    async with target.cursor() as writing:
        async with origin.cursor().copy(read) as rows, writing.copy(write) as stored:
            async for chunk in rows:
                await stored.write(chunk)
        return writing.rowcount


async def _columns(origin: Connection, definition: Definition) -> pgsql.Composed:
    """Names and types as the source has them; a type that our database may not know becomes text."""
    empty = pgsql.SQL("SELECT * FROM ({}) AS q LIMIT 0").format(pgsql.SQL(definition.select))
    described = (await origin.execute(empty)).description or []
    parts = (
        pgsql.SQL("{} {}").format(
            pgsql.Identifier(one.name),
            pgsql.SQL("text" if one.type_display.isdigit() else one.type_display),
        )
        for one in described
    )
    return pgsql.SQL(", ").join(parts)


def _facts(definition: Definition, rows: int, as_of: datetime) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(
        ("tables", "table_names", "filenodes", "columns", "triggers", "whole")
    )
    own = {"name": definition.name, "digest": definition.digest, "inexact": INEXACT}
    return {**nothing, **own, "rows": rows, "in_part": False, "as_of": as_of}
