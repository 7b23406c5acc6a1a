"""Plans of questions asked a moment ago: the same question over rollups in the same state has the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from leadline.planner import BoundModel, make_plan
from leadline.planner.plan import Extent, Plan, Probe, RollupState
from leadline.planner.query import Query
from leadline.semantic.model import Model

_MOST = 1_000
_Signature = tuple[tuple[str, bool, bool, frozenset[datetime | date | None]], ...]
_Key = tuple[str, _Signature, Extent | None]
_K = TypeVar("_K")
_V = TypeVar("_V")


def _signature(states: Mapping[str, RollupState], names: tuple[str, ...]) -> _Signature:
    """What of the states of these rollups decides which of them a plan reads, and how much of them."""
    known = (states[name] for name in names if name in states)
    return tuple((one.name, one.usable, one.stale, one.touched) for one in known)


@dataclass
class Plans:
    """The latest plans over one bound model, by cache key. At most `_MOST`."""

    bound: BoundModel
    _kept: OrderedDict[_Key, Plan | Probe] = field(default_factory=OrderedDict)
    _concerned: OrderedDict[tuple[str, ...], tuple[str, ...]] = field(default_factory=OrderedDict)
    _states: Mapping[str, RollupState] = field(default_factory=dict)

    def check(self, query: Query, key: str) -> None:
        """Raises why a question cannot be answered, before anything reaches a database.

        Its plan is made with the states seen last, which are mostly those that will be found.
        """
        self.plan(query, key, self._states)

    def plan(
        self, query: Query, key: str, states: Mapping[str, RollupState], extent: Extent | None = None
    ) -> Plan | Probe:
        """The plan of a query (whose cache key is `key`) over rollups in these states.

        A `Probe` where it must be known first how far the rows of an open range reach.
        """
        self._states = states
        at = (key, _signature(states, self._rollups(query.metrics)), extent)
        found = self._kept.pop(at, None) or make_plan(query, self.bound, states, extent)
        _put(self._kept, at, found)
        return found

    def _rollups(self, metrics: tuple[str, ...]) -> tuple[str, ...]:
        """The rollups of the datasets that metrics read: no other one's state matters to them."""
        known = self._concerned.get(metrics)
        if known is None:
            known = tuple(sorted(_rollups_of(metrics, self.bound.model)))
            _put(self._concerned, metrics, known)
        return known


def _rollups_of(metrics: tuple[str, ...], model: Model) -> Iterator[str]:
    asked = [model.metrics[name] for name in metrics if name in model.metrics]
    datasets = {part.dataset for metric in asked for part in metric.kind.inputs(metric, model)}
    return (rollup.name for rollup in model.rollups.values() if rollup.dataset in datasets)


def _put(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    if len(kept) > _MOST:
        kept.popitem(last=False)
