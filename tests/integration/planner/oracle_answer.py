"""The oracle's answer put together, and the product's answer read back, so that they can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from leadline.core.result import Column
from leadline.planner import Answer
from tests.integration.planner import oracle_conversion as conversion
from tests.integration.planner.oracle_clock import earlier
from tests.integration.planner.oracle_facts import ALL, Facts
from tests.integration.planner.oracle_metrics import value_type
from tests.integration.planner.oracle_order import Order
from tests.integration.planner.oracle_table import Line, Rounds, Table
from tests.integration.planner.spec import Conversion


@dataclass(frozen=True)
class Expected:
    """What an answer must be: rows as asked, totals by column, subtotals (rows in any order), row numbers."""

    names: list[str]
    rows: list[list[Any]]
    totals: dict[str, Any] | None
    partial: list[int]
    truncated: bool
    immature: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    subtotals: list[tuple[list[str], list[list[Any]]]] = field(default_factory=list)


def rounded(value: Any, scale: int | None) -> Any:
    """A number with so many digits, half away from zero."""
    if not isinstance(value, Fraction) or scale is None:
        return value
    size = 10**scale
    below, rest = divmod(abs(value) * size, 1)
    whole = int(below) + (rest >= Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, size)


def expected(facts: Facts, columns: Sequence[Column] = ()) -> Expected:
    """What the answer must be; numbers rounded to the digits that the columns state, exact without them."""
    if facts.query.get("totals"):
        Table(facts, (), None)  # what totals refuse is refused before a value is read
    table = Table(facts, facts.names, facts.grain)
    names = [name for _, name in table.suffixed()]
    measured = columns[len(columns) - len(names) :]

    def rounds(place: int, cell: Any) -> Any:
        return rounded(cell, measured[place].scale if measured else None)

    lines = table.top(table.having(table.lines(rounds)), rounds)
    ordered = Order(facts, names, table.leaves[0].dataset).sorted(lines)
    offset, limit = facts.query.get("offset", 0), facts.query.get("limit", 10_000)
    kept = ordered[offset : offset + limit]
    partial, immature, other = ([i for i, line in enumerate(kept) if holds(facts, line)] for holds in _NAMED)
    rows = [
        [*([line.bucket.start.instant] if line.bucket else []), *line.group, *line.cells] for line in kept
    ]
    heads = [*(["time"] if facts.grain else []), *facts.names]
    asked = facts.query.get("totals")
    return Expected(
        [*heads, *names],
        rows,
        _totals(facts, rounds) if asked is True else None,
        partial,
        len(ordered) > offset + limit,
        immature,
        other,
        [_subtotal(facts, by, rounds) for by in asked] if isinstance(asked, list) else [],
    )


def _totals(facts: Facts, rounds: Rounds) -> dict[str, Any]:
    """Over all rows that pass the filters, each metric computed anew, whatever its buckets."""
    table = Table(facts, (), None)
    names = [name for _, name in table.suffixed()]
    return {
        name: rounds(i, cell) for i, (name, cell) in enumerate(zip(names, table.cells(ALL, 0), strict=True))
    }


def _subtotal(facts: Facts, by: list[str], rounds: Rounds) -> tuple[list[str], list[list[Any]]]:
    lines = Table(facts, tuple(by), None).lines(rounds)
    return by, sorted(([*line.group, *line.cells] for line in lines), key=_place)


def _place(row: list[Any]) -> str:
    """Where a row of subtotals stands, whose order is not stated; an instant is the same in every zone."""
    return str([one.astimezone(UTC) if isinstance(one, datetime) else one for one in row])


# -- rows that are named --------------------------------------------------------------------------------


def _is_partial(facts: Facts, line: Line) -> bool:
    """A bucket that has begun and is not over, or that the range cuts."""
    if line.bucket is None:
        return False
    start, end, clock = line.bucket.start.instant, line.bucket.end.instant, facts.clock
    asked = facts.range
    cut = (asked.start and asked.start.instant > start) or (asked.end and asked.end.instant < end)
    return bool(cut or (start <= clock.now and clock.known.instant < end))


def _is_immature(facts: Facts, line: Line) -> bool:
    """A cohort that may still grow. Readings: the range cuts a cohort like a bucket; an open one ends now."""
    end = earlier(line.bucket.end if line.bucket else None, facts.range.end)
    metrics = (facts.spec.metrics[name].kind for name in facts.query["metrics"])
    return any(
        conversion.is_immature(kind, facts, end.instant if end else facts.clock.now)
        for kind in metrics if isinstance(kind, Conversion) and kind.by == "cohort"
    )  # fmt: skip


_NAMED = (_is_partial, _is_immature, lambda facts, line: line.other)


# -- columns --------------------------------------------------------------------------------------------


def column_types(facts: Facts) -> list[tuple[str, str, int | None]]:
    """The name, the type and the digits (where they are stated) of each column of a metric."""
    table = Table(facts, facts.names, facts.grain)
    found = []
    for metric, name in table.suffixed():
        type_, scale = value_type(facts.spec, facts.spec.metrics[metric])
        if name.endswith((":percent", ":share")) or ":compound:" in name or ":rolling:" in name:
            type_, scale = "decimal", 10
        plan = ":target" in name and not name.endswith((":percent", ":share"))
        found.append((name, "" if plan else type_, None if plan else scale))
    return found


# -- what came ------------------------------------------------------------------------------------------


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
    by_name = {one.name: one for one in answer.columns}
    totals = answer.totals and {name: read(value, by_name[name]) for name, value in answer.totals.items()}
    return Expected(
        [one.name for one in answer.columns],
        _rows(answer.columns, answer.data, answer.rows),
        totals,
        list(answer.partial_rows),
        answer.truncated,
        list(getattr(answer, "immature_rows", ())),
        list(getattr(answer, "other_rows", ())),
        [_came_subtotal(one) for one in getattr(answer, "subtotals", None) or ()],
    )


def _rows(columns: Sequence[Column], data: Sequence[Sequence[Any]], count: int) -> list[list[Any]]:
    return [[read(data[i][row], column) for i, column in enumerate(columns)] for row in range(count)]


def _came_subtotal(one: Any) -> tuple[list[str], list[list[Any]]]:
    """`{"by", "columns", "data"}`, as a mapping or as a value with these names."""
    by, columns, data = (
        one[key] if isinstance(one, Mapping) else getattr(one, key) for key in ("by", "columns", "data")
    )
    rows = _rows(columns, data, len(data[0]) if data else 0)
    return list(by), sorted(rows, key=_place)


# -- alike ----------------------------------------------------------------------------------------------


def difference(found: Expected, wanted: Expected) -> str:
    """What is not alike, in words; empty where all is."""
    for name, one in vars(wanted).items():
        other = getattr(found, name)
        if alike(other, one):
            continue
        pairs = enumerate(zip(other, one, strict=False)) if name == "rows" else []
        row = next((i for i, (mine, theirs) in pairs if not alike(mine, theirs)), None)
        if row is None:
            return f"{name}: came {other}, expected {one}"
        return f"row {row} of {len(other)} ({len(one)} expected): came {other[row]}, expected {one[row]}"
    return ""


def alike(left: Any, right: Any) -> bool:
    """Equal, but for the last digit of quotients: PostgreSQL rounds to about 16 before we round to 10."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return abs(left - right) <= max(Fraction(1, 10**10), abs(right) / 10**14)
    return bool(left == right)
