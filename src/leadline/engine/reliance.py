"""What an answer relies on: the states of the rollups that gave it, as scores that only ever grow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from leadline.cache.entry import Scores
from leadline.core.ranges import RangeSpec
from leadline.planner import BoundModel
from leadline.planner.plan import Plan, RollupState

_STALE, _UNUSABLE = 900_000, 999_999
_MANY = 100_000


@dataclass(frozen=True, slots=True)
class Reliance:
    """`scores`: the states of the rollups that were read. `exact`: they tell every change of the answer."""

    scores: Scores
    exact: bool


def score(state: RollupState) -> str:
    """A state as text that only ever grows: refreshes first, then what was written since the last one.

    Within one version writes are only added: more buckets are touched, then nobody knows where any more. An
    answer that reads none of the touched ones is as good as its score: what changes later touches one more.
    """
    return f"{state.version:015d}.{_rank(state, min(len(state.touched), _MANY)):06d}"


def edge_score(state: RollupState) -> str:
    """The same for who reads touched buckets from the tables: it grows with every change, wherever it is."""
    thinned, marks = state.edge
    return f"{state.version:015d}.{_rank(state, 0):06d}.{thinned:012d}.{marks:06d}"


def _rank(state: RollupState, known: int) -> int:
    if not state.usable:
        return _UNUSABLE
    return _STALE if state.stale else known


def edge_of(name: str) -> str:
    """The name under which the score of a rollup's edge is published: no rollup can bear it."""
    return f"{name}+"


def scores(states: Mapping[str, RollupState]) -> dict[str, str]:
    """The scores of all rollups and of their edges."""
    edges = {edge_of(name): edge_score(state) for name, state in states.items()}
    return {name: score(state) for name, state in states.items()} | edges


def reliance(plan: Plan, states: Mapping[str, RollupState], model: BoundModel) -> Reliance:
    """What the answer of a plan relies on.

    It is exact where nothing but rollups was read that hold for this snapshot, and buckets of their tables
    whose changes they notice. Any other table has no version: a write that no rollup stores leaves no mark.
    """
    used = [states[name] for name in sorted(plan.rollups) if name in states]
    whole = bool(used) and len(used) == len(plan.rollups) and not _reads_others(plan, model)
    fresh = all(
        state.usable and not state.stale and (state.watched or state.name not in plan.edges) for state in used
    )
    exact = whole and fresh and not is_open(plan.query.time.range)
    return Reliance(tuple(_relied(state, plan) for state in used), exact)


def _relied(state: RollupState, plan: Plan) -> tuple[str, str]:
    if state.name in plan.edges:
        return edge_of(state.name), edge_score(state)
    return state.name, score(state)


def _reads_others(plan: Plan, model: BoundModel) -> bool:
    """Whether tables are read whose changes no rollup of the plan notices.

    What a rollup's edge reads, fields, filters and rules included, the rollup stores: so its marks tell it.
    """
    if plan.edges:
        return plan.aside or plan.layer == "base"
    return reads_tables(plan, model)


def is_open(asked: RangeSpec | None) -> bool:
    """Whether a range has an open end: how far its rows reach was asked of a table."""
    if asked is None or asked.preset == "all":
        return True
    return asked.preset is None and (asked.start is None or asked.end is None)


def reads_tables(plan: Plan, model: BoundModel) -> bool:
    """Whether any statement of a plan names a table of the model, joined and planned ones included."""
    tables = tuple(_tables(model))
    return any(_names_any(one.sql, tables) for one in plan.statements)


@lru_cache(maxsize=4_000)
def _names_any(sql: str, tables: tuple[str, ...]) -> bool:
    """Whether a statement names one of the tables; remembered, since it is asked at every reading."""
    return any(_named(table) in sql for table in tables)


def _tables(model: BoundModel) -> Iterator[str]:
    known = model.model
    yield from (dataset.table for dataset in known.datasets.values())
    yield from (target.table for target in known.targets.values())
    if known.currency_rates is not None:
        yield known.currency_rates.table


def _named(table: str) -> str:
    """A table as the statements name it."""
    schema, _, bare = table.rpartition(".")
    return '"{}"."{}"'.format(*(part.replace('"', '""') for part in (schema or "public", bare)))


def data_version(relied: Reliance, as_of: int) -> str:
    """The version of the data of an answer: equal for equal states; where they do not tell all, its own."""
    facts = [f"{name}:{value}" for name, value in relied.scores]
    own = () if relied.exact else (str(as_of),)
    return hashlib.sha256("\n".join([*facts, *own]).encode()).hexdigest()[:12]
