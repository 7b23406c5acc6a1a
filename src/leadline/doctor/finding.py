"""One thing that is missing, as people and programs are told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity`: `error` (something does not work), `warning` (it works slower, or may stop), `advice`.

    `sql`: what a person with the right for it runs, statement by statement; empty where no SQL helps. `gain`:
    what it brings. `without`: what goes on all the same. `check`: the check's name, set by whoever ran it.
    """

    severity: Severity
    why: str
    sql: tuple[str, ...]
    gain: str
    without: str
    check: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `--format json` prints it; the statements in one text, ready for psql."""
        return {
            "check": self.check,
            "severity": self.severity,
            "why": self.why,
            "sql": "\n".join(self.sql),
            "gain": self.gain,
            "without": self.without,
        }
