"""How long Redis may keep one request waiting in all, however often the request asks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Budget:
    """Seconds to be spent on waiting. Waits at the same time are counted once. `clock`: tells seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._left, self._clock = seconds, clock
        self._waiting = 0
        self._since = 0.0

    def left(self) -> float:
        """Seconds that may still be spent; at most what was given, and never below 0."""
        spent = self._clock() - self._since if self._waiting else 0.0
        return max(self._left - spent, 0.0)

    def begin(self) -> None:
        """A wait begins."""
        if not self._waiting:
            self._since = self._clock()
        self._waiting += 1

    def end(self) -> None:
        """A wait is over."""
        self._waiting -= 1
        if not self._waiting:
            self._left -= self._clock() - self._since


_present: ContextVar[Budget | None] = ContextVar("redis_budget", default=None)


def present() -> Budget | None:
    """The budget of the request that runs; None outside of one."""
    return _present.get()


@contextmanager
def spending(budget: Budget | None) -> Iterator[None]:
    """Everything in the block, and every task begun in it, spends from this budget (None: from none)."""
    token = _present.set(budget)
    try:
        yield
    finally:
        _present.reset(token)
