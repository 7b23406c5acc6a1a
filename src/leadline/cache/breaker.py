"""A circuit breaker: after a failure a server is left alone for a while, then tried by one caller."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Closed while all is well. A failure opens it for `rest` seconds, doubling with each failed trial.

    `most`: the longest rest in seconds. `read_clock`: seconds that only ever grow.
    """

    def __init__(
        self, rest: float = 1.0, most: float = 15.0, read_clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rest, self._most, self._read_clock = rest, most, read_clock
        self._failures = 0
        self._open_until = 0.0
        self._on_trial = False

    @property
    def is_open(self) -> bool:
        """Whether the server has failed and has not yet answered again."""
        return self._failures > 0

    def allow(self) -> bool:
        """Whether this caller may try. After a rest it is one caller: the others go without."""
        if not self._failures:
            return True
        if self._read_clock() < self._open_until:
            return False
        self._on_trial = True
        self._open_until = self._read_clock() + self._rest
        return True

    def succeeded(self) -> None:
        """The server answered: closes it."""
        self._failures, self._on_trial = 0, False

    def failed(self) -> bool:
        """The server did not answer in time. True if that opens it, or keeps it open for longer.

        Callers that were under way when it opened change nothing.
        """
        if self._failures and not self._on_trial:
            return False
        rest = min(self._rest * 2**self._failures, self._most)
        self._failures, self._on_trial = min(self._failures + 1, 16), False
        self._open_until = self._read_clock() + rest
        return True
