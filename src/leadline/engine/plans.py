"""Plans of questions asked a moment ago: the same question over rollups in the same state has the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from leadline.planner import BoundModel, make_plan
from leadline.planner.plan import Extent, Plan, Probe, RollupState
from leadline.planner.query import Query

_MOST = 1_000
_BY_STATE = frozenset({"disabled", "stale", "range_not_covered"})
"""Why a rollup is not read now, and may be when it is in another state."""
_Signature = tuple[tuple[str, bool, bool, frozenset[datetime | date | None]], ...]
_Key = tuple[str, _Signature, Extent | None]
_K = TypeVar("_K")
_V = TypeVar("_V")


def _signature(states: Mapping[str, RollupState], never: frozenset[str]) -> _Signature:
    """What of the rollups' states decides which of them a plan reads, and how much of them."""
    ordered = sorted(name for name in states if name not in never)
    return tuple((name, one.usable, one.stale, one.touched) for name in ordered for one in (states[name],))


def _never(found: Plan | Probe) -> frozenset[str]:
    """The rollups that do not answer a question, in whatever state they are."""
    rejected = found.rejected if isinstance(found, Plan) else ()
    return frozenset(one.rollup for one in rejected if one.reason not in _BY_STATE)


@dataclass
class Plans:
    """The latest plans over one bound model, by cache key. At most `_MOST`."""

    bound: BoundModel
    _kept: OrderedDict[_Key, Plan | Probe] = field(default_factory=OrderedDict)
    _never: OrderedDict[str, frozenset[str]] = field(default_factory=OrderedDict)
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
        found = self._kept.pop(self._at(key, states, extent), None)
        if found is None:
            found = make_plan(query, self.bound, states, extent)
            _put(self._never, key, _never(found))
        _put(self._kept, self._at(key, states, extent), found)
        return found

    def _at(self, key: str, states: Mapping[str, RollupState], extent: Extent | None) -> _Key:
        return key, _signature(states, self._never.get(key, frozenset())), extent


def _put(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    if len(kept) > _MOST:
        kept.popitem(last=False)
