"""Plans of questions asked a moment ago: the same question over rollups in the same state has the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from leadline.planner import BoundModel, make_plan
from leadline.planner.plan import Extent, Plan, Probe, RollupState
from leadline.planner.query import Query

_MOST = 1_000
_Signature = tuple[tuple[str, bool, bool, frozenset[datetime | date | None]], ...]
_Key = tuple[str, _Signature, Extent | None]


def _signature(states: Mapping[str, RollupState]) -> _Signature:
    """What of the rollups' states decides which of them a plan reads, and how much of them."""
    ordered = sorted(states.values(), key=lambda state: state.name)
    return tuple((state.name, state.usable, state.stale, state.touched) for state in ordered)


@dataclass
class Plans:
    """The latest plans over one bound model, by cache key. At most `_MOST`."""

    bound: BoundModel
    _kept: OrderedDict[_Key, Plan | Probe] = field(default_factory=OrderedDict)
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
        at = (key, _signature(states), extent)
        found = self._kept.pop(at, None) or make_plan(query, self.bound, states, extent)
        self._kept[at] = found
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return found
