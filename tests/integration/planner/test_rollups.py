"""A rollup's answer is the base tables' answer, for every question that a rollup is chosen for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.planner import bind
from leadline.planner.plan import RollupState
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn
from tests.integration.planner.queries_time import NOWS
from tests.integration.planner.queries_time import PLAIN as UNITS
from tests.integration.planner.world import HERE, World, measure, model, schema

WON = "status = 'won'"
COUNT, AMOUNT = measure("won_count", "count", where=WON), measure("won_amount", "sum", "amount", WON)
PRICED = measure("priced", "count", "amount", WON)
CLOSED = measure("closed_count", "count", where="status in ('won', 'lost')")
ALL, LEAST = measure("all_count", "count"), measure("least", "min", "amount")
VALUE = measure("value", "sum", "amount")


def _columns(*measures: Any, **dimensions: str) -> tuple[RollupColumn, ...]:
    return (
        RollupColumn("at", time=True),
        *(RollupColumn(name, dimension=path) for name, path in dimensions.items()),
        *(RollupColumn(one.name, measure=one) for one in measures),
    )


ROLLUPS = (
    Rollup(
        "by_day",
        "deals",
        _columns(COUNT, AMOUNT, PRICED, CLOSED, ALL, LEAST, region="rep.region", source="lead.source"),
        HERE,
        time=("closed_at", "day"),
    ),
    Rollup(
        "won_by_month",
        "deals",
        _columns(COUNT, AMOUNT, PRICED),
        HERE,
        time=("closed_at", "month"),
        where=parse(WON),
    ),
    Rollup(
        "by_date", "deals", _columns(COUNT, AMOUNT, ALL, region="rep.region"), HERE, time=("closed_on", "day")
    ),
    Rollup(
        "standing",
        "deals",
        _columns(ALL, VALUE, region="rep.region", source="lead.source"),
        HERE,
        time=("opened_at", "day"),
        where=parse("closed_at is null"),
    ),
    Rollup(
        "standing_by_date",
        "deals",
        _columns(ALL, VALUE),
        HERE,
        time=("opened_on", "day"),
        where=parse("closed_on is null"),
    ),
)
VIEWS = """
CREATE MATERIALIZED VIEW leadline.by_day AS
SELECT date_trunc('day', d.closed_at, 'America/Chicago') AS at, r.region, l.source,
       count(*) FILTER (WHERE status = 'won') AS won_count,
       sum(amount) FILTER (WHERE status = 'won') AS won_amount,
       count(amount) FILTER (WHERE status = 'won') AS priced,
       count(*) FILTER (WHERE status IN ('won', 'lost')) AS closed_count,
       count(*) AS all_count, min(amount) AS least
  FROM deals d LEFT JOIN reps r ON r.id = d.rep_id LEFT JOIN leads l ON l.id = d.lead_id GROUP BY 1, 2, 3;
CREATE MATERIALIZED VIEW leadline.won_by_month AS
SELECT date_trunc('month', closed_at, 'America/Chicago') AS at, count(*) AS won_count,
       sum(amount) AS won_amount, count(amount) AS priced FROM deals WHERE status = 'won' GROUP BY 1;
CREATE MATERIALIZED VIEW leadline.by_date AS
SELECT d.closed_on AS at, r.region, count(*) FILTER (WHERE status = 'won') AS won_count,
       sum(amount) FILTER (WHERE status = 'won') AS won_amount, count(*) AS all_count
  FROM deals d LEFT JOIN reps r ON r.id = d.rep_id GROUP BY 1, 2;
CREATE MATERIALIZED VIEW leadline.standing AS
SELECT date_trunc('day', d.opened_at, 'America/Chicago') AS at, r.region, l.source, count(*) AS all_count,
       sum(amount) AS value
  FROM deals d LEFT JOIN reps r ON r.id = d.rep_id LEFT JOIN leads l ON l.id = d.lead_id
 WHERE d.closed_at IS NULL GROUP BY 1, 2, 3;
CREATE MATERIALIZED VIEW leadline.standing_by_date AS
SELECT opened_on AS at, count(*) AS all_count, sum(amount) AS value
  FROM deals WHERE closed_on IS NULL GROUP BY 1;
"""
STATES = {one.name: RollupState(one.name, usable=True, stale=False, version=1) for one in ROLLUPS}


@pytest.fixture(scope="session")
def stored(world: World, stored_views: None) -> World:
    """The same world, whose model has rollups."""
    return World(world.connection, world.data, bind(model(*ROLLUPS), schema()))


_REGION = st.sampled_from(
    [
        {"field": "rep.region", "op": "in", "values": ["East", "(none)"]},
        {"field": "rep.region", "op": "ne", "values": ["East"]},
        {"not": {"field": "rep.region", "op": "contains", "values": ["a"]}},
        {"field": "rep.region", "op": "is_null"},
        {"field": "rep.region", "op": "lt", "values": ["a"]},
    ]
)
_SOURCE = st.sampled_from(
    [{"field": "source", "op": "eq", "values": ["web"]}, {"field": "source", "op": "not_null"}]
)
_RANGES = st.one_of(
    st.sampled_from(UNITS).map(lambda unit: {"preset": f"this_{unit}"}),
    st.sampled_from(UNITS).map(lambda unit: {"preset": f"last_3_{unit}s"}),
    st.sampled_from(UNITS).map(lambda unit: {"preset": f"{unit}_to_date"}),
    st.sampled_from([{"preset": "all"}, {"from": "2025-11-01"}, {"to": "2026-03-08"}]),
    st.sampled_from([{"from": "2026-01-15", "to": "2026-03-01"}, {"from": "2026-01-15T12:00"}]),
)
_METRICS = st.sampled_from(
    [
        ["revenue"],
        ["sales"],
        ["win_rate"],
        ["mean_size", "sales"],
        ["gap"],
        ["least"],
        ["dated"],
        ["revenue", "dated"],
        ["revenue", "win_rate", "conversion"],
        ["sellers", "revenue"],
        ["mean_amount"],
        ["pipeline"],
        ["open_deals"],
        ["pipeline", "open_deals"],
        ["pipeline", "revenue"],
    ]
)
_COMPARES = st.builds(
    lambda to, shape, cut: {"to": to, "as": shape, "cut": cut},
    st.sampled_from(["previous_period", *(f"previous_{unit}" for unit in UNITS)]),
    st.sampled_from(["value", "change", "percent"]),
    st.booleans(),
)


@st.composite
def _questions(draw: st.DrawFn) -> dict[str, Any]:
    time: dict[str, Any] = {"range": draw(_RANGES)}
    if draw(st.booleans()):
        time["grain"] = draw(st.sampled_from(UNITS))
    if draw(st.integers(0, 4)) == 0:
        time["zone"] = draw(st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]))
    query = {
        "metrics": draw(_METRICS),
        "dimensions": draw(st.lists(st.sampled_from(["rep.region", "source"]), max_size=2, unique=True)),
        "time": time,
        "filters": draw(st.lists(st.one_of(_REGION, _SOURCE), max_size=1)),
        "compare": draw(st.lists(_COMPARES, max_size=1)),
        "totals": draw(st.booleans()),
    }
    return {**query, "as_of": draw(st.sampled_from(NOWS))} if draw(st.booleans()) else query


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=_questions())
def test_rollup_answer_is_base_answer(stored: World, query: dict[str, Any]) -> None:
    try:
        plan = stored.plan(query, STATES)
    except LeadlineError as error:
        assert error.code == "not_comparable"
        return
    if plan.rollups:
        assert stored.read(plan) == stored.ask(query)


@pytest.mark.parametrize(
    ("query", "rollups", "layer"),
    [
        ({"metrics": ["revenue"]}, ("won_by_month",), "rollup"),
        (
            {"metrics": ["revenue"], "time": {"grain": "day", "range": {"preset": "last_30_days"}}},
            ("by_day",),
            "rollup",
        ),
        ({"metrics": ["revenue"], "time": {"grain": "quarter"}}, ("won_by_month",), "rollup"),
        ({"metrics": ["win_rate"], "dimensions": ["source"]}, ("by_day",), "rollup"),
        ({"metrics": ["dated"], "time": {"range": {"preset": "month_to_date"}}}, ("by_date",), "rollup"),
        ({"metrics": ["dated"], "time": {"grain": "day", "zone": "Asia/Kathmandu"}}, ("by_date",), "rollup"),
        ({"metrics": ["conversion"]}, ("won_by_month",), "base"),
        ({"metrics": ["pipeline"], "dimensions": ["source"]}, ("standing",), "rollup+edge"),
        ({"metrics": ["open_deals"]}, ("standing_by_date",), "rollup+edge"),
        ({"metrics": ["pipeline"], "time": {"grain": "month"}}, ("standing",), "rollup+edge"),
        ({"metrics": ["pipeline"], "time": {"grain": "hour", "range": {"preset": "today"}}}, (), "base"),
        (
            {"metrics": ["revenue"], "time": {"range": {"preset": "month_to_date"}}},
            ("by_day",),
            "rollup+edge",
        ),
    ],
)
def test_which_rollup_is_chosen(
    stored: World, query: dict[str, Any], rollups: tuple[str, ...], layer: str
) -> None:
    plan = stored.plan(query, STATES)
    assert (plan.rollups, plan.layer) == (rollups, layer)
    assert stored.read(plan) == stored.ask(query)
