"""Dates, instants and wall clocks, as PostgreSQL moves between them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from leadline.core import zones
from leadline.semantic.expressions.runtime.failures import NOT_DONE_HERE, EvaluationError

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
