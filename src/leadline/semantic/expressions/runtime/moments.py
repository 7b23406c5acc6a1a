"""Dates, instants and wall clocks, as PostgreSQL moves between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core import zones
from leadline.core.zones import MICROSECOND
from leadline.semantic.expressions.runtime.failures import NOT_DONE_HERE, EvaluationError
from leadline.semantic.expressions.runtime.numbers import EXACT

MIDNIGHT = time()


def beyond() -> EvaluationError:
    """A date that PostgreSQL may have and Python has not."""
    return EvaluationError(NOT_DONE_HERE, "a date lies outside the years 1 to 9999")


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock: one that exists twice is the second, a missing one moves by the gap."""
    try:
        return zones.instant(local, zone)
    except OverflowError:
        raise beyond() from None


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall clock of an instant."""
    try:
        return zones.wall(moment, zone)
    except OverflowError:
        raise beyond() from None


def begin(day: date) -> datetime:
    """The wall clock at which a date begins."""
    return datetime.combine(day, MIDNIGHT)


def truncated(local: datetime, unit: str) -> datetime:
    """The beginning of the second … year in which a wall clock stands; weeks begin on Monday."""
    if unit in _CLOCK_UNITS:
        return _CLOCK_UNITS[unit](local)
    return begin(_FIRST_DAYS[unit](local.date()))


def truncated_instant(moment: datetime, unit: str, zone: ZoneInfo) -> datetime:
    """The same of an instant, by the wall clock of a zone. Of an hour that exists twice each has its own."""
    local = wall(moment, zone)
    cut = truncated(local, unit)
    return moment - (local - cut) if unit in _CLOCK_UNITS else instant(cut, zone)


def _week(day: date) -> date:
    try:
        return day - timedelta(days=day.weekday())
    except OverflowError:
        raise beyond() from None


_CLOCK_UNITS: Mapping[str, Callable[[datetime], datetime]] = {
    "second": lambda local: local.replace(microsecond=0),
    "minute": lambda local: local.replace(second=0, microsecond=0),
    "hour": lambda local: local.replace(minute=0, second=0, microsecond=0),
}
_FIRST_DAYS: Mapping[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": _week,
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def extracted(part: str) -> Callable[[Any], Decimal]:
    """The function that gives a part of a date or wall clock, as `extract` has it."""
    return _PARTS[part]


def epoch(moment: date | datetime) -> Decimal:
    """Seconds since 1970 in UTC; a date or wall clock is taken as if it stood there."""
    if not isinstance(moment, datetime):
        return Decimal((moment - _EPOCH.date()).days * 86_400)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Decimal((aware - _EPOCH) // MICROSECOND).scaleb(-6, context=EXACT)


def _second(local: datetime) -> Decimal:
    return Decimal(local.second * 1_000_000 + local.microsecond).scaleb(-6, context=EXACT)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS: Mapping[str, Callable[[Any], Decimal]] = {
    "year": lambda day: Decimal(day.year),
    "isoyear": lambda day: Decimal(day.isocalendar().year),
    "quarter": lambda day: Decimal((day.month + 2) // 3),
    "month": lambda day: Decimal(day.month),
    "week": lambda day: Decimal(day.isocalendar().week),
    "day": lambda day: Decimal(day.day),
    "dow": lambda day: Decimal(day.isoweekday() % 7),
    "isodow": lambda day: Decimal(day.isoweekday()),
    "doy": lambda day: Decimal(day.timetuple().tm_yday),
    "hour": lambda local: Decimal(local.hour),
    "minute": lambda local: Decimal(local.minute),
    "second": _second,
    "epoch": epoch,
}
