"""The rows of a database as the values of a Result: typed, formatted, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from leadline.core.grain import step
from leadline.core.result import Column, Value
from leadline.core.zones import Bound, iso
from leadline.planner.plan import Plan
from leadline.planner.steps.times import MAX_BUCKETS, too_many_buckets

_WHOLE = 2**53


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of a Result; `columns` with the digits that the data turned out to have."""

    columns: tuple[Column, ...]
    data: tuple[tuple[Value, ...], ...]
    rows: int
    totals: dict[str, Value] | None
    partial_rows: tuple[int, ...]
    truncated: bool


def read_answer(plan: Plan, rows: Sequence[Sequence[Any]], totals: Sequence[Any] | None) -> Answer:
    """The answer that `plan.rows` (and the one row of `plan.totals`) gave."""
    kept = rows[: plan.query.limit]
    _check_buckets(plan, rows)
    scales = [_digits(plan, i, column, kept, totals) for i, column in enumerate(plan.columns)]
    columns = tuple(_with_scale(column, scale) for column, scale in zip(plan.columns, scales, strict=True))
    data = tuple(tuple(_value(plan, column, row[i]) for row in kept) for i, column in enumerate(columns))
    return Answer(
        columns, data, len(kept), _totals(plan, columns, totals), _partial(plan, kept), len(rows) > len(kept)
    )


def _check_buckets(plan: Plan, rows: Sequence[Sequence[Any]]) -> None:
    """Only an open range can give too many buckets here; others are refused before."""
    if plan.grain and len(rows) > MAX_BUCKETS and len({row[0] for row in rows}) > MAX_BUCKETS:
        raise too_many_buckets()


def _digits(
    plan: Plan, i: int, column: Column, rows: Sequence[Sequence[Any]], totals: Sequence[Any] | None
) -> int | None:
    """The digits of a decimal: those of its type, else the most that any value has."""
    if column.type != "decimal" or column.scale is not None:
        return column.scale
    values = [row[i] for row in rows]
    first = len(plan.columns) - len(totals) if totals is not None else 0
    if totals is not None and i >= first:
        values.append(totals[i - first])
    return max((_scale(value) for value in values if value is not None), default=0)


def _scale(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _with_scale(column: Column, scale: int | None) -> Column:
    parts = {name: getattr(column, name) for name in Column.__slots__}
    return Column(**{**parts, "scale": scale})


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


def _partial(plan: Plan, rows: Sequence[Sequence[Any]]) -> tuple[int, ...]:
    """The rows whose bucket has begun but is not over, or is cut by the range."""
    if plan.grain is None:
        return ()
    return tuple(i for i, row in enumerate(rows) if _is_partial(plan, row[0]))


def _is_partial(plan: Plan, bucket: datetime) -> bool:
    moment, span, grain = plan.moment, plan.span, plan.grain or "day"
    start = moment.floor(Bound.of_instant(bucket, moment.zone), grain).local
    after = _end_of(start, grain)
    cut = (span.start is not None and span.start.local > start) or (
        span.end is not None and span.end.local < after
    )
    running = start <= moment.now.local < after and moment.end.local < after
    return cut or running


def _end_of(start: datetime, grain: str) -> datetime:
    try:
        return step(grain).forward(start)
    except (OverflowError, ValueError):
        return datetime.max  # the last bucket of the calendar
