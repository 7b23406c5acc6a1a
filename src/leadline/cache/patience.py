"""How long a wait has taken: time in which we were busy ourselves is not held against whom we wait for."""

from __future__ import annotations

import asyncio
import time
from typing import Any

_STEP, _LATE = 0.01, 0.013


class Patience:
    """A clock that goes in steps, and ends what takes too long by it.

    A step that comes much too late counts like one in time: the loop was busy meanwhile, and could not have
    read an answer that had long been there. The clock goes only while somebody waits.
    """

    def __init__(self) -> None:
        self._counted, self._last = 0.0, 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waits: list[tuple[asyncio.Future[Any], float]] = []

    def now(self) -> float:
        """Seconds by this clock."""
        if self._timer is None:
            return self._counted
        return self._counted + min(time.monotonic() - self._last, _STEP)

    def limit(self, future: asyncio.Future[Any], seconds: float) -> None:
        """Gives the future so many seconds; then it ends with TimeoutError."""
        if self._timer is None:
            self._go_on()
        self._waits.append((future, self.now() + seconds))

    def _go_on(self) -> None:
        self._last = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(_STEP, self._step)

    def _step(self) -> None:
        took = time.monotonic() - self._last
        self._counted += took if took < _LATE else _STEP
        self._timer = None
        self._waits = [(future, until) for future, until in self._waits if self._is_open(future, until)]
        if self._waits:
            self._go_on()

    def _is_open(self, future: asyncio.Future[Any], until: float) -> bool:
        """Whether a wait goes on; ends it if its time has come."""
        if not future.done() and self._counted >= until:
            future.set_exception(TimeoutError("no answer in time"))
        return not future.done()
