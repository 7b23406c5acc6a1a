"""How long to wait after failures in a row: a little at first, never very long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Seconds to wait: `first`, doubled with each failure up to `most`."""

    first: float = 1.0
    most: float = 10.0
    failures: int = 0

    def failed(self) -> float:
        """Counts a failure; how long to wait now."""
        self.failures = min(self.failures + 1, 16)
        return min(self.first * 2.0 ** (self.failures - 1), self.most)

    def succeeded(self) -> None:
        """All is well again."""
        self.failures = 0
