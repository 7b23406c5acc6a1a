"""One question answered within one reading transaction: states, plan, rows, Result."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.result import Result, ServedBy
from leadline.engine.models import Ready
from leadline.engine.reliance import Reliance, data_version, reliance
from leadline.planner import Answer, Keys, read_answer
from leadline.planner.plan import Plan
from leadline.planner.query import Query
from leadline.rollups.states import read_states, still_there
from leadline.sources.postgres import ReadConflictError, Reader

_MANY_ROWS = 5_000
_digest_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its keys and the model that it is asked of."""

    query: Query
    keys: Keys
    ready: Ready


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by step. `last`: when the step in hand began."""

    began: float
    last: float
    ms: dict[str, float]

    @classmethod
    def start(cls) -> Stopwatch:
        """A running one."""
        now = time.perf_counter()
        return cls(now, now, {"plan": 0.0, "source": 0.0})

    def lap(self, step: str) -> None:
        """Books the time since the last lap to a step."""
        now = time.perf_counter()
        self.ms[step] += (now - self.last) * 1000
        self.last = now

    def total(self) -> dict[str, float]:
        """All steps and the whole, to a hundredth."""
        whole = {**self.ms, "total": (time.perf_counter() - self.began) * 1000}
        return {step: round(value, 2) for step, value in whole.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer just read.

    `as_of`: up to when its node knew the data, microseconds since 1970 by the real clock. `primary`: it was
    read on the primary.
    """

    result: Result
    relied: Reliance
    as_of: int
    primary: bool


async def answer(reader: Reader, asked: Asked, clock: Clock, watch: Stopwatch, byte_cap: int) -> Reading:
    """The answer as of the reader's snapshot. Raises LeadlineError, or `ReadConflictError` to begin anew."""
    watch.lap("plan")
    states = await read_states(reader, asked.ready.rollups)
    watch.lap("source")
    plan = asked.ready.plans.plan(asked.query, asked.keys.cache, states)
    watch.lap("plan")
    rows, totals = await _fetch(reader, plan, byte_cap)
    watch.lap("source")
    read = await _read(plan, rows, totals)
    watch.lap("plan")
    as_of = _shown(clock.at(reader.as_of), plan)
    result = _result(asked.keys, plan, read, as_of)
    served = replace(result.served_by, node=reader.node, lag_ms=reader.lag_ms)
    relied = reliance(plan, states, asked.ready.bound)
    known = int(reader.as_of.timestamp() * 1_000_000)
    version = data_version(relied, known)
    result = replace(result, served_by=served, data_version=version, ms=watch.total())
    return Reading(result, relied, known, primary=reader.lag_ms is None)


async def _fetch(
    reader: Reader, plan: Plan, byte_cap: int
) -> tuple[list[tuple[Any, ...]], tuple[Any, ...] | None]:
    rows = await reader.fetch(plan.rows, byte_cap=byte_cap)
    totals = await reader.fetch(plan.totals, byte_cap=byte_cap) if plan.totals is not None else None
    if plan.rollups and not await still_there(reader, plan.rollups):
        raise ReadConflictError(
            LeadlineError("timeout", "a rollup was rebuilt while it was read", "Ask again in a moment.")
        )
    return rows, totals[0] if totals else None


async def _read(plan: Plan, rows: Sequence[tuple[Any, ...]], totals: tuple[Any, ...] | None) -> Answer:
    """The values; many of them in a thread, so that others are served meanwhile."""
    if len(rows) < _MANY_ROWS:
        return read_answer(plan, rows, totals)
    return await asyncio.to_thread(read_answer, plan, rows, totals)


def _result(keys: Keys, plan: Plan, read: Answer, as_of: str) -> Result:
    """What plan and values say; node, version and times are added by whoever read them."""
    return Result(
        columns=read.columns,
        data=read.data,
        rows=read.rows,
        now=_shown(plan.query.as_of, plan),
        as_of=as_of,
        range=plan.range,
        served_by=ServedBy(layer=plan.layer, rollup=_rollups(plan)),
        totals=read.totals,
        partial_rows=read.partial_rows,
        rejected=plan.rejected,
        rules=plan.rules,
        truncated=read.truncated,
        key=_key(keys, read),
    )


def _rollups(plan: Plan) -> str | None:
    """The rollups that gave the whole answer."""
    return ", ".join(plan.rollups) if plan.layer == "rollup" else None


def _key(keys: Keys, read: Answer) -> str:
    """The live key and a hash of the values: equal for equal answers to one question."""
    content = _digest_encoder.encode([read.data, read.totals, read.columns, read.partial_rows])
    return f"{keys.live}.{hashlib.blake2b(content, digest_size=8).hexdigest()}"


def _shown(moment: datetime, plan: Plan) -> str:
    return moment.astimezone(plan.moment.zone).isoformat(timespec="milliseconds")
