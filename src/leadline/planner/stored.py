"""What a rollup stores, looked up by meaning: fields, times, and the parts of aggregates."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.semantic.aggregations import aggregation
from leadline.semantic.aggregations.base import Aggregation
from leadline.semantic.expressions.parse import conjuncts
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.base import Input
from leadline.semantic.model import Model, Rollup, RollupColumn
from leadline.semantic.resolve import FieldRef


@dataclass(frozen=True, slots=True)
class Stored:
    """A rollup of a model, by meaning."""

    model: Model
    rollup: Rollup

    def field(self, ref: FieldRef) -> str | None:
        """The column that stores a field, or None. The loader has made stored dimensions explicit paths."""
        if ref.part is not None:
            return None
        asked = ".".join((*ref.path, ref.name))
        return next((one.name for one in self.rollup.columns if one.dimension == asked), None)

    def time(self) -> str | None:
        """The column with the start of the bucket, or None."""
        return next((one.name for one in self.rollup.columns if one.time), None)

    def counted(self, part: Input) -> frozenset[str]:
        """The conditions, all of which a row meets that the input counts."""
        measure = self.model.datasets[part.dataset].measures[part.measure]
        return _all(measure.where) | _all(part.filter)

    def base(self) -> frozenset[str]:
        """The conditions that every stored row meets."""
        return _all(self.rollup.where)

    def parts(self, part: Input) -> tuple[Aggregation, dict[str, str | None]]:
        """The input's aggregation and the column of each of its parts (None: not stored)."""
        measure = self.model.datasets[part.dataset].measures[part.measure]
        found = aggregation(measure.aggregation)
        columns = {name: self._part(name, measure.operand, self.counted(part)) for name in found.parts}
        return found, columns

    def row_count(self, part: Input) -> str | None:
        """The column that counts the rows of an input; None where it counts each stored row."""
        counted = self.counted(part)
        return None if counted <= self.base() else self._part("count", None, counted)

    def counts_rows(self, part: Input) -> bool:
        """Whether it can be told which groups have a row that the input counts."""
        return self.counted(part) <= self.base() or self.row_count(part) is not None

    def _part(self, name: str, operand: Expression | None, counted: frozenset[str]) -> str | None:
        """The column with `name(operand)` over just the counted rows."""
        for one in self.rollup.columns:
            if self._is_part(one, name, operand, counted):
                return one.name
        return None

    def _is_part(
        self, one: RollupColumn, name: str, operand: Expression | None, counted: frozenset[str]
    ) -> bool:
        measure = one.measure
        return (
            measure is not None
            and measure.aggregation == name
            and measure.operand == operand
            and _all(measure.where) | self.base() == counted | self.base()
        )


def _all(where: Expression | None) -> frozenset[str]:
    """The conditions of a `where`; none where there is none."""
    return conjuncts(where) if where is not None else frozenset()
