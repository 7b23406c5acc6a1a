"""How many rows, or rows where the operand is not null."""

from __future__ import annotations

from leadline.core.schema import ColumnType
from leadline.semantic.aggregations.base import Additive, exact


class Count(Additive):
    """`{count: rows}` or `{count: expression}`: always whole."""

    def type(self, operand: ColumnType | None) -> ColumnType:
        """A whole number, whatever is counted."""
        return exact(None)


AGGREGATION = Count("count", "COUNT", "SUM", zero=True)
