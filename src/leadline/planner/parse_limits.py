"""How much one question may hold. What is more is refused, so that memory and statements stay bounded.

The parser, the schema (`dashboards/query_schema.py`) and the page (`docs/reference/query.md`) all read these.
"""

from __future__ import annotations

METRICS = 50
DIMENSIONS = 20
COMPARISONS = 30
SORTS = 100
SUBTOTALS = 100
VALUES = 1_000
"""Values of one condition."""
ALL_VALUES = 2_000
"""Values of all conditions of `filters` together, and likewise of `having`."""
CONDITIONS = 1_000
DEPTH = 20
TEXT = 10_000
"""Characters of a text: a filter's value, a bound, a key."""
NAME = 500
"""Characters of a name: a metric, a field with its joins, a column of the answer."""
DIGITS = 100
"""Digits of a number before its point, and behind it."""
STEPS = 1_000
"""N of a preset or shift, `n` of `top`, periods of a growth."""
ROWS = 100_000
OFFSET = 2**53

TOLD: tuple[tuple[str, int, str], ...] = (
    ("metrics", METRICS, "too_large"),
    ("dimensions", DIMENSIONS, "too_large"),
    ("comparisons", COMPARISONS, "too_large"),
    ("sort keys", SORTS, "too_large"),
    ("groups of subtotals", SUBTOTALS, "too_large"),
    ("conditions in `filters`, and in `having`", CONDITIONS, "too_large"),
    ("levels of `any`, `all`, `not`", DEPTH, "too_large"),
    ("values of one condition", VALUES, "too_large"),
    ("values in all of `filters`, and of `having`", ALL_VALUES, "too_large"),
    ("characters of a text", TEXT, "that of the place, such as `wrong_value_type` and `bad_range`"),
    ("characters of a name", NAME, "that of the place, such as `unknown_metric` and `bad_json`"),
    ("digits of a number before its point, and behind it", DIGITS, "wrong_value_type"),
    ("N of a preset", STEPS, "unknown_preset"),
    ("N of a shift, `periods` of a growth", STEPS, "not_comparable"),
    ("`n` of `top`", STEPS, "bad_top"),
    ("`limit`", ROWS, "bad_limit"),
    ("`offset`", OFFSET, "bad_limit"),
)
"""What the limit is of, the most there may be, and the code of the refusal."""
