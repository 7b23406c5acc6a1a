"""The total order of rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cmp_to_key
from typing import Any

from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_filters import NONE
from tests.integration.planner.oracle_table import Line

_PLACES = " by its places"
"""Members that an order does not list are equal in it."""
_OTHER = "the member of those left out"
Key = tuple[str, bool, bool]
"""A column, whether descending, and whether its members' stated order holds."""


class Order:
    """The order of a question's lines. `names`: those of the metrics' columns."""

    def __init__(self, facts: Facts, names: list[str], dataset: str) -> None:
        self.facts, self.columns, self.dims = facts, names, list(facts.names)
        self.orders = {name: facts.rows.field(dataset, name).order for name in self.dims}
        self.keys = self._with_others(list(self._asked() if facts.query.get("sort") else self._usual()))

    def sorted(self, lines: list[Line]) -> list[Line]:
        """The lines in order."""
        return sorted(lines, key=cmp_to_key(self._compare))

    def _asked(self) -> Iterator[Key]:
        for one in self.facts.query["sort"]:
            yield one["by"], one.get("desc", False), True
        yield from self._tail()

    def _usual(self) -> Iterator[Key]:
        if self.facts.grain:
            yield "time", False, False
        yield from ((name + _PLACES, False, True) for name in self.dims if self.orders[name])
        if self.dims:
            yield self.facts.query["metrics"][0], True, False
        yield from ((name, False, False) for name in self.dims)

    def _tail(self) -> Iterator[Key]:
        if self.facts.grain:
            yield "time", False, False
        yield from ((name, False, False) for name in self.dims)

    def _with_others(self, keys: list[Key]) -> list[Key]:
        """After all members there. Reading: below the bucket and the other fields that stand first."""
        of = (self.facts.query.get("top") or {}).get("of") or (self.dims[0] if self.dims else "")
        above = {"time", *self.dims} - {of}
        count = next(
            (i for i, (name, _, _) in enumerate(keys) if name.removesuffix(_PLACES) not in above), len(keys)
        )
        return [*keys[:count], (_OTHER, False, False), *keys[count:]]

    def _compare(self, left: Line, right: Line) -> int:
        for key, desc, listed in self.keys:
            found = self._one(key, left, right, listed)
            if found:
                return -found if desc and abs(found) == 1 else found
        return 0

    def _one(self, key: str, left: Line, right: Line, listed: bool) -> int:
        """2 or -2 where one is missing: it comes last either way."""
        name = key.removesuffix(_PLACES)
        values = [self._value(name, line) for line in (left, right)]
        missing = [value is None or (name in self.dims and value == NONE) for value in values]
        if any(missing):
            return 2 * (missing[0] - missing[1])
        order = self.orders.get(name, ()) if listed else ()
        first, second = (
            (order.index(value) if value in order else len(order), *([value] if name == key else []))
            for value in values
        )
        return (first > second) - (first < second)

    def _value(self, name: str, line: Line) -> Any:
        if name == _OTHER:
            return line.other
        if name == "time":
            return line.bucket.start.instant if line.bucket else None
        if name in self.dims:
            return line.group[self.dims.index(name)]
        return line.cells[self.columns.index(name)]
