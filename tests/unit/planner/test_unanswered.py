"""What the planner does not answer is refused in one place, with a way round."""

from __future__ import annotations

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.unanswered import UNANSWERED, refuse_unanswered
from tests.unit.planner.parsing import ask, parse

EXAMPLES = {
    "having is": (ask(having=[{"field": "revenue", "op": "gt", "values": [1]}]), "/having"),
    "top is": (ask(dimensions=["rep.name"], top={"n": 5}), "/top"),
    "Subtotals are": (ask(totals=[[]]), "/totals"),
    "Growth is": (
        ask(time={"grain": "day"}, compare=[{"growth": "rolling", "periods": 2}]),
        "/compare/0/growth",
    ),
    "Comparisons with a shift are": (ask(compare=[{"to": {"shift": "1 day"}}]), "/compare/0/to"),
    "Comparisons with another range are": (ask(compare=[{"to": {"preset": "today"}}]), "/compare/0/to"),
    "Shares of the total are": (ask(compare=[{"to": "total", "as": "share"}]), "/compare/0/to"),
    "Comparisons aligned by weekday are": (
        ask(compare=[{"to": "previous_year", "align": "weekday"}]),
        "/compare/0/align",
    ),
    "Comparisons by units of the retail calendar are": (
        ask(compare=[{"to": "target"}, {"to": "previous_retail_year"}]),
        "/compare/1/to",
    ),
}


@pytest.mark.parametrize("one", UNANSWERED, ids=lambda one: one.what)
def test_every_entry_is_met_by_its_example_alone(one: object) -> None:
    assert hasattr(one, "what") and hasattr(one, "fix")
    query, at = EXAMPLES[one.what]
    with pytest.raises(LeadlineError) as error:
        refuse_unanswered(parse(query))
    assert (error.value.code, error.value.at, error.value.fix) == ("not_supported", at, one.fix)


def test_what_is_answered_passes() -> None:
    refuse_unanswered(parse(ask(compare=[{"to": "previous_year", "as": "percent"}], totals=True)))
