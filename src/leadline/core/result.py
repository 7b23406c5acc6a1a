"""The answer to a query: typed columns, columnar values ready for JSON, and how they came about.

Shapes and words are those of `docs/reference/contract.md` (Result) and `docs/reference/query.md` (Values).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Value = str | int | bool | None
"""A value as it travels: a decimal is text, an instant ISO text, a date `2017-12-31`."""

CacheState = Literal["hit", "miss", "stale", "live"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a Result; absent facts are None and left out of the JSON."""

    name: str
    field: str
    type: str
    label: str
    unit: str | None = None
    scale: int | None = None
    grain: str | None = None
    time: str | None = None
    compares: str | None = None
    to: str | None = None
    as_: str | None = None
    range: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The column as the contract has it."""
        pairs = {name: getattr(self, name) for name in self.__slots__}
        pairs["as"] = pairs.pop("as_")
        return {key: value for key, value in pairs.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Which layer and node gave the data; `lag_ms` is the node's replay lag."""

    layer: str
    cache: CacheState = "miss"
    rollup: str | None = None
    node: str | None = None
    lag_ms: int | None = None

    def to_json(self) -> dict[str, Any]:
        """All five facts, null where there is none."""
        return {name: getattr(self, name) for name in ("cache", "layer", "rollup", "node", "lag_ms")}


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a rollup was not used: a named reason of the model's list, and the detail in words."""

    rollup: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Subtotals:
    """Sums by some of the dimensions (`by`, as asked): typed columns, and columnar values."""

    by: tuple[str, ...]
    columns: tuple[Column, ...]
    data: tuple[tuple[Value, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """As `docs/reference/query.md` has it."""
        return {
            "by": list(self.by),
            "columns": [column.to_json() for column in self.columns],
            "data": [list(values) for values in self.data],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """What a query answers. `data` is columnar; `rows` its length. See `docs/reference/contract.md`."""

    columns: tuple[Column, ...]
    data: tuple[tuple[Value, ...], ...]
    rows: int
    now: str
    as_of: str
    range: dict[str, Any] | None
    served_by: ServedBy
    totals: dict[str, Value] | None = None
    subtotals: tuple[Subtotals, ...] | None = None
    partial_rows: tuple[int, ...] = ()
    immature_rows: tuple[int, ...] = ()
    other_rows: tuple[int, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    rules: tuple[str, ...] = ()
    truncated: bool = False
    key: str = ""
    data_version: str = ""
    ms: dict[str, float] = field(default_factory=dict)

    def cached(self, state: CacheState, ms: dict[str, float]) -> Result:
        """The same answer, served from the cache in `ms`."""
        return replace(self, served_by=replace(self.served_by, cache=state), ms=ms)

    def to_json(self) -> dict[str, Any]:
        """The Result as the contract has it."""
        answer: dict[str, Any] = {
            "columns": [column.to_json() for column in self.columns],
            "data": [list(values) for values in self.data],
            "rows": self.rows,
        }
        if self.totals is not None:
            answer["totals"] = self.totals
        if self.subtotals is not None:
            answer["subtotals"] = [one.to_json() for one in self.subtotals]
        return answer | {
            "now": self.now,
            "as_of": self.as_of,
            "range": self.range,
            "partial_rows": list(self.partial_rows),
            "immature_rows": list(self.immature_rows),
            "other_rows": list(self.other_rows),
            "served_by": self.served_by.to_json(),
            "rejected": [{"rollup": r.rollup, "reason": r.reason, "detail": r.detail} for r in self.rejected],
            "rules": list(self.rules),
            "truncated": self.truncated,
            "key": self.key,
            "data_version": self.data_version,
            "ms": self.ms,
        }
