"""The rows of a Result against the rows of hand-written SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.result import Column, Value
from leadline.verify.values import (
    NONE,
    NOTHING,
    as_number,
    numbers_agree,
    ours_as,
    shown,
    theirs_as,
)

Row = Sequence[Any]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two answers differ, with the first differing rows of each side, ready for JSON."""

    why: str
    query_rows: tuple[tuple[Value, ...], ...] = ()
    sql_rows: tuple[tuple[Value, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How to compare. `keys`: how many of the first columns are bucket and dimensions."""

    columns: tuple[Column, ...]
    keys: int
    zone: ZoneInfo
    ordered: bool = False
    tolerance: Decimal = Decimal(0)

    def rows(self, ours: Sequence[Row], theirs: Sequence[Row]) -> Difference | None:
        """The difference between rows of the Result and rows of the SQL, or None."""
        width = len(self.columns)
        if theirs and len(theirs[0]) != width:
            return Difference(f"the query gives {width} columns, the SQL {len(theirs[0])}")
        left = self._in_order(ours, theirs) if self.ordered else self._as_multiset(ours, theirs)
        if not left[0] and not left[1]:
            return None
        return Difference(self._why(ours, theirs, left), _first(left[0]), _first(left[1]))

    def _why(self, ours: Sequence[Row], theirs: Sequence[Row], left: tuple[list[Row], list[Row]]) -> str:
        if len(ours) != len(theirs):
            return f"the query gives {len(ours)} rows, the SQL {len(theirs)}"
        return f"{max(len(left[0]), len(left[1]))} of {len(ours)} rows differ"

    def _in_order(self, ours: Sequence[Row], theirs: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        both = min(len(ours), len(theirs))
        differ = [i for i in range(both) if not self._equal(ours[i], theirs[i])]
        return (
            [*(ours[i] for i in differ), *ours[both:]],
            [*(theirs[i] for i in differ), *theirs[both:]],
        )

    def _as_multiset(self, ours: Sequence[Row], theirs: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        """Each row of the SQL takes an equal row of the Result; what is left over on either side."""
        waiting: dict[Any, list[Row]] = defaultdict(list)
        for row in ours:
            waiting[self._key(row, ours=True)].append(row)
        extra = [row for row in theirs if not self._take(waiting[self._key(row, ours=False)], row)]
        missing = {id(row) for rows in waiting.values() for row in rows}
        return [row for row in ours if id(row) in missing], extra

    def _take(self, waiting: list[Row], theirs: Row) -> bool:
        for position, ours in enumerate(waiting):
            if self._equal(ours, theirs):
                del waiting[position]
                return True
        return False

    def _equal(self, ours: Row, theirs: Row) -> bool:
        return self._key(ours, ours=True) == self._key(theirs, ours=False) and all(
            self._same(i, ours[i], theirs[i]) for i in range(self.keys, len(self.columns))
        )

    def _key(self, row: Row, *, ours: bool) -> tuple[Any, ...]:
        return tuple(self._member(i, row[i], ours) for i in range(self.keys))

    def _member(self, i: int, value: Any, ours: bool) -> Any:
        """A dimension's member: "(none)" and a missing value are the same one."""
        column = self.columns[i]
        if value is None or value == NONE:
            return NOTHING
        found = ours_as(column, value, self.zone) if ours else theirs_as(column, value, self.zone)
        number = as_number(found)
        if number is not None:
            return number.normalize()
        return repr(found) if isinstance(found, list | dict) else found

    def _same(self, i: int, ours: Value, theirs: Any) -> bool:
        column = self.columns[i]
        mine, other = ours_as(column, ours, self.zone), theirs_as(column, theirs, self.zone)
        if isinstance(mine, Decimal) and other is not NOTHING:
            return numbers_agree(column, mine, other, self.tolerance)
        return bool(mine == other)


def _first(rows: list[Row]) -> tuple[tuple[Value, ...], ...]:
    return tuple(tuple(shown(value) for value in row) for row in rows[:_SHOWN])
