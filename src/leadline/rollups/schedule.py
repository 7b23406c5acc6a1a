"""When a rollup is due: pure, from its `Refresh`, its last refresh and its last failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from leadline.semantic.model import Refresh

DEFAULT_EVERY = timedelta(minutes=5)
_RETRY_FIRST = timedelta(seconds=10)


def due_at(refresh: Refresh, zone: str, last: datetime | None, failed: datetime | None) -> datetime | None:
    """The instant of the next refresh; None: at once, because there never was one.

    `last`, `failed`: instants of the last success and the last failure since then. A failure is tried again
    before the next turn, after a short while.
    """
    if last is None and failed is None:
        return None
    regular = _next(refresh, zone, last) if last is not None else None
    if failed is None:
        return regular
    again = failed + min(_RETRY_FIRST, _period(refresh))
    return min(again, regular) if regular is not None and regular > failed else again


def interval(refresh: Refresh, zone: str, after: datetime) -> timedelta:
    """How long it is from one turn to the next; of cron, between the two turns that follow `after`."""
    if refresh.cron is None:
        return _period(refresh)
    turns = _turns(refresh.cron, refresh.zone or zone, after)
    return -(next(turns) - next(turns))


def trouble(refresh: Refresh, zone: str, last: datetime | None, took: timedelta, now: datetime) -> str | None:
    """What an operator should know of a rollup's pace, in words: it takes too long, or is overdue."""
    if last is None:
        return None
    turn = interval(refresh, zone, last)
    if took > turn:
        return f"its last refresh took {_seconds(took)}, longer than its interval of {_seconds(turn)}"
    if now - last > 2 * turn:
        return f"it is {_seconds(now - last)} old, more than twice its interval of {_seconds(turn)}"
    return None


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():g} s" if length < timedelta(minutes=1) else str(length).partition(".")[0]


def _period(refresh: Refresh) -> timedelta:
    return timedelta(seconds=refresh.every) if refresh.every else DEFAULT_EVERY


def _next(refresh: Refresh, zone: str, last: datetime) -> datetime:
    if refresh.cron is None:
        return last + _period(refresh)
    return next(_turns(refresh.cron, refresh.zone or zone, last))


def _turns(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The turns after an instant, in UTC: wall clocks of one zone compare wrongly when an hour comes twice.

    In the second run of an hour, the turns of the first are over.
    """
    turns = (turn.astimezone(UTC) for turn in CronSim(cron, after.astimezone(ZoneInfo(zone))))
    return (turn for turn in turns if turn > after.astimezone(UTC))
