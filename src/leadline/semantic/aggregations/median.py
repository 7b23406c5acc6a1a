"""The middle value, interpolated: half of the operands lie below it. Never added up."""

from __future__ import annotations

from leadline.semantic.aggregations.percentile import Percentile

AGGREGATION = Percentile("median", zero=False)
