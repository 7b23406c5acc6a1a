"""The operand of the last row that has one: by the metric's time, then the key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from leadline.semantic.aggregations.base import NOTHING, Given, Sql, Whole


@dataclass(frozen=True, slots=True)
class Edge(Whole):
    """`{last: expression}` or `{first: expression}`; rows without a time are farthest from it."""

    present: bool = True
    desc: bool = True

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """`ARRAY_AGG(operand ORDER BY time, key)`."""
        value = operand.copy() if operand is not None else exp.Null()
        keys = [exp.Ordered(this=one.copy(), desc=self.desc, nulls_first=False) for one in given.order]
        return exp.ArrayAgg(this=exp.Order(this=value, expressions=keys) if keys else value)

    def finish(self, aggregate: Sql) -> Sql:
        """Its first element."""
        return exp.Bracket(this=exp.Paren(this=aggregate), expressions=[exp.Literal.number(1)], offset=1)


AGGREGATION = Edge("last", zero=False)
