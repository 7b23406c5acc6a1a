"""The mean of the operand; null where there is none."""

from leadline.semantic.aggregations.base import Mean

AGGREGATION = Mean()
