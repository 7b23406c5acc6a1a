"""Answers from rollups that have landed in our own database, where the source lets us only read.

They are of the instant at which these were copied: an answer relies on no other table, and on rollups of one
such instant only. Nothing tells when it ceases to hold, so it is kept for its time, like one from tables.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import structlog

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.engine.answering import Asked, Chosen, Reading, Stopwatch, read_chosen
from leadline.engine.models import Ready
from leadline.engine.reliance import Reliance, reads_tables
from leadline.engine.snapshot import Snapshot
from leadline.planner.plan import Plan, RollupState
from leadline.rollups.landing import bounds, read_landed
from leadline.sources.postgres import Reader, Source

log = structlog.get_logger("leadline.engine")
NODE = "landed"
_AGAIN = 10.0
"""Seconds until it is looked again whether anything has landed, or whether our database answers."""
_PATIENCE = 2.0
_MOST_INSTANTS = 3
AWAY = frozenset({"source_unavailable", "source_login", "timeout"})
"""Errors that say nothing of the question."""
States = Mapping[str, RollupState]


class Landed:
    """The landed rollups of a source in `store`, our own database."""

    def __init__(self, store: Source, clock: Clock, byte_cap: int) -> None:
        self._store, self._clock, self._byte_cap = store, clock, byte_cap
        self._look_at = 0.0

    async def answer(self, asked: Asked, watch: Stopwatch) -> Reading | None:
        """The answer of landed rollups alone; None: they cannot give it, or none has landed.

        Never raises a LeadlineError: the source is asked then.
        """
        if time.monotonic() < self._look_at:
            return None
        try:
            return await self._store.read(lambda reader: self._read(reader, asked, watch), seconds=_PATIENCE)
        except LeadlineError as error:
            if error.code in AWAY:
                self._look_at = time.monotonic() + _AGAIN
            log.info("landed_rollups_unread", code=error.code, why=error.why)
            return None

    async def _read(self, reader: Reader, asked: Asked, watch: Stopwatch) -> Reading | None:
        watch.lap("plan")
        ready = asked.ready
        states = await read_landed(reader, ready.rollups, bounds(ready.bound.model, ready.rollups))
        watch.lap("source")
        if not any(one.usable for one in states.values()):
            self._look_at = time.monotonic() + _AGAIN
            return None
        chosen = next(_ways(asked, states), None)
        watch.lap("plan")
        if chosen is None:
            return None
        snapshot = Snapshot(reader)
        reading = await read_chosen(
            snapshot, asked, chosen, clock=self._clock, watch=watch, byte_cap=self._byte_cap
        )
        served = replace(reading.result.served_by, node=NODE)
        return replace(reading, result=replace(reading.result, served_by=served), primary=False)


def _ways(asked: Asked, states: States) -> Iterator[Chosen]:
    """The plans that read nothing but rollups of one instant, the newest first."""
    plans = asked.ready.plans
    for together in _instants(states):
        plan = plans.plan(asked.query, asked.keys.cache, together)
        if isinstance(plan, Plan) and _is_alone(plan, asked.ready):
            yield Chosen(plan, together, Reliance((), exact=False))


def _instants(states: States) -> Iterator[States]:
    """The rollups of each instant; the others as if they were not there."""
    serving = (one.refreshed_at for one in states.values() if one.usable and not one.stale)
    known = sorted({at for at in serving if at is not None}, reverse=True)
    for at in known[:_MOST_INSTANTS]:
        yield {
            name: one if one.refreshed_at == at else replace(one, usable=False)
            for name, one in states.items()
        }


def _is_alone(plan: Plan, ready: Ready) -> bool:
    """Whether a plan reads rollups and nothing else."""
    return plan.layer == "rollup" and bool(plan.rollups) and not reads_tables(plan, ready.bound)
