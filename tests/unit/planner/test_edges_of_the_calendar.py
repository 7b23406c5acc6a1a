"""At the first and last years that can be told a question is planned or refused, never a bug of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.grain import GRAINS
from leadline.planner import bind, canonical, make_plan, parse_query
from leadline.planner.drill import make_rows_plan
from leadline.planner.parse_drill import parse_drill
from tests.integration.planner.world import VIEWER, model, schema

_BOUND = bind(model(), schema())
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_DAYS = st.sampled_from(
    ["0001-01-01", "0001-01-02", "0001-12-31", "0002-02-28", "9998-12-31", "9999-10-01", "9999-12-31"]
)
_RANGES = st.one_of(
    st.builds(lambda start, end: {"from": start, "to": end}, _DAYS, _DAYS),
    st.builds(lambda start: {"from": start}, _DAYS),
    st.builds(lambda end: {"to": end}, _DAYS),
    st.sampled_from(
        [{"preset": "last_year"}, {"preset": "last_9_retail_years"}, {"preset": "next_2_fiscal_years"}]
    ),
)
_METRICS = st.sampled_from([["revenue"], ["sales", "leads"], ["pipeline"], ["win_rate"], ["dated"]])
_COMPARES = st.sampled_from([[], [{"to": "previous_year"}], [{"to": "previous_period", "as": "percent"}]])


@st.composite
def _queries(draw: st.DrawFn) -> dict[str, Any]:
    time: dict[str, Any] = {"range": draw(_RANGES)}
    if draw(st.booleans()):
        time["grain"] = draw(st.sampled_from(GRAINS))
    if draw(st.booleans()):
        time["zone"] = draw(st.sampled_from(["UTC", "Pacific/Auckland", "America/Chicago"]))
    query = {"metrics": draw(_METRICS), "time": time, "compare": draw(_COMPARES)}
    as_of = draw(st.sampled_from([None, "0002-01-01", "9998-12-31"]))
    return {**query, "as_of": as_of} if as_of else query


@settings(max_examples=600)
@given(query=_queries())
def test_a_question_is_planned_or_refused(query: dict[str, Any]) -> None:
    try:
        asked = parse_query(query, viewer=VIEWER, now=_NOW, model=_BOUND.model)
        canonical(asked, _BOUND)
        make_plan(asked, _BOUND, {})
    except LeadlineError as error:
        assert error.code != "internal"
    try:
        drill = {"query": query, "cell": {"time": query["time"]["range"].get("from", "0001-01-01")}}
        make_rows_plan(parse_drill(drill, viewer=VIEWER, now=_NOW, model=_BOUND.model), _BOUND)
    except LeadlineError as error:
        assert error.code != "internal"
