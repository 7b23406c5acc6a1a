"""Instants and wall clocks: a local time that exists twice is the second, a missing one moves by the gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from leadline.core.errors import LeadlineError, shown

MICROSECOND = timedelta(microseconds=1)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(name: object, at: str = "") -> ZoneInfo:
    """The zone of an IANA name, else `unknown_zone`."""
    if not isinstance(name, str) or name not in _names():
        raise LeadlineError(
            "unknown_zone",
            f"{shown(name)} is no IANA time zone.",
            "Use a name such as Europe/Berlin or UTC.",
            at,
        )
    return ZoneInfo(name)


def instant(local: datetime, where: ZoneInfo) -> datetime:
    """The instant (in UTC) of a wall clock `local` (naive) in a zone."""
    first = local.replace(tzinfo=where, fold=0)
    second = local.replace(tzinfo=where, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    twice = before is not None and after is not None and before > after
    return (second if twice else first).astimezone(UTC)


def first_instant(local: datetime, where: ZoneInfo) -> datetime:
    """The first instant (in UTC) at which the clock shows `local` or, where that is missing, later."""
    first = local.replace(tzinfo=where, fold=0)
    before, after = first.utcoffset(), local.replace(tzinfo=where, fold=1).utcoffset()
    if before is None or after is None or before >= after:
        return first.astimezone(UTC)
    return (first.replace(tzinfo=UTC) - before).replace(tzinfo=UTC)  # the gap moves it forward


def wall(moment: datetime, where: ZoneInfo) -> datetime:
    """The wall clock (naive) of an instant in a zone."""
    return moment.astimezone(where).replace(tzinfo=None, fold=0)


def iso(moment: datetime, where: ZoneInfo) -> str:
    """The instant as ISO text with the zone's offset then; milliseconds only where there are any."""
    shown = moment.astimezone(where)
    if not shown.microsecond:
        return shown.isoformat(timespec="seconds")
    return shown.isoformat(timespec="microseconds" if shown.microsecond % 1000 else "milliseconds")


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range: the wall clock `local` (naive, in the asked zone) and its `instant` (UTC).

    `whole_day`: what has only a date counts to the end of the bound's day ("up to now" includes today).
    """

    local: datetime
    instant: datetime
    whole_day: bool = False

    @property
    def day(self) -> date:
        """The first date that lies beyond the bound; a date begins at midnight."""
        day = self.local.date()
        at_midnight = self.local.time() == self.local.time().min
        return day if at_midnight and not self.whole_day else day + timedelta(days=1)

    @classmethod
    def of_local(cls, local: datetime, where: ZoneInfo) -> Bound:
        """The bound at a wall clock."""
        return cls(local, instant(local, where))

    @classmethod
    def of_day(cls, local: datetime, where: ZoneInfo) -> Bound:
        """The bound of a day's first instant (`local`: its midnight): of two midnights the first."""
        return cls(local, first_instant(local, where))

    @classmethod
    def of_instant(cls, moment: datetime, where: ZoneInfo) -> Bound:
        """The bound at an instant."""
        return cls(wall(moment, where), moment.astimezone(UTC))
