"""How much of the primary's history a replica is known to have.

The primary is sampled now and then: at instant t its log had reached position p. A replica that has replayed
p knows every commit up to t. That holds also when the primary or the stream between them is gone: no newer
sample comes, and the age shows. (`pg_last_xact_replay_timestamp` alone looks old whenever nobody writes, and
a cut stream looks caught up.)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

_PAGE = 8192
_HEADERS = (24, 40)
_KEPT = 256


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
    """The primary's log had reached `position` at instant `at` of its clock (and not before)."""

    at: datetime
    position: int


class History:
    """The latest samples of one primary, oldest first."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_KEPT)

    def add(self, sample: Sample) -> None:
        """Adds a newer sample. After a fail-over positions may go back: then the old ones mean nothing."""
        if self._samples and sample.position < self._samples[-1].position:
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
