"""A process of the product itself: started, and started again after a pause when it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass

from leadline.embedded.processes import Command, Process

_FIRST_PAUSE, _LONGEST_PAUSE, _GOOD_AFTER = 0.5, 30.0, 60.0


@dataclass
class Application:
    """Keeps `command` running. The pause doubles with each quick end and is forgotten after a good minute."""

    command: Command
    process: Process | None = None
    pause: float = _FIRST_PAUSE
    started: float = 0.0
    again: float = 0.0

    def start(self) -> None:
        """Starts it now."""
        self.process = Process(self.command)
        self.started = time.monotonic()

    def revive(self) -> int | None:
        """To be called now and then: starts it again when its time has come.

        Returns the exit status when an end is first seen, else None.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self.again:
                self.start()
            return None
        status = self.process.status
        if status is not None:
            self._rest(now)
        return status

    def _rest(self, now: float) -> None:
        if now - self.started > _GOOD_AFTER:
            self.pause = _FIRST_PAUSE
        self.process, self.again = None, now + self.pause
        self.pause = min(self.pause * 2, _LONGEST_PAUSE)
