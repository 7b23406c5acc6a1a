"""The greatest value."""

from leadline.semantic.aggregations.base import Additive

AGGREGATION = Additive("max", "MAX", "MAX", zero=False)
