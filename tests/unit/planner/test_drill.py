"""Rows and values as plans: values are parameters, every instance of a governed table has its rule."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import make_plan, parse_query
from leadline.planner.drill import make_rows_plan
from leadline.planner.parse_drill import parse_drill
from leadline.planner.pipeline import STEPS
from leadline.planner.plan import Statement
from leadline.planner.values import make_values_plan, parse_values
from tests.attacks.planning import ADA, BOUND, NOW, holds, revenue

HOSTILE = [
    "x') OR 1=1--",
    "';select pg_sleep(5)--",
    "%s %(p0)s %%",
    "\\'; select 1",
    "{{7*7}}",
    "a\n\x1b[31m",
]
QUERY = revenue(dimensions=["rep.region"], time={"grain": "month", "range": {"preset": "last_3_months"}})


def _rows(body: dict[str, Any]) -> Statement:
    made = make_rows_plan(parse_drill(body, viewer=ADA, now=NOW, model=BOUND.model), BOUND).plan.rows
    assert made is not None
    return made


def _values(body: dict[str, Any]) -> Statement:
    made = make_values_plan(parse_values(body, viewer=ADA, now=NOW), BOUND).rows
    assert made is not None
    return made


@pytest.mark.parametrize("text", HOSTILE)
def test_a01_members_and_parts_are_parameters(text: str) -> None:
    cell, plain = (_rows({"query": QUERY, "cell": {"rep.region": one}}) for one in (text, "East"))
    assert cell.sql == plain.sql and holds(list(cell.params.values()), text)
    part, plain = (
        _values({"field": "rep.region", "metric": "revenue", "contains": one}) for one in (text, "x")
    )
    assert part.sql == plain.sql and holds(list(part.params.values()), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a02_names_are_found_or_refused(text: str) -> None:
    for body in (
        {"query": QUERY, "cell": {text: "East"}},
        {"query": QUERY, "fields": [text]},
        {"query": QUERY, "metric": text},
        {"query": QUERY, "dataset": text},
        {"query": QUERY, "cell": {"time": text}},
    ):
        with pytest.raises(LeadlineError) as refused:
            _rows(body)
        assert refused.value.status == 400 and refused.value.fix
    for asked in ({"field": text}, {"field": "name", "dataset": text}, {"field": "name", "metric": text}):
        with pytest.raises(LeadlineError) as refused:
            _values(asked)
        assert (refused.value.status, refused.value.at.split("/")[1] in asked) == (400, True)


def test_a_cell_is_one_page_of_one_bucket() -> None:
    made = _rows({"query": QUERY, "cell": {"time": "2026-09-01T00:00:00-05:00"}, "limit": 7, "offset": 3})
    assert made.sql.endswith("LIMIT 8 OFFSET 3")
    assert len([one for one in made.params.values() if str(one).startswith("2026-")]) == 2


def test_rows_left_out_of_an_open_range_after_having_are_refused() -> None:
    having = [{"field": "revenue", "op": "gt", "values": [0]}]
    query = {**QUERY, "time": {"grain": "month"}, "top": {"n": 1, "other": True}, "having": having}
    body = {"query": query, "cell": {"rep.region": "(other)"}}
    with pytest.raises(LeadlineError) as refused:
        _rows(body)
    assert (refused.value.code, refused.value.at) == ("not_supported", "/query/time/range")
    assert "left_out" in _rows({**body, "query": {**query, "having": []}}).sql


def test_whoever_asks_is_told_of_each_step() -> None:
    steps: list[str] = []
    query = parse_query({**QUERY, "totals": True}, viewer=ADA, now=NOW, model=BOUND.model)
    made = make_plan(query, BOUND, {}, told=steps.append)
    assert steps[: len(STEPS)] == [one.__name__ for one in STEPS]
    assert steps[-1] == "statement" and len(steps) == 2 * len(STEPS) + 1
    assert made == make_plan(query, BOUND, {})
