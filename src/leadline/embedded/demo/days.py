"""Local days and instants of the demo company. An instant is an int: microseconds since 1970 in UTC.

Plain integers, because a whole history has millions of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAG = 6 * HOUR
"""Winter's distance of the zone from UTC, the larger of the two."""


def instant(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """The aware moment of an instant."""
    return _EPOCH + timedelta(microseconds=at)


@lru_cache(maxsize=8192)
def midnight(day: int) -> int:
    """The first instant of a local day, which is a date's ordinal."""
    local = datetime.combine(date.fromordinal(day), datetime.min.time(), ZONE)
    return instant(local.astimezone(UTC))


def day_of(at: int) -> int:
    """The local day (ordinal) of an instant."""
    day = (at - _LAG) // DAY + _EPOCH_DAY
    return day + 1 if midnight(day + 1) <= at else day


def weekday(day: int) -> int:
    """0 (Monday) to 6 of an ordinal."""
    return (day + 6) % 7


@lru_cache(maxsize=8192)
def is_holiday(day: int) -> bool:
    """New Year, 4 July, Thanksgiving, Christmas Eve and Day."""
    local = date.fromordinal(day)
    fixed = (local.month, local.day) in {(1, 1), (7, 4), (12, 24), (12, 25)}
    thanksgiving = local.month == 11 and local.weekday() == 3 and 22 <= local.day <= 28
    return fixed or thanksgiving


_HOURS = (1, 1, 1, 1, 1, 2, 5, 12, 26, 40, 46, 44, 38, 40, 44, 42, 38, 32, 26, 22, 18, 12, 6, 2)
_TOTAL = sum(_HOURS)


def part_gone(at: int) -> float:
    """How much of its local day's business is usually done by an instant (0 to 1)."""
    into = min((at - midnight(day_of(at))) / HOUR, 23.999)
    hour = int(into)
    return (sum(_HOURS[:hour]) + _HOURS[hour] * (into - hour)) / _TOTAL


def time_of_day(rng: Random) -> int:
    """Microseconds after midnight at which something comes in, most of it by day."""
    pick = rng.random() * _TOTAL
    hour = 0
    while pick >= _HOURS[hour]:
        pick -= _HOURS[hour]
        hour += 1
    return int((hour + pick / _HOURS[hour]) * HOUR)


_RESTS = {5: 0.5, 6: 0.7}
"""Share of what would be signed on a Saturday or Sunday and waits for the week."""


def business_time(rng: Random, at: int, round_the_clock: bool = False) -> int:
    """An instant on the day of `at`, or on the next day on which people sign, in business hours."""
    day = day_of(at)
    if round_the_clock:
        return midnight(day) + time_of_day(rng)
    if weekday(day) > 4 and rng.random() < _RESTS[weekday(day)]:
        day += 7 - weekday(day) + int(4 * rng.random())
    while is_holiday(day):
        day += 1
    return midnight(day) + int((9 + 9.5 * (rng.random() + rng.random()) / 2) * HOUR)
