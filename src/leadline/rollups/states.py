"""What is known of rollups in the snapshot that is about to be read: one cheap SELECT, on any node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leadline.core.errors import LeadlineError
from leadline.planner.plan import RollupState, Statement
from leadline.rollups.define import Definition
from leadline.rollups.sql import sql
from leadline.sources.postgres import Reader
from leadline.sources.postgres.reader import Row

AGE_BOUND = 15.0
"""Seconds for which a rollup serves whose tables cannot tell their changes."""
_ABSENT_CODES = ("model_invalid", "no_permission")
_RELATIONS = (
    "SELECT name, relation = to_regclass(format('leadline.%%I', name))::oid "
    "FROM leadline.rollup_state WHERE name = ANY (%(names)s)"
)


async def read_states(
    reader: Reader, definitions: Mapping[str, Definition], *, age_bound: float = AGE_BOUND
) -> dict[str, RollupState]:
    """The state of every rollup of the model, by name, as of the reader's snapshot.

    One that is not there, or was built from another definition, is not `usable`.
    """
    states = {name: RollupState(name, usable=False, stale=True, version=0) for name in definitions}
    for name, digest, version, refreshed_at, gone, stale in await _rows(reader, states, age_bound):
        usable = not gone and digest == definitions[name].digest
        states[name] = RollupState(name, usable, bool(stale or stale is None), version, refreshed_at)
    return states


async def _rows(reader: Reader, names: Iterable[str], age_bound: float) -> list[Row]:
    statement = Statement(sql("states"), {"names": list(names), "age_bound": age_bound})
    if not statement.params["names"]:
        return []
    try:
        async with reader.savepoint():
            return await reader.fetch(statement)
    except LeadlineError as error:
        if error.code in _ABSENT_CODES:  # nothing was ever built in this source, or not for this role
            return []
        raise


async def still_there(reader: Reader, names: Iterable[str]) -> bool:
    """Whether the rollups that were just read are those whose states were read before.

    A rebuild puts a new relation under the name; its rows are invisible to an older snapshot, which would see
    an empty table. What was read holds a lock on its relation, so this cannot change any more.
    """
    rows = await reader.fetch(Statement(_RELATIONS, {"names": list(names)}))
    return all(same for _, same in rows)
