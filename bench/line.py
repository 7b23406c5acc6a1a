"""One figure as a JSON line, and how several runs become one."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A measured figure.

    `value` is the median of `n` runs, `spread` how far they lie apart relative to it. `floor` is what the
    same machine does without us in the same run, `ratio` value to floor; None where a promise is absolute.
    """

    bench: str
    metric: str
    value: float
    unit: str
    goal: str
    ok: bool | None
    n: int = 1
    spread: float = 0.0
    floor: float | None = None
    ratio: float | None = None

    def show(self) -> None:
        """Prints it."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")
        sys.stdout.flush()


def at_most(bench: str, metric: str, values: Sequence[float], unit: str, limit: float | None = None) -> Line:
    """The line of a figure that should be small; without a limit it is only told."""
    middle = statistics.median(values)
    spread = (max(values) - min(values)) / middle if middle else 0.0
    goal = f"<= {limit:g}" if limit is not None else ""
    ok = middle <= limit if limit is not None else None
    return Line(bench, metric, round(middle, 3), unit, goal, ok, len(values), round(spread, 3))
