"""Questions that come together and differ only in their metrics are kin: one pass over the data answers all.

The first of them reads for all; each takes its own columns. They share a pass only where it reads the very
rollups and tables that they would read alone: so what each answer relies on, and what is told of it, stays
its own. Whatever goes wrong with the pass, each still reads for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.engine.answering import Asked, Chosen, Reading, Stopwatch, choose, reading_of
from leadline.engine.executing import Raw, execute, fetched, values_of
from leadline.engine.reliance import is_open
from leadline.engine.sitting import Sitting
from leadline.engine.snapshot import Snapshot
from leadline.planner import Answer, Keys
from leadline.planner.plan import Plan
from leadline.planner.query import Query


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass gave: the snapshot that it read, the columns of all who are kin, their own plans."""

    snapshot: Snapshot
    answer: Answer
    chosen: Mapping[str, Chosen]

    def of(self, plan: Plan) -> Answer:
        """The columns of one question."""
        places = {column.name: i for i, column in enumerate(self.answer.columns)}
        chosen = [places[column.name] for column in plan.columns]
        totals = self.answer.totals
        return replace(
            self.answer,
            columns=tuple(self.answer.columns[i] for i in chosen),
            data=tuple(self.answer.data[i] for i in chosen),
            totals=None if totals is None else {one: totals[one] for one in totals if one in _names(plan)},
        )


def _names(plan: Plan) -> set[str]:
    return {column.name for column in plan.columns}


class Together:
    """Questions that are read together: in the transactions of a sitting, those that are kin in one pass."""

    def __init__(self, sitting: Sitting, questions: Iterable[Asked], clock: Clock, byte_cap: int) -> None:
        self._sitting, self._kin = sitting, kin_of(questions)
        self._clock, self._byte_cap = clock, byte_cap

    async def read(self, asked: Asked, watch: Stopwatch) -> Reading:
        """The answer to one of them. Raises LeadlineError."""
        kin = self._kin.get(asked.keys.cache)
        found = await kin.passed(self._sitting, self._byte_cap) if kin else None
        if found is not None:
            watch.lap("source")
            chosen = found.chosen[asked.keys.cache]
            read = found.of(chosen.plan)
            return reading_of(found.snapshot, asked, chosen, read, clock=self._clock, watch=watch)
        snapshot, chosen, raw = await self._sitting.read(lambda snapshot: self._alone(snapshot, asked, watch))
        watch.lap("source")
        read = await values_of(chosen.plan, raw)  # the transaction reads for the next one meanwhile
        return reading_of(snapshot, asked, chosen, read, clock=self._clock, watch=watch)

    async def _alone(
        self, snapshot: Snapshot, asked: Asked, watch: Stopwatch
    ) -> tuple[Snapshot, Chosen, Raw]:
        chosen = await choose(snapshot, asked, watch)
        return snapshot, chosen, await fetched(snapshot, chosen.plan, self._byte_cap)

    async def leave(self) -> None:
        """One of them is answered, or nobody waits for it any more."""
        await self._sitting.leave()


class Kin:
    """Two or more questions that are kin."""

    def __init__(self, members: Sequence[Asked]) -> None:
        self.members, self._reading = tuple(members), asyncio.Lock()
        self._pass: Pass | None = None
        self._is_over = False

    async def passed(self, sitting: Sitting, byte_cap: int) -> Pass | None:
        """The pass, read now by whoever asks first; None where each must read for itself."""
        async with self._reading:
            if not self._is_over:
                try:
                    self._pass = await sitting.read(lambda snapshot: self._read(snapshot, byte_cap))
                except LeadlineError:
                    self._pass = None  # each will be told of its own, if that is at fault
                self._is_over = True
        return self._pass

    async def _read(self, snapshot: Snapshot, byte_cap: int) -> Pass | None:
        watch = Stopwatch.start()
        chosen = {one.keys.cache: await choose(snapshot, one, watch) for one in self.members}
        together = (await choose(snapshot, self._together(), watch)).plan
        if not _reads_the_same(together, [one.plan for one in chosen.values()]):
            return None
        return Pass(snapshot, await execute(snapshot, together, byte_cap), chosen)

    def _together(self) -> Asked:
        """One question for the metrics of all."""
        first = self.members[0]
        metrics = dict.fromkeys(name for one in self.members for name in one.query.metrics)
        key = "+".join(sorted(one.keys.cache for one in self.members))
        return replace(first, query=replace(first.query, metrics=tuple(metrics)), keys=Keys(key, key))


def _reads_the_same(together: Plan, plans: Sequence[Plan]) -> bool:
    """Whether the pass reads what the questions would read, each by the same way."""
    if together.immature or any(one.layer != together.layer or one.immature for one in plans):
        return False
    return all(
        set(getattr(together, what)) == {name for one in plans for name in getattr(one, what)}
        for what in ("rollups", "edges", "tables")
    )


def kin_of(questions: Iterable[Asked]) -> Mapping[str, Kin]:
    """Who is kin, by the cache keys of those who have any."""
    alike: dict[tuple[int, Query], list[Asked]] = {}
    for one in questions:
        if _is_plain(one.query):
            alike.setdefault((id(one.ready), replace(one.query, metrics=())), []).append(one)
    found = (Kin(members) for members in alike.values() if len(members) > 1)
    return {one.keys.cache: kin for kin in found for one in kin.members}


def _is_plain(query: Query) -> bool:
    """Whether its rows do not depend on its metrics: groups are where a metric counts something, and an open
    range ends with the last row of one."""
    grouped = query.dimensions or query.having or query.sort or query.top or query.subtotals
    return not grouped and not is_open(query.time.range)
