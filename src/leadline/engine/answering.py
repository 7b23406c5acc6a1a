"""One question answered within one reading transaction: states, plan, rows, Result."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from leadline.core.clock import Clock
from leadline.core.result import Result, ServedBy, Subtotals
from leadline.engine.executing import execute, planned
from leadline.engine.models import Ready
from leadline.engine.reliance import Reliance, data_version, reliance
from leadline.engine.snapshot import Snapshot
from leadline.planner import Answer, Keys
from leadline.planner.plan import Plan, RollupState
from leadline.planner.query import Query

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """The way to an answer: its plan, by these states of the rollups, and what it will rely on."""

    plan: Plan
    states: Mapping[str, RollupState]
    relied: Reliance


async def answer(snapshot: Snapshot, asked: Asked, clock: Clock, watch: Stopwatch, byte_cap: int) -> Reading:
    """The answer as of a snapshot. Raises LeadlineError, or `ReadConflictError` to begin anew."""
    chosen = await choose(snapshot, asked, watch)
    return await read_chosen(snapshot, asked, chosen, clock=clock, watch=watch, byte_cap=byte_cap)


async def choose(snapshot: Snapshot, asked: Asked, watch: Stopwatch) -> Chosen:
    """The way to the answer of a question in a snapshot."""
    watch.lap("plan")
    states = await snapshot.states(asked.ready)
    watch.lap("source")
    plan = await planned(snapshot.reader, asked.ready.plans, asked.query, asked.keys, states)
    chosen = Chosen(plan, states, reliance(plan, states, asked.ready.bound))
    watch.lap("plan")
    return chosen


async def read_chosen(
    snapshot: Snapshot, asked: Asked, chosen: Chosen, *, clock: Clock, watch: Stopwatch, byte_cap: int
) -> Reading:
    """The answer of a plan. Raises as `answer` does."""
    read = await execute(snapshot, chosen.plan, byte_cap)
    watch.lap("source")
    return reading_of(snapshot, asked, chosen, read, clock=clock, watch=watch)


def reading_of(
    snapshot: Snapshot, asked: Asked, chosen: Chosen, read: Answer, *, clock: Clock, watch: Stopwatch
) -> Reading:
    """What was read for a plan in a snapshot, with all that is told of it."""
    reader, plan = snapshot.reader, chosen.plan
    known_at = _known(plan, chosen.states, reader.as_of)
    result = _result(asked.keys, plan, read, _shown(clock.at(known_at), plan))
    served = replace(result.served_by, node=reader.node, lag_ms=reader.lag_ms)
    known = int(known_at.timestamp() * 1_000_000)
    version = data_version(chosen.relied, known)
    result = replace(result, served_by=served, data_version=version, ms=watch.total())
    return Reading(result, chosen.relied, known, primary=reader.lag_ms is None)


def _known(plan: Plan, states: Mapping[str, RollupState], read_at: datetime) -> datetime:
    """Up to when the data are known: rollups whose changes go unnoticed are as old as they are."""
    used = (states[name] for name in plan.rollups if name in states)
    aged = (one.refreshed_at for one in used if not one.watched and one.refreshed_at is not None)
    return min([read_at, *aged])


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
        immature_rows=read.immature_rows,
        other_rows=read.other_rows,
        subtotals=_subtotals(read),
        key=_key(keys, read),
    )


def _subtotals(read: Answer) -> tuple[Subtotals, ...] | None:
    """Sums by some of the dimensions, if they were asked."""
    return tuple(Subtotals(one.by, one.columns, one.data) for one in read.subtotals) or None


def _rollups(plan: Plan) -> str | None:
    """The rollups that gave the whole answer."""
    return ", ".join(plan.rollups) if plan.layer != "base" else None


def _key(keys: Keys, read: Answer) -> str:
    """The live key and a hash of the values: equal for equal answers to one question."""
    content = _digest_encoder.encode([read.data, read.totals, read.columns, read.partial_rows])
    return f"{keys.live}.{hashlib.blake2b(content, digest_size=8).hexdigest()}"


def _shown(moment: datetime, plan: Plan) -> str:
    return moment.astimezone(plan.moment.zone).isoformat(timespec="milliseconds")
