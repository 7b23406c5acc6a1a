"""One amount of time for everything that a question needs: queue, connection, statements, a second try."""

from __future__ import annotations

import re
import time

from leadline.core.errors import LeadlineError

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0}
_SPAN = re.compile(r"(\d+)\s*(ms|s|min)?")


class Budget:
    """So many seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never less than 0."""
        return max(self._end - time.monotonic(), 0.0)

    def part(self, most: float) -> float:
        """What is left, at most `most`. Raises `timeout` where nothing is."""
        left = self.left
        if left <= 0:
            raise out_of_time()
        return min(left, most)


def out_of_time() -> LeadlineError:
    """The time of a question is used up."""
    return LeadlineError(
        "timeout",
        "the database took longer than a question may",
        "Narrow the range or the filters, or add a rollup.",
    )


def seconds_of(text: str) -> float | None:
    """A time setting of PostgreSQL (`200ms`, `60s`, `1min`; bare: milliseconds). None: no limit."""
    found = _SPAN.fullmatch(text.strip())
    seconds = int(found[1]) * _UNITS[found[2] or "ms"] if found else 0.0
    return seconds or None
