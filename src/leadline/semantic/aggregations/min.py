"""The least value."""

from leadline.semantic.aggregations.base import Additive

AGGREGATION = Additive("min", "MIN", "MIN", zero=False)
