"""The operand of the first row that has one: by the metric's time, then the key."""

from __future__ import annotations

from leadline.semantic.aggregations.last import Edge

AGGREGATION = Edge("first", zero=False, desc=False)
