"""What tests of touched buckets share: a rollup's state, and the property that all of it is for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import psycopg

from leadline.planner.bound import BoundModel
from leadline.planner.plan import RollupState, Statement
from leadline.rollups.service import Rollups
from leadline.rollups.states import read_states
from leadline.semantic.model import Rollup
from leadline.sources.postgres import Reader, Source
from tests.support import business

DAILY, BY_REGION = "daily_revenue_summary", "deals_by_region"
MARCH_10 = datetime(2026, 3, 10, 5, tzinfo=UTC)  # midnight in Chicago, in summer time already
APRIL_1 = datetime(2026, 4, 1, 5, tzinfo=UTC)
NEW = "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-04-01 12:00+00')"


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
        differing = list(((kept[0] - kept[1]) | (kept[1] - kept[0])).items())
        assert not differing, (name, state.version, len(state.touched), len(differing), differing[:3])
    return state


def _place(rollups: Rollups, name: str) -> int:
    columns = rollups.model.rollups[name].columns
    return next(number for number, column in enumerate(columns) if column.time)


async def fetch(source: Source, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, read as the product reads."""
    async with source.reading() as reader:
        return await reader.fetch(Statement(query, {}))


def write(dsn: str, *statements: str) -> None:
    """Runs the statements in one transaction."""
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement)


async def made(source: Source, *rollups: Rollup) -> Rollups:
    """The rollups, built."""
    found = Rollups(source, BoundModel(business.model(*rollups), await source.schema()))
    await found.install()
    for rollup in rollups:
        await found.refresh(rollup.name)
    return found


async def touched(source: Source, rollups: Rollups, name: str = DAILY) -> frozenset[object]:
    """What is touched, after a look at the property; nothing may be stale."""
    async with source.reading() as reader:
        state = await untouched_is_exact(reader, rollups, name)
    assert not state.stale
    return state.touched
