"""What an answer relies on: the states of the rollups that gave it, as scores that only ever grow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from leadline.cache.entry import Scores
from leadline.core.ranges import RangeSpec
from leadline.planner import BoundModel
from leadline.planner.plan import Plan, RollupState, Statement, Subtotal

_STALE, _UNUSABLE = 900_000, 999_999
_MANY = 100_000


@dataclass(frozen=True, slots=True)
class Reliance:
    """`scores`: the states of the rollups that were read. `exact`: they tell every change of the answer."""

    scores: Scores
    exact: bool


def score(state: RollupState) -> str:
    """A state as text that only ever grows: refreshes first, then what was written since the last one.

    Within one version writes are only added: more buckets are touched, then nobody knows where any more.
    """
    known = _STALE if state.stale else min(len(state.touched), _MANY)
    rank = known if state.usable else _UNUSABLE
    return f"{state.version:015d}.{rank:06d}"


def scores(states: Mapping[str, RollupState]) -> dict[str, str]:
    """The scores of all rollups."""
    return {name: score(state) for name, state in states.items()}


def reliance(plan: Plan, states: Mapping[str, RollupState], model: BoundModel) -> Reliance:
    """What the answer of a plan relies on.

    It is exact where nothing but rollups was read that hold for this snapshot. A table has no version: a
    write that no rollup stores leaves no mark.
    """
    used = [states[name] for name in sorted(plan.rollups) if name in states]
    whole = bool(used) and len(used) == len(plan.rollups) and not reads_tables(plan, model)
    fresh = all(state.usable and not state.stale and not state.touched for state in used)
    exact = whole and fresh and not _is_open(plan.query.time.range)
    return Reliance(tuple((state.name, score(state)) for state in used), exact)


def _is_open(asked: RangeSpec | None) -> bool:
    """Whether a range has an open end: how far its rows reach was asked of a table."""
    if asked is None or asked.preset == "all":
        return True
    return asked.preset is None and (asked.start is None or asked.end is None)


def reads_tables(plan: Plan, model: BoundModel) -> bool:
    """Whether any statement of a plan names a table of the model, joined and planned ones included."""
    texts = [statement.sql for statement in _statements(plan)]
    return any(_named(table) in text for table in _tables(model) for text in texts)


def _statements(part: object) -> Iterator[Statement]:
    """Every statement of a plan, wherever it stands in it."""
    if isinstance(part, Statement):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _statements(one)
    elif isinstance(part, Plan | Subtotal):
        for known in fields(part):
            yield from _statements(getattr(part, known.name))


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
