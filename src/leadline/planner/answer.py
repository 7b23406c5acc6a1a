"""The rows of a database as the values of a Result: typed, formatted, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.result import Column, Value
from leadline.core.zones import iso
from leadline.planner.plan import Plan, Subtotal

_WHOLE = 2**53


Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SubtotalRows:
    """Sums by some of the dimensions: `by`, typed columns, and values by column."""

    by: tuple[str, ...]
    columns: tuple[Column, ...]
    data: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of a Result; `columns` with the digits that the data turned out to have."""

    columns: tuple[Column, ...]
    data: tuple[tuple[Value, ...], ...]
    rows: int
    totals: dict[str, Value] | None
    partial_rows: tuple[int, ...]
    truncated: bool
    immature_rows: tuple[int, ...] = ()
    other_rows: tuple[int, ...] = ()
    subtotals: tuple[SubtotalRows, ...] = ()


def read_answer(
    plan: Plan, rows: Rows, totals: Sequence[Any] | None = None, subtotals: Sequence[Rows] = ()
) -> Answer:
    """The answer that the statements of a plan gave: `rows`, the one of `totals`, and each of `subtotals`.

    Raises `no_rate` where money had no rate.
    """
    _check_rates([*rows[:1], *([totals] if totals else []), *(one[0] for one in subtotals if one)])
    kept = rows[: plan.query.limit]
    sums = totals[:-_EXTRA] if totals else None
    columns = _sized(plan.columns, kept, sums)
    return Answer(
        columns,
        tuple(_column(plan, column, i, kept) for i, column in enumerate(columns)),
        len(kept),
        _totals(plan, columns, sums),
        _places(plan, kept, lambda place: plan.buckets[place - 1].partial) if plan.buckets else (),
        len(rows) > len(kept),
        _immature(plan, kept),
        tuple(i for i, row in enumerate(kept) if row[-_EXTRA]),
        tuple(_subtotal(plan, one, found) for one, found in zip(plan.subtotals, subtotals, strict=True)),
    )


_EXTRA = 2
"""Columns behind those of the answer: whether it is the group of others, how many values had no rate."""


def _check_rates(rows: Rows) -> None:
    if any(row[-1] for row in rows):
        raise LeadlineError(
            "no_rate",
            "Money of a currency was met for whose day there is no rate.",
            "Add rates from the first day on, or filter by the currency.",
        )


def _places(plan: Plan, rows: Rows, test: Callable[[int], bool]) -> tuple[int, ...]:
    """The rows whose bucket's place fits a test."""
    return tuple(i for i, row in enumerate(rows) if test(row[0]))


def _immature(plan: Plan, rows: Rows) -> tuple[int, ...]:
    if not plan.immature:
        return ()
    if not plan.buckets:
        return tuple(range(len(rows)))
    return _places(plan, rows, lambda place: place in plan.immature)


def _subtotal(plan: Plan, one: Subtotal, rows: Rows) -> SubtotalRows:
    columns = _sized(one.columns, rows, None)
    data = tuple(_column(plan, column, i, rows) for i, column in enumerate(columns))
    return SubtotalRows(one.by, columns, data)


def _column(plan: Plan, column: Column, i: int, rows: Rows) -> tuple[Value, ...]:
    if column.grain is not None:
        return tuple(plan.buckets[row[i] - 1].start for row in rows)
    return tuple(_value(plan, column, row[i]) for row in rows)


def _sized(columns: Sequence[Column], rows: Rows, totals: Sequence[Any] | None) -> tuple[Column, ...]:
    """The columns, decimals with the digits of their type, else with the most that any value has."""
    behind = len(columns) - len(totals) if totals is not None else 0
    found = []
    for i, column in enumerate(columns):
        values = [row[i] for row in rows]
        values += [totals[i - behind]] if totals is not None and i >= behind else []
        found.append(_with_scale(column, values))
    return tuple(found)


def _with_scale(column: Column, values: Sequence[Any]) -> Column:
    if column.type != "decimal" or column.scale is not None:
        return column
    return replace(column, scale=max((_scale(one) for one in values if one is not None), default=0))


def _scale(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _totals(plan: Plan, columns: Sequence[Column], totals: Sequence[Any] | None) -> dict[str, Value] | None:
    if totals is None:
        return None
    measured = columns[len(columns) - len(totals) :]
    return {one.name: _value(plan, one, value) for one, value in zip(measured, totals, strict=True)}


def _value(plan: Plan, column: Column, value: Any) -> Value:
    return None if value is None else _FORMS[column.type](plan, column, value)


def _integer(plan: Plan, column: Column, value: Any) -> Value:
    whole = int(value)
    return whole if abs(whole) <= _WHOLE else str(whole)


def _decimal(plan: Plan, column: Column, value: Any) -> Value:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        return None
    shown = f"{number:.{column.scale or 0}f}"
    return shown.removeprefix("-") if not shown.strip("-0.") else shown


def _time(plan: Plan, column: Column, value: Any) -> Value:
    moment: datetime = value
    return iso(moment, plan.moment.zone)


def _date(plan: Plan, column: Column, value: Any) -> Value:
    day: date = value
    return day.isoformat()


_FORMS: Mapping[str, Callable[[Plan, Column, Any], Value]] = {
    "text": lambda plan, column, value: str(value),
    "integer": _integer,
    "decimal": _decimal,
    "boolean": lambda plan, column, value: bool(value),
    "date": _date,
    "time": _time,
}
