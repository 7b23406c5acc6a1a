"""How many different values. Never added up: a rollup cannot answer it unless it groups by the value."""

from __future__ import annotations

from sqlglot import exp

from leadline.core.schema import INTEGER, ColumnType
from leadline.semantic.aggregations.base import NOTHING, Given, Sql, Whole


class Distinct(Whole):
    """`{distinct: account_id}`."""

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """`COUNT(DISTINCT operand)`."""
        return exp.Count(
            this=exp.Distinct(expressions=[operand.copy() if operand is not None else exp.Star()])
        )

    def type(self, operand: ColumnType | None) -> ColumnType:
        """A whole number."""
        return INTEGER


AGGREGATION = Distinct("distinct", zero=True)
