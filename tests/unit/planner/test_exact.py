"""Why a rollup is not used: each reason by its name, and where none stands against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from leadline.core.viewer import Viewer
from leadline.planner import bind
from leadline.planner.exact import MOST_EDGES
from leadline.planner.plan import Plan, RollupState
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import Rollup, RollupColumn, RowRule
from tests.integration.planner.world import HERE, measure, model, schema
from tests.unit.planner.planning import bound_with
from tests.unit.planner.planning import plan as plan_of

WON = "status = 'won'"
COUNT, AMOUNT = measure("won_count", "count", where=WON), measure("won_amount", "sum", "amount", WON)
TIME, REGION = RollupColumn("at", time=True), RollupColumn("region", dimension="rep.region")
COLUMNS = (TIME, REGION, RollupColumn("n", measure=COUNT), RollupColumn("amount", measure=AMOUNT))
DAY = Rollup("stored", "deals", COLUMNS, HERE, time=("closed_at", "day"), where=parse(WON))
STANDING = replace(
    DAY,
    columns=(TIME, REGION, RollupColumn("value", measure=measure("value", "sum", "amount"))),
    time=("opened_at", "day"),
    where=parse("closed_at is null"),
)
HOUR = replace(DAY, time=("closed_at", "hour"))
QUARTER_HOUR = replace(DAY, time=("closed_at", "quarter_hour"))
WEEK = replace(DAY, time=("closed_at", "week"))
MONTH = replace(DAY, time=("closed_at", "month"))
DATES = replace(DAY, time=("closed_on", "day"))
TIMELESS = replace(DAY, time=None, columns=COLUMNS[1:])
MARCH = {"range": {"preset": "this_month"}}
Touched = Iterable[datetime | date | None]


def plan(
    rollup: Rollup,
    query: dict[str, Any],
    *,
    usable: bool = True,
    stale: bool = False,
    touched: Touched = (),
) -> Plan:
    known = RollupState(rollup.name, usable, stale, 1, touched=frozenset(touched))
    return plan_of(query, bound_with(rollup), (known,))


def reason(found: Plan) -> str:
    assert found.rollups == ()
    assert found.layer == "base"
    (one,) = found.rejected
    assert one.rollup == "stored"
    assert one.detail
    return one.reason


def between(start: str, end: str) -> dict[str, str]:
    """A range with both ends."""
    return {"from": start, "to": end}


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
        (STANDING, {}, "filter_not_covered"),
        (STANDING, {"metrics": ["pipeline"], "dimensions": ["source"]}, "missing_member"),
        (STANDING, {"metrics": ["pipeline"], "time": {"grain": "hour", **MARCH}}, "grain_not_derivable"),
        (STANDING, {"metrics": ["pipeline"], "time": {"zone": "Europe/Berlin"}}, "zone_differs"),
        (replace(STANDING, time=("closed_at", "day")), {"metrics": ["pipeline"]}, "missing_member"),
        (replace(STANDING, where=None), {"metrics": ["pipeline"]}, "missing_member"),
        (WEEK, {"time": {"grain": "month", **MARCH}}, "grain_not_derivable"),
        (WEEK, {"time": {"grain": "retail_week", **MARCH}}, "grain_not_derivable"),
        (MONTH, {"time": {"grain": "day", **MARCH}}, "grain_not_derivable"),
        (DAY, {"time": {"grain": "hour", **MARCH}}, "grain_not_derivable"),
        (DAY, {"time": {"grain": "day", **MARCH, "zone": "Europe/Berlin"}}, "zone_differs"),
        (DAY, {"time": {**MARCH, "zone": "UTC"}}, "zone_differs"),
        (HOUR, {"time": {**MARCH, "zone": "Asia/Kathmandu"}}, "zone_differs"),
        (QUARTER_HOUR, {"time": {"range": {"to": "1900-01-01"}, "zone": "Asia/Kathmandu"}}, "zone_differs"),
        (DAY, {"time": {"range": between("2026-03-02T06:00", "2026-03-02T18:00")}}, "range_not_covered"),
        (DAY, {"time": {"range": between("2026-03-02T06:00", "2026-03-03T18:00")}}, "range_not_covered"),
        (MONTH, {"time": {"range": between("2026-01-15", "2026-02-15")}}, "range_not_covered"),
        (TIMELESS, {"time": MARCH}, "missing_member"),
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
        (DAY, {"time": {"grain": "retail_week", "range": {"preset": "last_4_retail_weeks"}}}),
        (HOUR, {"time": {"grain": "day", "range": {"preset": "yesterday"}, "zone": "Europe/Berlin"}}),
        (
            QUARTER_HOUR,
            {"time": {"grain": "hour", "range": {"preset": "yesterday"}, "zone": "Asia/Kathmandu"}},
        ),
        (
            DAY,
            {"dimensions": ["rep.region"], "filters": [{"field": "rep.region", "op": "ne", "values": ["x"]}]},
        ),
        (DAY, {"metrics": ["gap"], "time": {"grain": "year", "range": {"preset": "last_3_years"}}}),
        (DAY, {"time": {"range": {"preset": "month_to_date"}}, "as_of": "2026-03-30"}),  # the day is over
        (MONTH, {"time": {"grain": "quarter", "range": {"preset": "last_year"}}}),
        (TIMELESS, {"dimensions": ["rep.region"]}),
        (  # a column of dates has no zone, and today is a whole date
            DATES,
            {"metrics": ["dated"], "time": {"range": {"preset": "month_to_date"}, "zone": "Asia/Kathmandu"}},
        ),
    ],
)
def test_where_nothing_stands_against_it(rollup: Rollup, query: dict[str, Any]) -> None:
    found = plan(rollup, query)
    assert (found.rollups, found.layer, found.rejected) == (("stored",), "rollup", ())


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"dimensions": ["rep.region"]},
        {"time": {"grain": "month", **MARCH}},
        {"time": {"range": {"preset": "last_year"}}},
        {
            "time": {"grain": "day", "range": {"preset": "month_to_date"}},
            "compare": [{"to": "previous_year"}],
        },
    ],
)
def test_of_states_a_rollup_gives_what_has_not_ended(asked: dict[str, Any]) -> None:
    found = plan(STANDING, {"metrics": ["pipeline"], **asked})
    assert (found.rollups, found.layer, found.edges) == (("stored",), "rollup+edge", ("stored",))
    assert found.aside, "no mark tells of what has ended"
    assert found.tables == ("public.deals",)


def test_the_condition_of_a_rollup_may_be_written_in_any_order() -> None:
    base = replace(DAY, where=parse("status='won'"))
    assert plan(base, {}).rollups == ("stored",)


# -- rollup and edge ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rollup", "query"),
    [
        (DAY, {"time": {"range": {"preset": "month_to_date"}}}),
        (DAY, {"time": {"range": {"from": "2026-01-01T06:00"}}}),
        (DAY, {"time": {"grain": "day", **MARCH}, "compare": [{"to": "previous_month", "as": "change"}]}),
        (MONTH, {"time": {"range": {"from": "2026-01-15"}}}),
        (MONTH, {"time": {"range": between("2026-01-15", "2026-03-15")}}),
        (WEEK, {"time": {"grain": "week", **MARCH}}),
    ],
)
def test_stored_buckets_that_a_bound_cuts_are_read_from_the_table(
    rollup: Rollup, query: dict[str, Any]
) -> None:
    found = plan(rollup, query)
    assert (found.rollups, found.layer, found.rejected) == (("stored",), "rollup+edge", ())
    assert found.tables == ("public.deals",)


def test_a_month_of_dates_does_not_hold_its_first_day_alone() -> None:
    month = replace(DAY, time=("closed_on", "month"))
    query = {"metrics": ["dated"], "time": {"range": {"preset": "year_to_date"}}}
    assert plan(month, {**query, "as_of": "2026-03-01T00:00:00-06:00"}).layer == "rollup+edge"
    assert plan(month, {**query, "as_of": "2026-02-28"}).layer == "rollup"


CHANGED = datetime(2026, 3, 5, 6, tzinfo=UTC)
"""5 March in Chicago, as the column of a rollup of instants names it."""


@pytest.mark.parametrize(
    ("rollup", "query", "touched", "layer"),
    [
        (DAY, {"time": MARCH}, [CHANGED], "rollup+edge"),
        (DATES, {"metrics": ["dated"], "time": MARCH}, [date(2026, 3, 5)], "rollup+edge"),
        (DAY, {}, [CHANGED], "rollup+edge"),
        (DAY, {}, [None], "rollup+edge"),
        (DAY, {"time": MARCH}, [None], "rollup"),  # rows without a time are in no range
        (DAY, {"time": {"range": {"preset": "last_month"}}}, [CHANGED], "rollup"),
        (DAY, {"time": {"range": {"from": "2026-03-06"}}}, [CHANGED], "rollup"),
    ],
)
def test_changed_buckets_are_read_from_the_table_where_the_question_reads_them(
    rollup: Rollup, query: dict[str, Any], touched: Touched, layer: str
) -> None:
    assert plan(rollup, query, touched=touched).layer == layer


def test_a_bucket_that_is_cut_and_changed_is_read_once() -> None:
    query = {"time": {"range": between("2026-03-05T06:00", "2026-03-09")}}
    cut, both = plan(DAY, query), plan(DAY, query, touched=[CHANGED])
    assert cut.layer == both.layer == "rollup+edge"
    assert cut.rows == both.rows


@pytest.mark.parametrize(
    ("rollup", "query", "name"),
    [
        (DAY, {"time": {"range": between("2026-03-05", "2026-03-06")}}, "range_not_covered"),
        (TIMELESS, {}, "stale"),  # it cannot say where it changed
        (DAY, {"metrics": ["dated"]}, "stale"),  # its buckets are of another time
    ],
)
def test_changes_that_leave_nothing_to_read(rollup: Rollup, query: dict[str, Any], name: str) -> None:
    assert reason(plan(rollup, query, touched=[CHANGED])) == name


def test_too_many_edges_are_no_saving() -> None:
    hours = [datetime(2026, 1, 1 + n // 24, n % 24, tzinfo=UTC) for n in range(MOST_EDGES + 1)]
    assert plan(HOUR, {}, touched=hours[1:]).layer == "rollup+edge"
    assert reason(plan(HOUR, {}, touched=hours)) == "range_not_covered"


# -- rules ----------------------------------------------------------------------------------------------


def as_viewer(predicate: str, query: dict[str, Any], rollup: Rollup = DAY, role: str = "viewer") -> Plan:
    """The plan where a rule shows the deals, and all reps, of which a predicate holds."""
    when, deals, reps = (
        parse(text, viewer_names=True)
        for text in ("viewer.role is not null", predicate, "region = viewer.region")
    )
    rule = RowRule("own", when, {"deals": deals, "reps": reps}, HERE)
    bound = bind(replace(model(rollup), row_rules={"own": rule}), schema())
    viewer = Viewer("org", "ann@example.com", role, "Ann", (("region", "East"),))
    return plan_of(query, bound, (RollupState(rollup.name, True, False, 1),), viewer)


def test_a_rule_is_answered_from_a_rollup_that_stores_what_it_reads() -> None:
    assert as_viewer("rep.region = viewer.region", {}).rollups == ("stored",)
    assert as_viewer("rep.region = viewer.region", {"dimensions": ["rep.region"]}).rollups == ("stored",)


@pytest.mark.parametrize("predicate", ["rep.name = viewer.name", "rep.region = 'East' and amount > 5"])
def test_a_rule_needs_its_columns(predicate: str) -> None:
    assert reason(as_viewer(predicate, {})) == "rule_needs_column"
    assert as_viewer(predicate, {}, role="admin").rollups == ("stored",)


def test_the_rule_of_a_partner_that_is_shown_needs_its_columns_too() -> None:
    named = (*COLUMNS, RollupColumn("name", dimension="rep.name"))
    by_name = replace(DAY, columns=tuple(one for one in named if one is not REGION))
    query = {"dimensions": ["rep.name"]}
    assert reason(as_viewer("rep.name = viewer.name", query, by_name)) == "rule_needs_column"
    assert as_viewer("rep.name = viewer.name", query, replace(DAY, columns=named)).rollups == ("stored",)


# -- the choice -----------------------------------------------------------------------------------------


def chosen(*rollups: Rollup, **query: Any) -> Plan:
    """The plan where all of them are usable."""
    states = tuple(RollupState(one.name, True, False, 1) for one in rollups)
    return plan_of(query, bound_with(*rollups), states)


def test_the_one_with_fewest_dimensions_is_read_and_then_the_coarsest() -> None:
    small = replace(DAY, name="small", columns=(TIME, *COLUMNS[2:]))
    months = replace(small, name="months", time=("closed_at", "month"))
    assert chosen(DAY, small).rollups == ("small",)
    assert chosen(DAY, small, months).rollups == ("months",)
    assert chosen(DAY, small, months, dimensions=["rep.region"]).rollups == ("stored",)


def test_those_that_were_not_chosen_were_not_rejected() -> None:
    small = replace(DAY, name="small", columns=(TIME, *COLUMNS[2:]))
    assert chosen(DAY, small).rejected == ()
    assert [one.rollup for one in chosen(DAY, small, dimensions=["rep.region"]).rejected] == ["small"]
