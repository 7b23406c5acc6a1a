"""Names that stand for paths, replaced by the paths, so that whoever reads the model walks joins only."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.errors import LeadlineError
from leadline.semantic.model import Model, Rollup, RollupColumn
from leadline.semantic.resolve import resolve


def explicit(model: Model) -> Model:
    """The model with each rollup's dimensions as paths: `source` -> `lead.source` where it is shared so."""
    return replace(model, rollups={name: _rollup(model, one) for name, one in model.rollups.items()})


def _rollup(model: Model, rollup: Rollup) -> Rollup:
    if rollup.dataset not in model.datasets:
        return rollup
    return replace(rollup, columns=tuple(_column(model, rollup.dataset, one) for one in rollup.columns))


def _column(model: Model, dataset: str, column: RollupColumn) -> RollupColumn:
    """What cannot be resolved stays as written; the check of rollups tells it."""
    if column.dimension is None:
        return column
    try:
        return replace(column, dimension=str(resolve(model, dataset, column.dimension)))
    except LeadlineError:
        return column
