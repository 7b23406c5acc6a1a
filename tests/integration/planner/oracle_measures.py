"""Aggregates over facts: what each makes of the values, and of none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.integration.planner.oracle_clock import wall
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.oracle_rows import NUMBERS, Rows, number
from tests.integration.planner.spec import Measure, Row

ZERO = ("count", "sum", "distinct")
"""What is 0 of nothing; all others are null."""


@dataclass(frozen=True, eq=False)
class Fact:
    """A row that an input counts, and its time: an instant, a date, or none. Joins hold by it.

    `own`: the row's own time, whatever is asked.
    """

    dataset: str
    row: Row
    time: datetime | date | None
    own: datetime | date | None = None


def operand(measure: Measure, fact: Fact, rows: Rows) -> Any:
    """The value of a measure in a row: 1 where it counts rows."""
    if measure.operand is None:
        return Fraction(1)
    value = measure.operand.of(rows.says(fact.dataset, fact.row, fact.time))
    if measure.currency and value is not None:
        return _converted(value, fact.row[measure.currency], fact.own, rows)
    return value


def _converted(value: Fraction, currency: str | None, at: datetime | date | None, rows: Rows) -> Any:
    """At the last rate on or before the row's date in the model's zone.

    Readings: the model's own currency needs no rate; a row without currency or without a time has none.
    """
    if currency == rows.spec.currency:
        return value
    if at is None or currency is None:
        raise RefusedError("no_rate")
    day = wall(at, rows.home).date() if isinstance(at, datetime) else at
    into, out = (_rate(one, day, rows) for one in (rows.spec.currency, currency))
    return value * into / out


def _rate(currency: str, day: date, rows: Rows) -> Fraction:
    """Units of a currency for one US dollar."""
    if currency == "USD":
        return Fraction(1)
    found = [one for one in rows.data["rates"] if one["currency"] == currency and one["day"] <= day]
    if not found:
        raise RefusedError("no_rate")
    return number(max(found, key=lambda one: one["day"])["per_usd"]) or Fraction(0)


def aggregate(measure: Measure, facts: Sequence[Fact], rows: Rows) -> Any:
    """The measure over facts, with its empty value. Rows whose operand is null are skipped."""
    values = [(fact, value) for fact in facts if (value := operand(measure, fact, rows)) is not None]
    if measure.aggregate in ("first", "last"):
        return _at_an_end(measure, values, rows)
    return _OF[measure.aggregate]([value for _, value in values], measure)


def _at_an_end(measure: Measure, values: list[tuple[Fact, Any]], rows: Rows) -> Any:
    """By time, then key. Reading: a row without a time is neither first nor last if another has one."""
    values = [one for one in values if one[0].time is not None] or values
    if not values:
        return None

    def place(one: tuple[Fact, Any]) -> tuple[Any, ...]:
        fact = one[0]
        key = fact.row[rows.spec.datasets[fact.dataset].key]
        return (key,) if fact.time is None else (fact.time, key)

    return (min if measure.aggregate == "first" else max)(values, key=place)[1]


def _mean(values: list[Any], measure: Measure) -> Any:
    return sum(values, Fraction(0)) / len(values) if values else None


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction | None:
    """Interpolated between the two nearest (`percentile_cont`)."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


_OF: Mapping[str, Callable[[list[Any], Measure], Any]] = {
    "count": lambda values, measure: Fraction(len(values)),
    "distinct": lambda values, measure: Fraction(len(set(values))),
    "sum": lambda values, measure: sum(values, Fraction(0)),
    "avg": _mean,
    "min": lambda values, measure: min(values, default=None),
    "max": lambda values, measure: max(values, default=None),
    "median": lambda values, measure: quantile(values, Fraction(1, 2)),
    "percentile": lambda values, measure: quantile(values, Fraction(measure.p or "0")),
}


def type_of(measure: Measure) -> tuple[str, int | None]:
    """The type and the digits of a measure's value; None: not stated, or each value has its own."""
    if measure.aggregate in ("count", "distinct"):
        return "integer", None
    if measure.aggregate in ("avg", "median", "percentile"):
        return "decimal", 10
    assert measure.operand
    kind = {"wall": "time", "float": "decimal"}.get(measure.operand.kind, measure.operand.kind)
    if measure.currency:
        return "decimal", None
    return kind, measure.operand.scale if kind in NUMBERS else None
