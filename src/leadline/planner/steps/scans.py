"""Step 5: the passes over datasets that are needed; inputs of one dataset that are read alike share one."""

from __future__ import annotations

from dataclasses import replace

from leadline.planner.draft import (
    Cell,
    ComparedCell,
    Draft,
    EmptyCell,
    MetricCell,
    Reading,
    Scan,
    TargetCell,
    TimeField,
    TotalCell,
)
from leadline.planner.frames import read
from leadline.planner.windows import Window
from leadline.semantic.kinds.base import EventTime, Input

_Key = tuple[str, Reading, bool]
"""Dataset, how it is read, and whether entities are followed: they are no aggregates of the same rows."""


def gather_scans(draft: Draft) -> Draft:
    """The scans, in the order in which the cells first need them."""
    gathered: dict[_Key, dict[Input, None]] = {}
    own: set[_Key] = set()
    for cell in draft.cells:
        for window in windows(cell):
            for part in cell.metric.kind.inputs(cell.metric, draft.bound.model):
                key = (part.dataset, reading(draft, part, window), part.following is not None)
                gathered.setdefault(key, {})[part] = None
                if window.own:
                    own.add(key)
    scans = tuple(
        Scan(key[0], key[1], inputs=tuple(parts), own=key in own) for key, parts in gathered.items()
    )
    return replace(draft, scans=scans)


def windows(cell: Cell) -> tuple[Window, ...]:
    """The windows that a cell reads."""
    match cell:
        case MetricCell():
            return (cell.window,)
        case ComparedCell():
            return (cell.own, cell.other)
        case TotalCell() | TargetCell():
            return (cell.own,)
        case EmptyCell():
            return ()


def reading(draft: Draft, part: Input, window: Window) -> Reading:
    """How an input is read in a window. Equal readings are one scan."""
    time = draft.times[part]
    asked = part.time
    if isinstance(time, TimeField) and isinstance(asked, EventTime):
        asked = replace(asked, field=time.name)  # `time.by` gives one to measures without a time
    found = read(window, asked, draft.moment)
    cohort = part.following is not None and part.following.by == "cohort"
    return Reading(time, found, window.seen if cohort else None)
