"""The value below which a share `p` of the operands lies, interpolated; never added up."""

from __future__ import annotations

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.aggregations.base import NOTHING, Given, Sql, Whole
from leadline.semantic.sql_tree import cast


class Percentile(Whole):
    """`{percentile: expression, p: 0.9}`, as `percentile_cont` has it: exact to 15 significant digits."""

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """`PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY operand)`."""
        return percentile(operand, given.p or "0.5")

    def finish(self, aggregate: Sql) -> Sql:
        """As numeric, as every other number travels."""
        return cast(aggregate, "numeric")

    def type(self, operand: ColumnType | None) -> ColumnType:
        """A decimal with the digits of every quotient."""
        return decimal(QUOTIENT_SCALE)


def percentile(operand: Sql | None, p: str) -> Sql:
    """The percentile of an operand, interpolated between its neighbours."""
    value = cast(operand.copy() if operand is not None else exp.Null(), "double precision")
    share = exp.PercentileCont(this=exp.Literal.number(p))
    order = exp.Order(expressions=[exp.Ordered(this=value, nulls_first=False)])
    return exp.WithinGroup(this=share, expression=order)


AGGREGATION = Percentile("percentile", zero=False)
