"""What is known of rollups in the snapshot that is about to be read: one cheap SELECT, on any node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.planner.plan import RollupState, Statement
from leadline.rollups.define import Definition
from leadline.rollups.sql import sql
from leadline.sources.postgres import Reader
from leadline.sources.postgres.node import Connection
from leadline.sources.postgres.reader import Row

EDGE_ANSWERED = True
"""Whether touched buckets are read from the table beside a rollup; if not, a touched one counts as stale."""
AGE_BOUND = 15.0
"""Seconds for which a rollup serves whose tables cannot tell their changes."""
MOST_TOUCHED = 1_000
"""Buckets that may be touched; with more, reading the table as a whole is cheaper."""
_MOST_MARKS = 5_000
_ABSENT_CODES = ("model_invalid", "no_permission")
_RELATIONS = (
    "SELECT name, relation = to_regclass(format('leadline.%%I', name))::oid "
    "FROM leadline.rollup_state WHERE name = ANY (%(names)s)"
)


@dataclass(frozen=True, slots=True)
class State:
    """One rollup in one snapshot. `stale`: it changed, and nobody knows where.

    `touched`: the buckets that changed since its refresh, as its time column stores them. `edge` grows with
    every visible change of them within a version. `exact`: it can notice its changes; one
    that cannot holds what was there at `refreshed_at`, not what is there now. `whole`: every row of it that
    names a partner has found one (None: that does not matter).
    """

    name: str
    usable: bool
    stale: bool
    version: int
    refreshed_at: datetime | None = None
    touched: frozenset[datetime | date | None] = frozenset()
    edge: tuple[int, int] = (0, 0)
    exact: bool = True
    whole: bool | None = None

    @property
    def changed(self) -> bool:
        """Whether a refresh would find something to do."""
        return self.stale or bool(self.touched)


async def read_states(
    reader: Reader, definitions: Mapping[str, Definition], *, age_bound: float = AGE_BOUND
) -> dict[str, RollupState]:
    """The state of every rollup of the model, by name, as of the reader's snapshot.

    One that is not there, or was built from another definition, is not `usable`.
    """
    states = {name: RollupState(name, usable=False, stale=True, version=0) for name in definitions}
    for state in _read(await _rows(reader, definitions, age_bound), definitions):
        stale = state.stale or (bool(state.touched) and not EDGE_ANSWERED)
        states[state.name] = RollupState(
            state.name,
            state.usable,
            stale,
            state.version,
            state.refreshed_at,
            state.touched,
            watched=state.exact,
            edge=state.edge,
        )
    return states


async def states_in(
    connection: Connection, definitions: Mapping[str, Definition], *, age_bound: float = AGE_BOUND
) -> dict[str, State]:
    """The same on a connection, of those rollups that were ever made. Raises the driver's errors."""
    cursor = await connection.execute(sql("states"), _keys(definitions, age_bound))
    return {state.name: state for state in _read(await cursor.fetchall(), definitions)}


def _keys(names: Iterable[str], age_bound: float) -> dict[str, Any]:
    return {"names": list(names), "age_bound": age_bound, "most": _MOST_MARKS}


async def _rows(reader: Reader, names: Iterable[str], age_bound: float) -> list[Row]:
    statement = Statement(sql("states"), _keys(names, age_bound))
    if not statement.params["names"]:
        return []
    try:
        async with reader.savepoint():
            return await reader.fetch(statement, keep_plan=True)
    except LeadlineError as error:
        if error.code in _ABSENT_CODES:  # nothing was ever built in this source, or not for this role
            return []
        raise


def _read(rows: Iterable[Row], definitions: Mapping[str, Definition]) -> Iterable[State]:
    for name, digest, version, refreshed_at, gone, stale, buckets, marks, thinned, exact, whole in rows:
        definition = definitions[name]
        touched = _touched(buckets or (), definition)
        unknown = stale is None or stale or len(touched) > MOST_TOUCHED
        yield State(
            name,
            usable=not gone and digest == definition.digest,
            stale=unknown,
            version=version,
            refreshed_at=refreshed_at,
            touched=frozenset() if unknown else touched,
            edge=(thinned, marks),
            exact=exact,
            whole=whole,
        )


def _touched(buckets: Iterable[datetime | None], definition: Definition) -> frozenset[datetime | date | None]:
    if definition.bucket is not None and definition.bucket.is_date:
        return frozenset(one.date() if one is not None else None for one in buckets)
    return frozenset(buckets)


async def still_there(reader: Reader, names: Iterable[str]) -> bool:
    """Whether the rollups that were just read are those whose states were read before.

    A rebuild puts a new relation under the name; its rows are invisible to an older snapshot, which would see
    an empty table. What was read holds a lock on its relation, so this cannot change any more.
    """
    rows = await reader.fetch(Statement(_RELATIONS, {"names": list(names)}), keep_plan=True)
    return all(same for _, same in rows)
