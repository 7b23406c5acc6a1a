"""Plans of questions asked a moment ago: the same question over rollups in the same state has the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.planner import BoundModel, make_plan
from leadline.planner.plan import Plan, RollupState
from leadline.planner.query import Query

_MOST = 1_000
_Signature = tuple[tuple[str, bool, bool], ...]


def _signature(states: Mapping[str, RollupState]) -> _Signature:
    """What of the rollups' states decides which of them a plan reads."""
    return tuple(sorted((state.name, state.usable, state.stale) for state in states.values()))


@dataclass
class Plans:
    """The latest plans over one bound model, by cache key. At most `_MOST`."""

    bound: BoundModel
    _kept: OrderedDict[tuple[str, _Signature], Plan] = field(default_factory=OrderedDict)
    _states: Mapping[str, RollupState] = field(default_factory=dict)

    def check(self, query: Query, key: str) -> None:
        """Raises why a question cannot be answered, before anything reaches a database.

        Its plan is made with the states seen last, which are mostly those that will be found.
        """
        self.plan(query, key, self._states)

    def plan(self, query: Query, key: str, states: Mapping[str, RollupState]) -> Plan:
        """The plan of a query (whose cache key is `key`) over rollups in these states."""
        self._states = states
        at = (key, _signature(states))
        found = self._kept.pop(at, None) or make_plan(query, self.bound, states)
        self._kept[at] = found
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return found
