"""What tests of touched buckets share: a rollup's state, and the property that all of it is for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from leadline.planner.plan import RollupState, Statement
from leadline.rollups.service import Rollups
from leadline.rollups.states import read_states
from leadline.sources.postgres import Reader, Source


async def state_of(source: Source, rollups: Rollups, name: str) -> RollupState:
    """Its state in a new snapshot."""
    async with source.reading() as reader:
        return (await read_states(reader, rollups.definitions))[name]


async def untouched_is_exact(reader: Reader, rollups: Rollups, name: str) -> RollupState:
    """The property: in the reader's snapshot, rows of untouched buckets are those of the table."""
    state = (await read_states(reader, rollups.definitions))[name]
    if state.usable and not state.stale:
        definition = rollups.definitions[name]
        stored = await reader.fetch(Statement(f'TABLE leadline."{name}"', {}))
        made = await reader.fetch(Statement(definition.select.replace("%", "%%"), {}))
        place = _place(rollups, name)
        kept = [Counter(row for row in rows if row[place] not in state.touched) for rows in (stored, made)]
        assert kept[0] == kept[1], (state, kept[0] - kept[1], kept[1] - kept[0])
    return state


def _place(rollups: Rollups, name: str) -> int:
    columns = rollups.model.rollups[name].columns
    return next(number for number, column in enumerate(columns) if column.time)


async def fetch(source: Source, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, read as the product reads."""
    async with source.reading() as reader:
        return await reader.fetch(Statement(query, {}))
