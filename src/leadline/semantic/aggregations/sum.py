"""The sum of the operand; 0 where there is nothing to add."""

from leadline.semantic.aggregations.base import Additive

AGGREGATION = Additive("sum", "SUM", "SUM", zero=True, numeric=True)
