"""Ways from one dataset to another over joins, none visiting a dataset twice."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.semantic.model import Model

MAX_STEPS = 2_000
"""Joins tried before a search gives up; a model that needs more has no unique path anyway."""


def paths(model: Model, start: str, end: str) -> list[tuple[str, ...]]:
    """The first two paths of join names from `start` to `end` (two are enough to know it is ambiguous)."""
    found: list[tuple[str, ...]] = []
    for steps, path in enumerate(_walk(model, start, end, _reaching(model, end))):
        if path is not None:
            found.append(path)
        if len(found) > 1 or steps > MAX_STEPS:
            break
    return found


def _reaching(model: Model, end: str) -> frozenset[str]:
    """The datasets from which `end` can be reached at all."""
    found = {end}
    grown = True
    while grown:
        more = {
            name
            for name, dataset in model.datasets.items()
            if name not in found and any(join.dataset in found for join in dataset.joins.values())
        }
        found |= more
        grown = bool(more)
    return frozenset(found)


def _walk(model: Model, start: str, end: str, useful: frozenset[str]) -> Iterator[tuple[str, ...] | None]:
    """Each path found, and None for each step that was none; shorter paths first."""
    waiting: list[tuple[str, tuple[str, ...], frozenset[str]]] = [(start, (), frozenset((start,)))]
    while waiting:
        here, path, seen = waiting.pop(0)
        for join in model.datasets[here].joins.values():
            if join.dataset in seen or join.dataset not in useful:
                continue
            yield (*path, join.name) if join.dataset == end else None
            if join.dataset != end:
                waiting.append((join.dataset, (*path, join.name), seen | {join.dataset}))
