"""What the names in a model's expressions mean, and their types where the source's tables are known.

A name is a dimension of its dataset, else a column of its table. Inside a dimension's own expression its name
means the column, so that a dimension may clean the column whose name it bears.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from leadline.core.errors import LeadlineError
from leadline.core.schema import OTHER, TEXT, ColumnType, SourceSchema, TableSchema
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import infer
from leadline.semantic.model import Dataset, Model
from leadline.semantic.resolve import end_of

Defining = tuple[tuple[str, str], ...]
"""The dimensions within whose expressions one is reading: (dataset, dimension), the innermost last."""

_VIEWER_TEXTS = frozenset(("email", "role", "name"))


def not_found(name: str, where: str, known: Iterable[str], what: str) -> LeadlineError:
    """The refusal of a name that is not there, with the name that was probably meant."""
    by_small = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), list(by_small), 1)
    fix = f"Did you mean {by_small[near[0]]}?" if near else f"See the {what} of {where}."
    return LeadlineError("unknown_field", f"{where} has no {name}", fix)


@dataclass
class Reading:
    """Types of names and expressions of one model, over one source's tables (or none)."""

    model: Model
    schema: SourceSchema | None = None
    _known: dict[tuple[str, str], ColumnType] = field(default_factory=dict)

    def table(self, dataset: Dataset) -> TableSchema | None:
        """The dataset's table, where the source is known and has it."""
        return self.schema.table(dataset.table) if self.schema else None

    def expression(self, dataset: Dataset, expression: Expression, defining: Defining = ()) -> ColumnType:
        """The type of an expression over the dataset's rows; OTHER where no source is known.

        Raises `unknown_field` or `model_invalid` where a name or a type does not fit.
        """
        types = {name: self.name(dataset, name.path, name.name, defining) for name in names(expression)}
        if self.schema is None or self._is_vague(dataset, types.values()):
            return OTHER
        by_parts = {(name.path, name.name): type_ for name, type_ in types.items()}
        return infer(expression, lambda path, name: by_parts[path, name])

    def _is_vague(self, dataset: Dataset, types: Iterable[ColumnType]) -> bool:
        """Whether a table is missing, so that types say nothing (the missing table is reported by itself)."""
        return self.table(dataset) is None or any(type_ == OTHER for type_ in types)

    def name(self, dataset: Dataset, path: tuple[str, ...], name: str, defining: Defining = ()) -> ColumnType:
        """The type of a name, read from the dataset over the joins of `path`."""
        if path[:1] == (VIEWER,):
            return TEXT if name in _VIEWER_TEXTS else UNKNOWN
        end = self._end(dataset, path)
        if (end.name, name) in defining[:-1]:
            chain = " and ".join(one for _, one in defining)
            why = f"the dimensions {chain} of {end.name} define each other"
            raise LeadlineError("model_invalid", why, "Read a column in one of them.")
        if name in end.dimensions and (end.name, name) not in defining:
            return self._dimension(end, name, defining)
        return self.column(end, name)

    def _end(self, dataset: Dataset, path: tuple[str, ...]) -> Dataset:
        here = dataset
        for step in path:
            further = end_of(self.model, here.name, (step,))
            if further is None:
                raise not_found(f"join {step}", here.name, (f"join {join}" for join in here.joins), "joins")
            here = further
        return here

    def _dimension(self, dataset: Dataset, name: str, defining: Defining) -> ColumnType:
        key = (dataset.name, name)
        dimension = dataset.dimensions[name]
        if dimension.expr is None:
            return self.column(dataset, dimension.column or name)
        if key not in self._known:
            self._known[key] = self.expression(dataset, dimension.expr, (*defining, key))
        return self._known[key]

    def column(self, dataset: Dataset, name: str) -> ColumnType:
        """The type of a column; OTHER where the table is not known."""
        table = self.table(dataset)
        if table is None:
            return OTHER
        if name not in table.columns:
            raise not_found(name, dataset.name, [*dataset.dimensions, *table.columns], "columns")
        return table.columns[name].type
