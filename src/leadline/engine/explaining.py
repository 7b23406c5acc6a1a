"""How an answer comes about: in words, as SQL with its plan, from which rollup, by which rules, how fast.

What is told depends on who asks: nothing that rows of others could be told from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadline.cache import ResultCache
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine.answering import Stopwatch
from leadline.engine.asking import Prepared
from leadline.engine.executing import execute
from leadline.engine.finding import Finding, Found
from leadline.engine.snapshot import Snapshot
from leadline.engine.statements import NO_STATEMENT, explained
from leadline.planner import BoundModel, make_plan
from leadline.planner.canonical import viewer_scope
from leadline.planner.plan import Extent, Plan, Probe, RollupState
from leadline.planner.wording import definitions
from leadline.sources.postgres import Reader, Source

Json = dict[str, Any]
_STATES = {"hit": "hit", "stale": "stale", "old": "miss"}


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explains the questions of an engine. `prepare` is the engine's."""

    prepare: Callable[[object, Viewer], Prepared]
    finding: Finding
    cache: ResultCache | None
    source: Source
    clock: Clock
    byte_cap: int

    async def explain(self, data: object, viewer: Viewer) -> Json:
        """The explanation of a query (beside it `analyze`: the plan as it ran, for admins).

        It is planned and read anew, whatever the cache has. Raises LeadlineError.
        """
        query, analyze = _asked(data, viewer)
        watch = _watch()
        prepared = self.prepare(query, viewer)
        watch.lap("parse")
        [found] = (await self.finding.find([prepared])).found
        watch.lap("cache")
        told = await self.source.read(lambda reader: self._read(reader, prepared, analyze, watch))
        return {**told, "cache": self._cached(prepared, found), "ms": _steps(watch)}

    async def _read(self, reader: Reader, prepared: Prepared, analyze: bool, watch: Stopwatch) -> Json:
        ready, query = prepared.asked.ready, prepared.asked.query
        watch.lap("begin")
        snapshot = Snapshot(reader)
        states = await snapshot.states(ready)
        watch.lap("states")
        plan = await _planned(reader, prepared, states, watch)
        await execute(snapshot, plan, self.byte_cap, watch.lap)
        parts = await explained(reader, plan, analyze=analyze)
        watch.lap("explain")
        known = self.clock.at(reader.as_of).astimezone(plan.moment.zone)
        return {
            "definition": list(definitions(plan, ready.bound)),
            **(parts[0] if parts else NO_STATEMENT),
            "more": parts[1:],
            "layer": plan.layer,
            "node": reader.node,
            "lag_ms": reader.lag_ms,
            "as_of": known.isoformat(timespec="milliseconds"),
            "range": plan.range,
            "rollups": list(_rollups(plan, ready.bound, states)),
            "rules": list(plan.rules),
            "scope": viewer_scope(query.viewer, ready.bound),
        }

    def _cached(self, prepared: Prepared, found: Found) -> Json:
        """What the cache has of the question. `age`: seconds since that was read."""
        keys = prepared.asked.keys
        entry, cache = found.entry, self.cache
        age = round(cache.store.now() - entry.read_at, 3) if cache is not None and entry is not None else None
        state = _STATES[found.freshness] if cache is not None else "off"
        return {"key": keys.cache, "live_key": keys.live, "state": state, "age": age}


def _asked(data: object, viewer: Viewer) -> tuple[object, bool]:
    """The query, and whether its plan is to be measured. Raises `bad_json`, `forbidden`."""
    if not isinstance(data, dict):
        return data, False
    query = {key: value for key, value in data.items() if key != "analyze"}
    analyze = data.get("analyze", False)
    if not isinstance(analyze, bool):
        raise LeadlineError("bad_json", "true or false is needed here.", "Write true or false.", "/analyze")
    if analyze and not viewer.is_admin:
        why = "Only an admin may have a plan measured: it says how many rows there are."
        raise LeadlineError("forbidden", why, "Leave analyze out.", "/analyze")
    return query, analyze


# -- times ------------------------------------------------------------------------------------------


def _watch() -> Stopwatch:
    watch = Stopwatch.start()
    watch.ms = defaultdict(float)
    return watch


def _steps(watch: Stopwatch) -> Json:
    """Milliseconds by step, `plan` all those of the planner, `total` the whole."""
    steps = watch.total()
    planned = sum(value for name, value in steps.items() if name.startswith("plan."))
    return {
        **{name: value for name, value in steps.items() if name != "total"},
        "plan": round(planned, 2),
        "total": steps["total"],
    }


async def _planned(
    reader: Reader, prepared: Prepared, states: Mapping[str, RollupState], watch: Stopwatch
) -> Plan:
    """A plan made anew, step by step."""
    query, bound = prepared.asked.query, prepared.asked.ready.bound

    def told(step: str) -> None:
        watch.lap(f"plan.{step.rpartition('_')[2]}")

    found = make_plan(query, bound, states, told=told)
    if isinstance(found, Probe):
        watch.lap("plan.extent")
        first, last = (await reader.fetch(found.statement))[0]
        watch.lap("extent")
        found = make_plan(query, bound, states, Extent(first, last), told)
    assert isinstance(found, Plan)  # noqa: S101  (with its extent every question has a plan)
    return found


# -- rollups ----------------------------------------------------------------------------------------


def _rollups(plan: Plan, bound: BoundModel, states: Mapping[str, RollupState]) -> Iterator[Json]:
    """Every rollup of the datasets asked: used, or why not."""
    model = bound.model
    metrics = [model.metrics[name] for name in plan.query.metrics]
    asked = {part.dataset for metric in metrics for part in metric.kind.inputs(metric, model)}
    against = {one.rollup: one for one in plan.rejected}
    for rollup in model.rollups.values():
        if rollup.dataset not in asked:
            continue
        reason = against.get(rollup.name)
        used = rollup.name in plan.rollups
        yield {
            "name": rollup.name,
            "used": used,
            "reason": reason.reason if reason and not used else None,
            "detail": reason.detail if reason and not used else _chosen(used),
            "state": _state(states.get(rollup.name), plan.query.viewer),
        }


def _chosen(used: bool) -> str:
    return "it answers exactly, and cheapest" if used else "it answers exactly, but another one is cheaper"


def _state(state: RollupState | None, viewer: Viewer) -> Json | None:
    """How a rollup stands; how much changed since its refresh is for admins."""
    if state is None:
        return None
    told: Json = {
        "usable": state.usable,
        "stale": state.stale,
        "version": state.version,
        "refreshed_at": state.refreshed_at.isoformat() if state.refreshed_at else None,
    }
    return {**told, "touched": len(state.touched)} if viewer.is_admin else told
