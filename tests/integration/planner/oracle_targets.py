"""Targets: the plan of the periods that a range or bucket touches."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.integration.planner.oracle_clock import DAY, midnight
from tests.integration.planner.oracle_facts import Facts, Slice
from tests.integration.planner.oracle_filters import member, names_in, passes
from tests.integration.planner.oracle_metrics import leaves
from tests.integration.planner.oracle_moves import RefusedError, of_unit
from tests.integration.planner.oracle_ranges import Bucket
from tests.integration.planner.oracle_rows import number
from tests.integration.planner.spec import Metric, Row

Part = tuple[datetime | None, datetime | None]
"""From and to on the wall clock."""


def planned(facts: Facts, metric: Metric, slice_: Slice, bucket: Bucket | None, *, paced: bool) -> Any:
    """The plan over a slice; null where there is none, or where it is not given by what is asked."""
    target = facts.spec.targets.get(metric.name)
    if target is None:
        raise RefusedError("not_comparable")
    dataset = leaves(facts, metric)[0].dataset
    filtered = [name for one in facts.query.get("filters", []) for name in names_in(one)]
    for name in [*slice_.fields, *filtered]:
        path = facts.rows.field(dataset, name).path
        if not path or path[0] not in target.by:
            return None
    shown = [one for one in facts.rows.data["targets"] if facts.rows.shows_plan(dataset, target.by, one)]
    rows = [row for row in shown if _is_asked(facts, dataset, row, slice_)]
    part = _part(facts, bucket)
    values = [found for row in rows if (found := _due(facts, row, target.period, part, paced)) is not None]
    return sum(values, Fraction(0)) if values else None


def _is_asked(facts: Facts, dataset: str, row: Row, slice_: Slice) -> bool:
    def find(name: str) -> tuple[str, Any]:
        field = facts.rows.field(dataset, name)
        return field.kind, facts.rows.value(field, row, None)

    group = tuple(member(*find(name)) for name in slice_.fields)
    if slice_.groups is not None and group not in slice_.groups:
        return False
    return all(passes(one, find, facts.clock) for one in facts.query.get("filters", []))


def _part(facts: Facts, bucket: Bucket | None) -> Part:
    """The range, whole where it is to date; of a bucket the part in it."""
    asked = facts.range
    low = asked.start.local if asked.start else None
    high = asked.whole.local if asked.whole else None
    if bucket is None:
        return low, high
    start, end = bucket.start.local, bucket.end.local
    return max(start, low) if low else start, min(end, high) if high else end


def _due(facts: Facts, row: Row, period: str, part: Part, paced: bool) -> Any:
    """What of a row's plan is asked for; a day that has begun is due as a whole."""
    low, high = part
    first = midnight(row["month_start"])
    after = of_unit(period, facts.clock.calendar).on(first)
    if (low and after <= low) or (high and first >= high):
        return None
    amount = number(row["amount"])
    if not paced or amount is None:
        return amount
    here = facts.clock.here
    last = here if here == midnight(here) else midnight(here) + DAY
    days = [first + timedelta(days=count) for count in range((after - first).days)]
    due = [
        day for day in days if (not low or day + DAY > low) and (not high or day < high) and day < last
    ]  # fmt: skip
    return amount * len(due) / len(days)
