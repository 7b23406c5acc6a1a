"""Why a rollup is not used: each reason by its name, and where none stands against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.core.calendar import Calendar
from leadline.planner import bind, make_plan, parse_query
from leadline.planner.plan import Plan, RollupState
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn
from tests.integration.planner.world import HERE, VIEWER, measure, model, schema

WON = "status = 'won'"
COUNT, AMOUNT = measure("won_count", "count", where=WON), measure("won_amount", "sum", "amount", WON)
TIME, REGION = RollupColumn("at", time=True), RollupColumn("region", dimension="rep.region")
COLUMNS = (TIME, REGION, RollupColumn("n", measure=COUNT), RollupColumn("amount", measure=AMOUNT))
DAY = Rollup("stored", "deals", COLUMNS, HERE, time=("closed_at", "day"), where=parse(WON))
NOW = datetime(2026, 3, 31, 17, 0, 7, tzinfo=UTC)
MARCH = {"range": {"preset": "this_month"}}


def plan(rollup: Rollup, query: dict[str, Any], calendar: Calendar | None = None, **state: bool) -> Plan:
    bound = bind(model(rollup, calendar=calendar), schema())
    asked = parse_query({"metrics": ["revenue"], **query}, viewer=VIEWER, now=NOW, model=bound.model)
    known = RollupState(rollup.name, state.get("usable", True), state.get("stale", False), 1)
    return make_plan(asked, bound, {rollup.name: known})


def reason(found: Plan) -> str:
    assert found.rollups == ()
    assert found.layer == "base"
    (one,) = found.rejected
    assert one.rollup == "stored"
    assert one.detail
    return one.reason


@pytest.mark.parametrize(
    ("rollup", "query", "name"),
    [
        (DAY, {"metrics": ["sellers"]}, "not_additive"),
        (DAY, {"metrics": ["win_rate"]}, "filter_not_covered"),
        (DAY, {"metrics": ["least"]}, "filter_not_covered"),
        (DAY, {"metrics": ["mean_size"]}, "missing_member"),
        (DAY, {"metrics": ["east"]}, "missing_member"),
        (DAY, {"dimensions": ["source"]}, "missing_member"),
        (DAY, {"filters": [{"field": "rep.name", "op": "not_null"}]}, "missing_member"),
        (DAY, {"metrics": ["dated"], "time": MARCH}, "missing_member"),
        (DAY, {"time": {**MARCH, "by": "deals.opened_at"}}, "missing_member"),
        (DAY, {"metrics": ["pipeline"]}, "filter_not_covered"),
        (replace(DAY, time=("closed_at", "week")), {"time": {"grain": "month"}}, "grain_not_derivable"),
        (replace(DAY, time=("closed_at", "month")), {"time": {"grain": "day"}}, "grain_not_derivable"),
        (DAY, {"time": {"grain": "day", "zone": "Europe/Berlin"}}, "zone_differs"),
        (DAY, {"time": {**MARCH, "zone": "UTC"}}, "zone_differs"),
        (DAY, {"time": {"range": {"preset": "month_to_date"}}}, "range_not_covered"),
        (DAY, {"time": {"range": {"from": "2026-01-01T06:00"}}}, "range_not_covered"),
        (
            replace(DAY, time=("closed_at", "month")),
            {"time": {"range": {"from": "2026-01-15"}}},
            "range_not_covered",
        ),
        (replace(DAY, time=None, columns=COLUMNS[1:]), {"time": MARCH}, "missing_member"),
    ],
)
def test_each_reason_has_its_name(rollup: Rollup, query: dict[str, Any], name: str) -> None:
    assert reason(plan(rollup, query)) == name


def test_a_rollup_that_is_not_built_or_stale_is_not_read() -> None:
    assert reason(plan(DAY, {}, usable=False)) == "disabled"
    assert reason(plan(DAY, {}, stale=True)) == "stale"


@pytest.mark.parametrize(
    ("rollup", "query"),
    [
        (DAY, {}),
        (DAY, {"time": {"zone": "Europe/Berlin"}}),  # without range and grain no zone matters
        (DAY, {"time": MARCH}),
        (DAY, {"time": {"grain": "week", **MARCH}}),
        (
            DAY,
            {"dimensions": ["rep.region"], "filters": [{"field": "rep.region", "op": "ne", "values": ["x"]}]},
        ),
        (DAY, {"metrics": ["gap"], "time": {"grain": "year"}}),
        (DAY, {"time": {"range": {"preset": "month_to_date"}}, "as_of": "2026-03-30"}),  # the day is over
        (replace(DAY, time=("closed_at", "month")), {"time": {"grain": "quarter"}}),
        (replace(DAY, time=None, columns=COLUMNS[1:]), {"dimensions": ["rep.region"]}),
        (
            replace(
                DAY, time=("closed_on", "day")
            ),  # a column of dates has no zone, and today is a whole date
            {"metrics": ["dated"], "time": {"range": {"preset": "month_to_date"}, "zone": "Asia/Kathmandu"}},
        ),
    ],
)
def test_where_nothing_stands_against_it(rollup: Rollup, query: dict[str, Any]) -> None:
    found = plan(rollup, query)
    assert (found.rollups, found.layer, found.rejected) == (("stored",), "rollup", ())


def test_the_condition_of_a_rollup_may_be_written_in_any_order() -> None:
    base = replace(DAY, where=parse("status='won'"))
    assert plan(base, {}).rollups == ("stored",)


def test_a_month_of_dates_does_not_hold_its_first_day_alone() -> None:
    month = replace(DAY, time=("closed_on", "month"))
    query = {"metrics": ["dated"], "time": {"range": {"preset": "year_to_date"}}}
    assert reason(plan(month, {**query, "as_of": "2026-03-01T00:00:00-06:00"})) == "range_not_covered"
    assert plan(month, {**query, "as_of": "2026-02-28"}).rollups == ("stored",)


def test_the_smallest_of_the_exact_ones_is_read() -> None:
    small = replace(DAY, name="small", columns=(TIME, *COLUMNS[2:]))
    bound = bind(model(DAY, small), schema())
    states = {name: RollupState(name, True, False, 1) for name in ("stored", "small")}
    asked = parse_query({"metrics": ["revenue"]}, viewer=VIEWER, now=NOW, model=bound.model)
    found = make_plan(asked, bound, states)
    assert found.rollups == ("small",)
    assert found.rejected == ()
