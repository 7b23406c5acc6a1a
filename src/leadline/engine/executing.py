"""A planned question in one reading transaction: its extent if it needs one, its statements, its values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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


async def execute(
    snapshot: Snapshot, plan: Plan, byte_cap: int, lap: Callable[[str], None] = _nobody
) -> Answer:
    """The values of a plan's statements. Raises `ReadConflictError` where a rollup was swapped meanwhile.

    `lap` learns when the `source` has answered and when that is `read`.
    """
    reader = snapshot.reader
    rows = await _fetch(reader, plan.rows, byte_cap)
    totals = await _fetch(reader, plan.totals, byte_cap)
    subtotals = [await _fetch(reader, one.rows, byte_cap) for one in plan.subtotals]
    one = totals[0] if totals else None
    await snapshot.verify(plan.rollups)
    lap("source")
    if len(rows) < _MANY_ROWS:
        answer = read_answer(plan, rows, one, subtotals)
    else:  # others are served meanwhile
        answer = await asyncio.to_thread(read_answer, plan, rows, one, subtotals)
    lap("read")
    return answer


async def _fetch(reader: Reader, statement: Statement | None, byte_cap: int) -> Rows:
    return await reader.fetch(statement, byte_cap=byte_cap) if statement is not None else []
