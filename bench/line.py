"""One figure as a JSON line, and how several runs become one."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


class WrongAnswerError(RuntimeError):
    """The product answered something else than it must: no figure of it counts."""


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


def beside(
    bench: str,
    metric: str,
    values: Sequence[float],
    floors: Sequence[float],
    unit: str,
    *,
    most: float | None = None,
    least: float | None = None,
) -> Line:
    """The line of a figure beside its floor, measured in turns; the goal is about the ratio of medians."""
    middle, floor = statistics.median(values), statistics.median(floors)
    spread = (max(values) - min(values)) / middle if middle else 0.0
    ratio = middle / floor if floor else float("inf")
    goal, ok = "", None
    if most is not None:
        goal, ok = f"<= {most:g} x", ratio <= most
    elif least is not None:
        goal, ok = f">= {least:g} x", ratio >= least
    return Line(
        bench,
        metric,
        round(middle, 3),
        unit,
        goal,
        ok,
        len(values),
        round(spread, 3),
        round(floor, 3),
        round(ratio, 3),
    )
