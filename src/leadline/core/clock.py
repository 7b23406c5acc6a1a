"""What time it is for the product: really, in a story that began at another instant, or standing still.

The only place of floors 0 to 2 that reads the machine's clock. Edges hold a `Clock` and pass instants down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leadline.core.errors import LeadlineError

_STILL, _MOVED, _REAL = "=", "+", "real"
_LAST_MOMENT = timedelta(microseconds=1)


def _bad(text: str) -> LeadlineError:
    return LeadlineError(
        "bad_as_of",
        f"{text!r} is neither an instant nor a date",
        "Write an ISO instant with its offset (2026-11-17T09:15:00-06:00) or a date (2017-12-31).",
    )


def day_end(day: date, zone: str) -> datetime:
    """The last microsecond of `day` in `zone`."""
    following = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return following.astimezone(UTC) - _LAST_MOMENT


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock. `offset`: how far it runs ahead of the real one; `still`: where it stands, if it does."""

    offset: timedelta = timedelta()
    still: datetime | None = None

    @classmethod
    def from_as_of(cls, text: str, zone: str) -> Clock:
        """The clock of `--as-of`: an instant runs from there, a date stands still at that day's end.

        `zone` is the model's. Raises `bad_as_of`.
        """
        try:
            if len(text) == len("2017-12-31"):
                return cls(still=day_end(date.fromisoformat(text), zone))
            instant = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            raise _bad(text) from None
        if instant.tzinfo is None:
            raise _bad(text)
        return cls(offset=instant.astimezone(UTC) - datetime.now(UTC))

    @classmethod
    def from_text(cls, text: str) -> Clock:
        """The clock that `text` was made from. Raises `bad_as_of`."""
        try:
            if text == _REAL:
                return cls()
            if text.startswith(_STILL):
                return cls(still=datetime.fromisoformat(text[1:]).astimezone(UTC))
            return cls(offset=timedelta(seconds=float(text.removeprefix(_MOVED))))
        except (ValueError, OverflowError):
            raise _bad(text) from None

    @property
    def text(self) -> str:
        """The clock as one word, so that another process can be given the same (`from_text`)."""
        if self.still is not None:
            return _STILL + self.still.isoformat()
        return f"{self.offset.total_seconds():+f}" if self.offset else _REAL

    def now(self) -> datetime:
        """The present instant of this clock, in UTC."""
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        """What this clock showed at a real instant, in UTC."""
        return self.still or (real.astimezone(UTC) + self.offset)
