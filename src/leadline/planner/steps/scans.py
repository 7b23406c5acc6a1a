"""Step 4: the passes over datasets that are needed; inputs with one dataset, time and window share one."""

from __future__ import annotations

from dataclasses import replace

from leadline.planner.draft import Cell, ComparedCell, Draft, MetricCell, Scan, StateField, TimeField, Window
from leadline.semantic.kinds.base import Input

_Key = tuple[str, TimeField | StateField | None, Window]


def gather_scans(draft: Draft) -> Draft:
    """The scans, in the order in which the cells first need them."""
    gathered: dict[_Key, dict[Input, None]] = {}
    for cell in draft.cells:
        for window in windows(cell):
            for part in cell.metric.kind.inputs(cell.metric, draft.bound.model):
                key = (part.dataset, draft.times[part], effective(draft.times[part], window))
                gathered.setdefault(key, {})[part] = None
    scans = tuple(Scan(*key, inputs=tuple(parts)) for key, parts in gathered.items())
    return replace(draft, scans=scans)


def windows(cell: Cell) -> tuple[Window, ...]:
    """The windows that a cell reads."""
    if isinstance(cell, MetricCell):
        return (cell.window,)
    return (cell.own, cell.other) if isinstance(cell, ComparedCell) else (cell.own,)


def effective(time: TimeField | StateField | None, window: Window) -> Window:
    """The window as far as the time uses it, so that equal reads are one: rows without time ignore bounds."""
    return window if isinstance(time, TimeField) else Window(None, None, window.at)
