"""A planned question in one reading transaction: its extent if it needs one, its statements, its values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from leadline.engine.plans import Plans
from leadline.engine.snapshot import Snapshot
from leadline.planner import Answer, Keys, read_answer
from leadline.planner.plan import Extent, Plan, Probe, RollupState, Statement
from leadline.planner.query import Query
from leadline.sources.postgres import Reader

_MANY_ROWS = 5_000
Rows = list[tuple[Any, ...]]


async def planned(
    reader: Reader, plans: Plans, query: Query, keys: Keys, states: Mapping[str, RollupState]
) -> Plan:
    """The plan of a question; buckets of an open range are those of the rows in this snapshot."""
    found = plans.plan(query, keys.cache, states)
    if isinstance(found, Probe):
        first, last = (await reader.fetch(found.statement))[0]
        found = plans.plan(query, keys.cache, states, Extent(first, last))
    assert isinstance(found, Plan)  # noqa: S101  (with its extent every question has a plan)
    return found


def _nobody(step: str) -> None:
    """Whoever does not want to know how long the steps take."""


@dataclass(frozen=True, slots=True)
class Raw:
    """The rows of a plan's statements, as the driver gives them."""

    rows: Rows
    totals: Rows
    subtotals: list[Rows]


async def execute(
    snapshot: Snapshot, plan: Plan, byte_cap: int, lap: Callable[[str], None] = _nobody
) -> Answer:
    """The values of a plan's statements. Raises as `fetched` does.

    `lap` learns when the `source` has answered and when that is `read`.
    """
    raw = await fetched(snapshot, plan, byte_cap)
    lap("source")
    answer = await values_of(plan, raw)
    lap("read")
    return answer


async def fetched(snapshot: Snapshot, plan: Plan, byte_cap: int) -> Raw:
    """The rows of a plan's statements. Raises `ReadConflictError` where a rollup was swapped meanwhile."""
    # Rollups are small: any plan is quick. Over tables a plan for all values may be the worst for these.
    fetch = partial(_fetch, snapshot.reader, byte_cap, plan.layer == "rollup")
    rows, totals = await fetch(plan.rows), await fetch(plan.totals)
    subtotals = [await fetch(one.rows) for one in plan.subtotals]
    await snapshot.verify(plan.rollups)
    return Raw(rows, totals, subtotals)


async def values_of(plan: Plan, raw: Raw) -> Answer:
    """The values of the rows."""
    read = partial(read_answer, plan, raw.rows, raw.totals[0] if raw.totals else None, raw.subtotals)
    if len(raw.rows) < _MANY_ROWS:
        return read()
    return await asyncio.to_thread(read)  # others are served meanwhile


async def _fetch(reader: Reader, byte_cap: int, keep_plan: bool, statement: Statement | None) -> Rows:
    if statement is None:
        return []
    return await reader.fetch(statement, byte_cap=byte_cap, keep_plan=keep_plan)
