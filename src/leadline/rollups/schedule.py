"""When a rollup is due: pure, from its `Refresh`, its last refresh and its last failure."""

from __future__ import annotations

from datetime import datetime, timedelta
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


def _period(refresh: Refresh) -> timedelta:
    return timedelta(seconds=refresh.every) if refresh.every else DEFAULT_EVERY


def _next(refresh: Refresh, zone: str, last: datetime) -> datetime:
    if refresh.cron is None:
        return last + _period(refresh)
    local = last.astimezone(ZoneInfo(refresh.zone or zone))
    return next(CronSim(refresh.cron, local))
