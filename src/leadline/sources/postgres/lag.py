"""How much of the primary's history a replica is known to have.

The primary is sampled now and then: at instant t its log had reached position p. A replica that has replayed
p knows every commit up to t. That holds also when the primary or the stream between them is gone: no newer
sample comes, and the age shows. (`pg_last_xact_replay_timestamp` alone looks old whenever nobody writes, and
a cut stream looks caught up.) Ages are counted on our own clock from the sample on, so that no difference
between the clocks of two servers looks like lag.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

_PAGE = 8192
_HEADERS = (24, 40)
_KEPT = 256
_MOMENT = timedelta(seconds=1)


def position(text: str) -> int:
    """A position in the log (`0/3000028`) as a number.

    Where the log is at rest, the insert position may stand behind the next page's header, which no replica
    reaches before the next record: such a position means the page's beginning.
    """
    high, _, low = text.partition("/")
    number = (int(high, 16) << 32) + int(low, 16)
    return number - number % _PAGE if number % _PAGE in _HEADERS else number


@dataclass(frozen=True, slots=True)
class Sample:
    """The primary's log had reached `position` at instant `at` of its clock (and not before).

    `taken`: just before, on our monotonic clock (seconds). `timeline`: which history the position is of.
    """

    at: datetime
    position: int
    taken: float = 0.0
    timeline: int = 0


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a replica is behind: it knows all up to `known` (the primary's clock), that is `age` old.

    `behind`: bytes of the log that it has not replayed; None where the primary's position is not known.
    """

    known: datetime
    age: timedelta
    behind: int | None

    @property
    def milliseconds(self) -> int:
        """0 where it has all that the primary had a moment ago."""
        if self.behind == 0 and self.age < _MOMENT:
            return 0
        return self.age // timedelta(milliseconds=1)


class History:
    """The latest samples of one primary, oldest first."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_KEPT)

    def add(self, sample: Sample) -> None:
        """Adds a newer sample. After a fail-over positions mean something else: the old ones are dropped."""
        last = self.newest
        if last is not None and (sample.position < last.position or sample.timeline != last.timeline):
            self._samples.clear()
        self._samples.append(sample)

    @property
    def newest(self) -> Sample | None:
        """The last sample, or None before the first."""
        return self._samples[-1] if self._samples else None

    def known_at(self, replayed: int) -> datetime | None:
        """The instant up to which a replica that has replayed to this position knows everything."""
        for sample in reversed(self._samples):
            if sample.position <= replayed:
                return sample.at
        return None

    def lag(self, replayed: int | None, last_commit: datetime | None, now: datetime) -> Lag | None:
        """How far a replica is behind; None where nothing is known.

        `last_commit`: of the last transaction that it replayed. `now`: its clock, used only where the primary
        was never sampled.
        """
        sampled = self.known_at(replayed) if replayed is not None else None
        known = max((at for at in (sampled, last_commit) if at is not None), default=None)
        if known is None:
            return None
        newest = self.newest
        if newest is None:
            return Lag(known, max(now - known, timedelta()), None)
        silent = time.monotonic() - newest.taken
        behind = max(newest.position - (replayed or 0), 0)
        age = newest.at - known + timedelta(seconds=silent)
        return Lag(known, max(age, timedelta()), behind)
