"""From a field as written to the dimension meant. Rules: `docs/reference/query.md`, "Names"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from leadline.core.errors import LeadlineError
from leadline.semantic.model import Dataset, Model
from leadline.semantic.paths import paths

TIME_PARTS = ("hour", "weekday", "day_of_month", "day_of_year", "week_of_year", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A dimension: the joins from the dataset asked, the dataset at their end, its dimension's name.

    `part`: one of TIME_PARTS where a part of a time dimension is meant.
    """

    path: tuple[str, ...]
    dataset: str
    name: str
    part: str | None = None

    def __str__(self) -> str:
        return ".".join((*self.path, self.name, *([self.part] if self.part else [])))


def resolve(model: Model, dataset: str, text: str, *, alone: bool = True) -> FieldRef:
    """The dimension that `text` means, asked from `dataset`.

    `alone`: whether this is the only dataset asked; else a bare name must be a shared dimension. Raises
    `unknown_field`, `unreachable_field` or `ambiguous_path` (without `at`).
    """
    parts = tuple(text.split("."))
    try:
        return _dimension(model, dataset, parts, alone)
    except LeadlineError as error:
        found = _time_part(model, dataset, parts, alone)
        if found is None:
            raise error from None
        return found


def _time_part(model: Model, dataset: str, parts: tuple[str, ...], alone: bool) -> FieldRef | None:
    if len(parts) < 2 or parts[-1] not in TIME_PARTS:
        return None
    try:
        ref = _dimension(model, dataset, parts[:-1], alone)
    except LeadlineError as error:
        if error.code == "unknown_field":
            return None
        raise
    stated = model.datasets[ref.dataset].dimensions[ref.name].type
    return FieldRef(ref.path, ref.dataset, ref.name, parts[-1]) if stated in (None, "time", "date") else None


def _dimension(model: Model, dataset: str, parts: tuple[str, ...], alone: bool) -> FieldRef:
    if not all(parts):
        raise _unknown(".".join(parts), ())
    if len(parts) == 1:
        return _bare(model, dataset, parts[0], alone)
    return _dotted(model, dataset, parts)


def _bare(model: Model, dataset: str, name: str, alone: bool) -> FieldRef:
    shared = model.shared.get(name, {})
    if dataset in shared:
        return follow(model, dataset, tuple(shared[dataset].split(".")))
    if name in model.datasets[dataset].dimensions and alone:
        return FieldRef((), dataset, name)
    if shared or any(name in other.dimensions for other in model.datasets.values()):
        raise _unreachable(name, dataset, "Name it dataset.dimension, or share it under dimensions:.")
    raise _unknown(name, [*model.shared, *model.datasets[dataset].dimensions])


def _dotted(model: Model, dataset: str, parts: tuple[str, ...]) -> FieldRef:
    first = parts[0]
    if first in model.datasets[dataset].joins:
        return follow(model, dataset, parts)
    if first == dataset:
        return follow(model, dataset, parts[1:])
    if first in model.datasets:
        inner = follow(model, first, parts[1:])
        return FieldRef((*_only_path(model, dataset, first), *inner.path), inner.dataset, inner.name)
    if any(first in other.joins for other in model.datasets.values()):
        raise _unreachable(".".join(parts), dataset, f"The dataset {dataset} has no join {first}.")
    raise _unknown(".".join(parts), [*model.datasets[dataset].joins, *model.datasets])


def _only_path(model: Model, start: str, end: str) -> tuple[str, ...]:
    found = paths(model, start, end)
    if not found:
        raise _unreachable(end, start, f"No join leads from {start} to {end}.")
    if len(found) > 1:
        ways = " and ".join(".".join(path) for path in found)
        raise LeadlineError(
            "ambiguous_path", f"More than one way leads from {start} to {end}: {ways}.", "Name the joins."
        )
    return found[0]


def follow(model: Model, dataset: str, parts: tuple[str, ...]) -> FieldRef:
    """The dimension at the end of a plain path: all parts but the last are joins, the last a dimension.

    Raises `unknown_field`.
    """
    *path, name = parts
    here = model.datasets[dataset]
    for step in path:
        further = end_of(model, here.name, (step,))
        if further is None:
            raise _unknown(step, here.joins, f"the dataset {here.name} has no join {step}")
        here = further
    if name not in here.dimensions:
        raise _unknown(name, here.dimensions, f"the dataset {here.name} has no dimension {name}")
    return FieldRef(tuple(path), here.name, name)


def end_of(model: Model, dataset: str, path: tuple[str, ...]) -> Dataset | None:
    """The dataset at the end of a path of joins, or None where a step is no join."""
    here: Dataset | None = model.datasets.get(dataset)
    for step in path:
        join = here.joins.get(step) if here else None
        here = model.datasets.get(join.dataset) if join else None
    return here


def _unreachable(name: str, dataset: str, fix: str) -> LeadlineError:
    return LeadlineError("unreachable_field", f"{name} cannot be reached from {dataset}.", fix)


def _unknown(name: str, known: Iterable[str], why: str = "") -> LeadlineError:
    near = difflib.get_close_matches(name, list(known), 1)
    fix = f"Did you mean {near[0]}?" if near else "See the dimensions under /api/v1/datasets."
    return LeadlineError("unknown_field", (why or f"{name} is no dimension") + ".", fix)
