"""What a scan reads: the dataset's own rows, or those of a rollup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from leadline.planner.draft import Draft, StateField, TimeField
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params
from leadline.planner.sql.governed import instance_for
from leadline.planner.sql.rollup_rows import RollupRows
from leadline.planner.sql.time import TimeSql
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Dataset, Rollup
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import Sql


class Rows(Protocol):
    """Rows with the fields of a dataset, as SQL."""

    def field(self, ref: FieldRef) -> Sql:
        """A field as it is grouped and filtered by."""
        ...

    def time(self, where: TimeField | StateField, name: str | None = None) -> TimeSql:
        """A time; of a state its start or end, by name."""
        ...

    def counted(self, part: Input) -> Sql | None:
        """Which rows (of a rollup: which groups) an input counts; None: all."""
        ...

    def aggregate(self, part: Input) -> Sql:
        """The input's value over a group of rows."""
        ...

    def stored_part(self, part: Input, name: str) -> Sql:
        """One part of the input's value, from which several groups can be put together."""
        ...

    def row_count(self, part: Input) -> Sql:
        """How many rows an input counts."""
        ...

    def unconverted(self, part: Input) -> Sql | None:
        """How many counted values had no rate; None where nothing is converted."""
        ...

    def own(self) -> Sequence[Sql]:
        """Conditions of the rows themselves."""
        ...

    def from_(self, select: exp.Select) -> exp.Select:
        """Adds FROM and all joins used so far."""
        ...


def base_rows(
    draft: Draft,
    dataset: Dataset,
    params: Params,
    *,
    root: str = "t",
    at: TimeField | StateField | None = None,
) -> BaseRows:
    """The rows of a dataset that the viewer may see."""
    instance = instance_for(draft.bound, draft.scope, draft.query.viewer, params)
    return BaseRows(draft.bound, dataset, draft.zone, params, root=root, instance=instance, at=at)


def rollup_rows(draft: Draft, rollup: Rollup, params: Params) -> RollupRows:
    """The rows of a rollup that the viewer may see."""
    return RollupRows(draft.bound, rollup, draft.zone, draft.scope, draft.query.viewer, params)
