"""The rollups of a model in its source: made, dropped, refreshed when due, and listed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql as pgsql

from leadline.core.errors import LeadlineError
from leadline.planner.bound import BoundModel
from leadline.planner.plan import RollupState
from leadline.rollups.build import SCHEMA, drop
from leadline.rollups.define import Definition, define
from leadline.rollups.landing import bounds, land, read_landed
from leadline.rollups.marks import unwatch
from leadline.rollups.refresh import Outcome, forget_marks, refresh
from leadline.rollups.schedule import due_at, trouble
from leadline.rollups.sql import sql
from leadline.rollups.states import read_states, states_in
from leadline.sources.postgres import Source
from leadline.sources.postgres.node import Connection

_CREATE_SCHEMA = pgsql.SQL("CREATE SCHEMA {}").format(pgsql.Identifier(SCHEMA))
_HAS_SCHEMA = "SELECT to_regnamespace(%(name)s) IS NOT NULL"
_ORPHANS = "SELECT name FROM leadline.rollup_state WHERE name <> ALL (%(names)s)"
_BUILT = "SELECT name, definition FROM leadline.rollup_state"
_FORGET = "DELETE FROM leadline.rollup_state WHERE name = %(name)s"
_MAY_HAVE = (
    "SELECT CASE WHEN to_regnamespace(%(name)s) IS NULL "
    "THEN has_database_privilege(current_database(), 'CREATE') "
    "ELSE has_schema_privilege(%(name)s, 'CREATE') END"
)
_GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {reader}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader}",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of one rollup. `definition`: the digest that it was built from.

    `changed`: what it is made from has changed since its refresh, as far as its tables tell. `rested`: that
    is at least as long ago as it took.
    """

    name: str
    definition: str | None
    version: int
    refreshed_at: datetime | None
    took_ms: float | None
    rows: int | None
    inexact: str | None
    error: str | None
    error_at: datetime | None
    rested: bool = True
    changed: bool = False

    @property
    def took(self) -> timedelta:
        """How long its last real refresh took."""
        return timedelta(milliseconds=self.took_ms or 0)


def definitions(bound: BoundModel) -> tuple[dict[str, Definition], dict[str, LeadlineError]]:
    """The SQL of every rollup of the model, and the errors of those that have none."""
    made: dict[str, Definition] = {}
    failed: dict[str, LeadlineError] = {}
    for rollup in bound.model.rollups.values():
        try:
            made[rollup.name] = define(rollup, bound)
        except LeadlineError as error:
            failed[rollup.name] = error
    return made, failed


class Rollups:
    """The rollups of one bound model, in its source or landed in `landing`, our own database."""

    def __init__(self, source: Source, bound: BoundModel, landing: Source | None = None) -> None:
        self._source, self._bound, self._store = source, bound, landing or source
        self.lands = landing is not None
        self.model = bound.model
        self.definitions, self.failed = definitions(bound)

    async def install(self) -> None:
        """Our schema and tables in the source. Raises `no_permission` where the role may not have them."""
        async with self._store.writing() as connection:
            await self._install(connection)

    async def drop_others(self) -> tuple[str, ...]:
        """Removes rollups that we made for a model that no longer has them; their names."""
        names = list(self.model.rollups)
        async with self._store.writing() as connection:
            cursor = await connection.execute(_ORPHANS, {"names": names})
            orphans = tuple(name for (name,) in await cursor.fetchall())
            for name in orphans:
                async with connection.transaction():
                    await drop(connection, name)
                    await connection.execute(_FORGET, {"name": name})
                await unwatch(connection, name)
            await self._tidy(connection)
        return orphans

    async def _tidy(self, connection: Connection) -> None:
        """Triggers of older definitions that were too busy to go when the present one was built."""
        rows = await (await connection.execute(_BUILT)).fetchall()
        for name, digest in rows:
            definition = self.definitions.get(name)
            if definition is not None and definition.digest == digest:
                await unwatch(connection, name, kept=definition)

    async def known(self) -> dict[str, Known]:
        """What is recorded, by name. Empty where nothing was ever made."""
        async with self._store.writing() as connection:
            try:
                rows = await (await connection.execute(sql("list"))).fetchall()
                states = await states_in(connection, self.definitions)
            except (
                psycopg.errors.UndefinedTable,
                psycopg.errors.InvalidSchemaName,
                psycopg.errors.UndefinedColumn,  # made by an older version
            ):
                return {}
        changed = {state.name for state in states.values() if state.changed}
        return {row[0]: replace(Known(*row), changed=row[0] in changed) for row in rows}

    async def refresh(self, name: str, *, always: bool = False) -> Outcome:
        """Brings one up to date. Raises `not_found`, its definition's error, or why it failed."""
        if name in self.failed:
            raise self.failed[name]
        if name not in self.definitions:
            known = ", ".join(sorted(self.definitions)) or "none"
            raise LeadlineError("not_found", f"the model has no rollup {name!r}", f"There are: {known}.")
        if not self.lands:
            return await refresh(self._source, self.definitions[name], always=always)
        done = (await land(self._source, self._store, [self.definitions[name]]))[name]
        if isinstance(done, LeadlineError):
            raise done
        return done

    async def refresh_all(self, names: Sequence[str]) -> AsyncIterator[tuple[str, Outcome | LeadlineError]]:
        """Brings several up to date, one after the other; those that land, in one snapshot of the source.

        The failure of one keeps no other waiting.
        """
        if self.lands:
            for one in (await land(self._source, self._store, [self.definitions[n] for n in names])).items():
                yield one
            return
        for name in names:
            try:
                yield name, await self.refresh(name)
            except LeadlineError as error:
                yield name, error

    async def states(self) -> dict[str, RollupState]:
        """What an answer could rely on now."""
        if not self.lands:
            return await self._store.read(lambda reader: read_states(reader, self.definitions))
        return await self._store.read(lambda reader: read_landed(reader, self.definitions, self.bounds()))

    def bounds(self) -> dict[str, float]:
        """Seconds for which each serves where it lands."""
        return bounds(self.model, self.definitions)

    async def forget_marks(self) -> None:
        """Removes marks that no rollup needs any more."""
        await forget_marks(self._store)

    def due(self, known: Mapping[str, Known], now: datetime) -> tuple[str, ...]:
        """The names whose time has come, or that are not there as defined; the quick ones first."""
        due = (name for name in self.definitions if self._is_due(name, known.get(name), now))
        return tuple(sorted(due, key=lambda name: known[name].took if name in known else timedelta()))

    def troubles(self, known: Mapping[str, Known], now: datetime) -> dict[str, str]:
        """Whose refresh takes longer than its interval, or is overdue, in words."""
        zone, found = self.model.calendar.zone, {}
        for name in self.definitions:
            one = known.get(name)
            spec = self.model.rollups[name].refresh
            said = trouble(spec, zone, one.refreshed_at, one.took, now) if one else None
            if said is not None:
                found[name] = said
        return found

    def _is_due(self, name: str, known: Known | None, now: datetime) -> bool:
        if known is None:
            return True
        refresh_spec = self.model.rollups[name].refresh
        built = known.refreshed_at if known.definition == self.definitions[name].digest else None
        if refresh_spec.on_change and built is not None and _may_follow(known):
            return True
        at = due_at(refresh_spec, self.model.calendar.zone, built, known.error_at)
        return at is None or at <= now

    async def _install(self, connection: Connection) -> None:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%(space)s, 0)", {"space": _INSTALL_LOCK})
            row = await (await connection.execute(_HAS_SCHEMA, {"name": SCHEMA})).fetchone()
            if not (row and row[0]):
                await connection.execute(_CREATE_SCHEMA)
            await connection.execute(sql("upgrade"))
            await connection.execute(sql("install"))
            await self._grant(connection)

    async def _grant(self, connection: Connection) -> None:
        """The reading role, where it is another one, may read what we make."""
        reader = self._store.settings.primary.user
        if reader == connection.info.user:
            return
        names: dict[str, Any] = {"schema": pgsql.Identifier(SCHEMA), "reader": pgsql.Identifier(reader)}
        for statement in _GRANTS:
            await connection.execute(pgsql.SQL(statement).format(**names))


async def rollups_for(source: Source, bound: BoundModel, landing: Source | None) -> Rollups:
    """Rollups in the source where it lets us have a schema, else in `landing` where there is one."""
    if landing is None:
        return Rollups(source, bound)
    async with source.writing() as connection:
        row = await (await connection.execute(_MAY_HAVE, {"name": SCHEMA})).fetchone()
    return Rollups(source, bound, None if row and row[0] else landing)


def _may_follow(known: Known) -> bool:
    """Whether it changed and may be refreshed for that: never more than half of the time."""
    return known.changed and known.rested and known.inexact is None and known.error is None


_INSTALL_LOCK = 0x4C4D
