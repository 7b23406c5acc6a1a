"""Joins lead to datasets that exist, by the partner's key, and their names do not mislead."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error, warning
from leadline.semantic.model import Dataset, Join, Model


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every join of every dataset."""
    for dataset in model.datasets.values():
        for join in dataset.joins.values():
            partner = model.datasets.get(join.dataset)
            place = model.place_of("datasets", dataset.name, "joins", join.name, "dataset")
            if partner is None:
                fix = f"The datasets are {', '.join(sorted(model.datasets)) or 'none'}."
                yield error(
                    "unknown_dataset", f"the join {join.name} leads to no dataset {join.dataset}", fix, place
                )
            else:
                yield from _partner(join, partner)
            yield from _name(model, dataset, join)


def _partner(join: Join, partner: Dataset) -> Iterable[Issue]:
    columns = {theirs for _, theirs in join.on}
    if join.valid is None and not set(partner.key) <= columns:
        key = ", ".join(partner.key)
        why = f"the join {join.name} does not use the key of {partner.name} ({key}): several partners may fit"
        fix = "Join on the key, or make sure with check --data that each partner is unique."
        yield warning("join_not_by_key", why, fix, join.place)


def _name(model: Model, dataset: Dataset, join: Join) -> Iterable[Issue]:
    if join.name in model.datasets and join.dataset != join.name:
        why = f"the join {join.name} of {dataset.name} bears a dataset's name but leads to {join.dataset}"
        yield warning("misleading_name", why, "Give the join another name.", join.place)
