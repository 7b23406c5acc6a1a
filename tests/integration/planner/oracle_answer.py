"""The oracle's answer: rows, order, totals and partial buckets, put together from what it found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from leadline.core.result import Column
from leadline.planner import Answer
from tests.integration.planner.oracle import Oracle
from tests.integration.planner.oracle_data import MEASURES, METRICS, ZERO, Row, aggregate, instant
from tests.integration.planner.oracle_filters import NONE
from tests.integration.planner.oracle_times import floor, unit

Key = tuple[tuple[Any, ...], datetime | None]
Found = Mapping[Key, list[Row]]


@dataclass(frozen=True)
class Expected:
    """What an answer must be: rows as asked, totals by column, numbers of partial rows."""

    names: list[str]
    rows: list[list[Any]]
    totals: dict[str, Any] | None
    partial: list[int]
    truncated: bool


def rounded(value: Any, scale: int | None) -> Any:
    """A number with so many digits, half away from zero."""
    if not isinstance(value, Fraction) or scale is None:
        return value
    size = 10**scale
    below, rest = divmod(abs(value) * size, 1)
    whole = int(below) + (rest >= Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, size)


class Table:
    """The values by group and bucket, for one grain and one set of dimensions."""

    def __init__(self, oracle: Oracle, grain: str | None, grouped: bool) -> None:
        self.oracle, self.grain, self.grouped = oracle, grain, grouped
        query = oracle.query
        self.parts = list(dict.fromkeys(part for one in query["metrics"] for part in METRICS[one][0]))
        self.compares = [one for one in query.get("compare", []) if one["to"] != "target"]
        self.own = {part: self._own(part, False) for part in self.parts}
        self.cut = {part: self._own(part, True) for part in self.parts}
        self.earlier = {
            (part, i): self._earlier(part, one) for i, one in enumerate(self.compares) for part in self.parts
        }

    def _key(self, row: Row, part: str, bucket: datetime | None) -> Key:
        return (self.oracle.group(row, MEASURES[part].dataset) if self.grouped else (), bucket)

    def _own(self, part: str, cut: bool) -> Found:
        measure = MEASURES[part]
        rows = self.oracle.own_rows(measure)
        rows = self.oracle.up_to_now(measure, rows, self.grain) if cut else rows
        time = self.oracle.time_of(measure)
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in rows:
            if measure.where(row):
                bucket = self.oracle.bucket(row[time], self.grain) if self.grain and time else None
                found[self._key(row, part, bucket)].append(row)
        return found

    def _earlier(self, part: str, compare: Mapping[str, Any]) -> Found:
        found: dict[Key, list[Row]] = defaultdict(list)
        for bucket, row in self.oracle.earlier_rows(MEASURES[part], compare, self.grain):
            if MEASURES[part].where(row):
                found[self._key(row, part, bucket)].append(row)
        return found

    # -- which rows ---------------------------------------------------------------------------------

    def buckets(self) -> list[datetime | None]:
        if self.grain is None:
            return [None]
        seen = [bucket for found in self.own.values() for _, bucket in found if bucket]
        span = self.oracle.range
        first = floor(span.start.local, self.grain) if span.start else min(seen, default=None)
        last = span.end.local if span.end else max(seen, default=None)
        made: list[datetime | None] = []
        while first is not None and last is not None and (first < last or (first == last and not span.end)):
            made.append(first)
            first = unit(self.grain).on(first)
        return made

    def groups(self) -> list[Key]:
        seen = {group for found in (*self.own.values(), *self.earlier.values()) for group, _ in found}
        groups = seen | self.oracle.members(seen) if self.grouped and self.oracle.dims else {()}
        return [(group, bucket) for group in groups for bucket in self.buckets()]

    # -- values -------------------------------------------------------------------------------------

    def value(self, metric: str, rows: Callable[[str], Found], key: Key, own: bool) -> Any:
        names, combine = METRICS[metric]
        inputs = []
        for name in names:
            found = rows(name).get(key, [])
            unknown = own and not found and self._is_future(key[1]) and MEASURES[name].aggregate in ZERO
            inputs.append(None if unknown else aggregate(MEASURES[name], found))
        return combine(*inputs)

    def _is_future(self, bucket: datetime | None) -> bool:
        return bucket is not None and bucket > self.oracle.here

    def cells(self, metric: str, key: Key) -> Iterator[Any]:
        own = self.value(metric, self.own.__getitem__, key, True)
        yield own
        position = -1
        for compare in self.oracle.query.get("compare", []):
            shape = compare.get("as", "value")
            if compare["to"] == "target":
                other = self.oracle.planned(metric, compare, key[0], key[1]) if self._plannable() else None
                yield _shaped(shape, own, other)
                continue
            position += 1
            index = position
            other = self._other(metric, index, compare, key)
            mine = own
            if shape != "value" and compare.get("cut", True):
                mine = self.value(metric, self.cut.__getitem__, key, True)
            yield _shaped(shape, mine, other)

    def _plannable(self) -> bool:
        return True

    def _other(self, metric: str, index: int, compare: Mapping[str, Any], key: Key) -> Any:
        move, bucket = self.oracle.move(compare, self.grain), key[1]
        if bucket and self.grain in ("day", "week") and move.on(move.back(bucket)) != bucket:
            return None
        return self.value(metric, lambda part: self.earlier[part, index], key, False)


def _shaped(shape: str, own: Any, other: Any) -> Any:
    if shape == "value":
        return other
    if own is None or other is None:
        return None
    if shape == "change":
        return own - other
    below = abs(other) if shape == "percent" else other
    return (own - other if shape == "percent" else own) / below if below else None


# -- the whole answer -------------------------------------------------------------------------------


def expected(oracle: Oracle, columns: Sequence[Column]) -> Expected:
    """What the answer must be; numbers rounded to the digits that the columns state."""
    table = Table(oracle, oracle.grain, True)
    keyed = []
    for group, bucket in table.groups():
        head = ([bucket] if oracle.grain else []) + list(group)
        cells = [cell for metric in oracle.query["metrics"] for cell in table.cells(metric, (group, bucket))]
        values = [rounded(value, one.scale) for value, one in zip(head + cells, columns, strict=True)]
        keyed.append(values)
    ordered = sorted(keyed, key=cmp_to_key(_Order(oracle, columns).compare))
    offset, limit = oracle.query.get("offset", 0), oracle.query.get("limit", 10_000)
    kept = ordered[offset : offset + limit]
    partial = [i for i, row in enumerate(kept) if oracle.grain and _is_partial(oracle, row[0])]
    rows = [_instants(oracle, row) for row in kept]
    names = [one.name for one in columns]
    return Expected(names, rows, _totals(oracle, columns), partial, len(ordered) > offset + limit)


def _totals(oracle: Oracle, columns: Sequence[Column]) -> dict[str, Any] | None:
    if not oracle.query.get("totals"):
        return None
    dims, oracle.dims, grain, oracle.grain = oracle.dims, [], oracle.grain, None
    table = Table(oracle, None, False)
    cells = [cell for metric in oracle.query["metrics"] for cell in table.cells(metric, ((), None))]
    oracle.dims, oracle.grain = dims, grain
    measured = columns[len(columns) - len(cells) :]
    return {one.name: rounded(cell, one.scale) for one, cell in zip(measured, cells, strict=True)}


def _instants(oracle: Oracle, row: list[Any]) -> list[Any]:
    return [instant(row[0], oracle.zone), *row[1:]] if oracle.grain else row


def _is_partial(oracle: Oracle, bucket: datetime) -> bool:
    after = unit(oracle.grain or "day").on(bucket)
    span = oracle.range
    cut = (span.start and span.start.local > bucket) or (span.end and span.end.local < after)
    running = bucket <= oracle.here < after and oracle.up_to(oracle.now).local < after
    return bool(cut or running)


_PLACES = " by its places"
"""Members that an order does not list are equal in it."""


class _Order:
    """The total order of rows."""

    def __init__(self, oracle: Oracle, columns: Sequence[Column]) -> None:
        self.oracle = oracle
        self.names = [one.name for one in columns]
        self.heads = [one["field"] for one in oracle.dims]
        self.keys = list(self._asked() if oracle.query.get("sort") else self._usual())
        dataset = MEASURES[METRICS[oracle.query["metrics"][0]][0][0]].dataset
        self.orders = {name: oracle.fields.find(dataset, name).order for name in self.heads}

    def _asked(self) -> Iterator[tuple[str, bool, bool]]:
        for one in self.oracle.query["sort"]:
            yield one["by"], one.get("desc", False), True
        if self.oracle.grain:
            yield "time", False, False
        yield from ((name, False, False) for name in self.heads)

    def _usual(self) -> Iterator[tuple[str, bool, bool]]:
        dataset = MEASURES[METRICS[self.oracle.query["metrics"][0]][0][0]].dataset
        if self.oracle.grain:
            yield "time", False, False
        for name in self.heads:
            if self.oracle.fields.find(dataset, name).order:
                yield name + _PLACES, False, True
        if self.heads:
            yield self.oracle.query["metrics"][0], True, False
        yield from ((name, False, False) for name in self.heads)

    def compare(self, left: list[Any], right: list[Any]) -> int:
        for key, desc, listed in self.keys:
            name = key.removesuffix(_PLACES)
            position = self.names.index(name)
            found = self._one(name, left[position], right[position], listed, name == key)
            if found:
                return -found if desc and abs(found) == 1 else found
        return 0

    def _one(self, name: str, left: Any, right: Any, listed: bool, by_value: bool) -> int:
        """2 or -2 where one is missing: it comes last either way."""
        missing = [value is None or (name in self.heads and value == NONE) for value in (left, right)]
        if any(missing):
            return 2 * (missing[0] - missing[1])
        order = self.orders.get(name, ()) if listed else ()
        first, second = (
            (order.index(value) if value in order else len(order), *([value] if by_value else []))
            for value in (left, right)
        )
        return (first > second) - (first < second)


# -- what came ----------------------------------------------------------------------------------------


def read(value: Any, column: Column) -> Any:
    """A value of an answer as the oracle has it."""
    if value is None:
        return None
    if column.type in ("integer", "decimal"):
        return Fraction(str(value))
    if column.type == "time":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column.type == "date" else value


def came(answer: Answer) -> Expected:
    """An answer as the oracle has it."""
    rows = [
        [read(answer.data[i][number], column) for i, column in enumerate(answer.columns)]
        for number in range(answer.rows)
    ]
    by_name = {one.name: one for one in answer.columns}
    totals = answer.totals and {name: read(value, by_name[name]) for name, value in answer.totals.items()}
    names = [one.name for one in answer.columns]
    return Expected(names, rows, totals, list(answer.partial_rows), answer.truncated)


# -- alike --------------------------------------------------------------------------------------------


def alike(left: Any, right: Any) -> bool:
    """Equal, but for the last digit of quotients: PostgreSQL rounds to about 16 before we round to 10."""
    if isinstance(left, Expected):
        return alike(list(vars(left).values()), list(vars(right).values()))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return abs(left - right) <= max(Fraction(1, 10**10), abs(right) / 10**14)
    return bool(left == right)
