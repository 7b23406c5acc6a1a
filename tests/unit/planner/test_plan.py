"""From a query to a plan: names, times, comparisons, refusals, and the SQL's independence of values."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Extent, Plan, Probe, Statement
from tests.integration.planner.queries import queries
from tests.unit.planner.planning import plan, planned, statement


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ({"metrics": ["amount;drop"]}, "unknown_metric", "/metrics/0"),
        ({"metrics": ["revenue", "revenu"]}, "unknown_metric", "/metrics/1"),
        ({"dimensions": ["1,(select ..)"]}, "unknown_field", "/dimensions/0"),
        ({"dimensions": ['x" from']}, "unknown_field", "/dimensions/0"),
        ({"dimensions": ["rep.shoe"]}, "unknown_field", "/dimensions/0"),
        ({"dimensions": ["reps.region"]}, "ambiguous_path", "/dimensions/0"),
        ({"metrics": ["leads"], "dimensions": ["deals.stage"]}, "unreachable_field", "/dimensions/0"),
        ({"metrics": ["revenue", "leads"], "dimensions": ["stage"]}, "unreachable_field", "/dimensions/0"),
        ({"dimensions": ["rep.name.month"]}, "unknown_field", "/dimensions/0"),
        (
            {"filters": [{"any": [{"field": "nope", "op": "is_null"}]}]},
            "unknown_field",
            "/filters/0/any/0/field",
        ),
        (
            {"filters": [{"field": "deals.amount", "op": "eq", "values": ["abc"]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "deals.amount", "op": "eq", "values": ["1e5"]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "deals.amount", "op": "eq", "values": ["١"]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "deals.amount", "op": "eq", "values": [True]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "deals.urgent", "op": "lt", "values": [True]}]},
            "wrong_value_type",
            "/filters/0/op",
        ),
        (
            {"filters": [{"field": "rep.name", "op": "eq", "values": [7]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "rep.name", "op": "lt", "values": [None]}]},
            "wrong_value_type",
            "/filters/0/values/0",
        ),
        (
            {"filters": [{"field": "rep.hired", "op": "eq", "values": ["2026-01-01T00:00"]}]},
            "wrong_value_type",
            "/filters/0/values",
        ),
        (
            {"filters": [{"field": "deals.amount", "op": "contains", "values": ["1"]}]},
            "wrong_value_type",
            "/filters/0/op",
        ),
        (
            {"filters": [{"field": "rep.name", "op": "range", "range": {"preset": "today"}}]},
            "wrong_value_type",
            "/filters/0/op",
        ),
        ({"metrics": ["heads"], "time": {"grain": "day"}}, "no_time", "/time/grain"),
        ({"time": {"by": "rep.name"}}, "unknown_field", "/time/by"),
        ({"time": {"by": "leads.nope"}}, "unknown_field", "/time/by"),
        ({"metrics": ["leads"], "time": {"by": "deals.closed_at"}}, "unreachable_field", "/time/by"),
        ({"metrics": ["dated"], "time": {"grain": "hour"}}, "grain_too_fine", "/time/grain"),
        ({"metrics": ["open_deals"], "time": {"grain": "minute"}}, "grain_too_fine", "/time/grain"),
        ({"compare": [{"growth": "rolling", "periods": 2}]}, "not_comparable", "/compare/0"),
        ({"compare": [{"to": {"preset": "all"}}], "time": {"grain": "day"}}, "not_comparable", "/compare/0"),
        ({"time": {"grain": "day", "range": {"preset": "last_1000_months"}}}, "too_many_buckets", "/time"),
        ({"time": {"range": {"from": "2026-02-01", "to": "2026-01-01"}}}, "bad_range", "/time/range"),
        ({"time": {"range": {"to": "9999-12-31T00:00:01"}}}, "bad_range", "/time/range"),
        ({"sort": [{"by": "amount"}]}, "unknown_field", "/sort/0/by"),
        ({"sort": [{"by": "revenue"}, {"by": "time"}]}, "unknown_field", "/sort/1/by"),
        ({"metrics": ["leads"], "compare": [{"to": "target"}]}, "not_comparable", "/compare/0"),
        (
            {"metrics": ["last_close"], "compare": [{"to": "previous_year", "as": "change"}]},
            "not_comparable",
            "/compare/0",
        ),
    ],
)
def test_refusals_name_code_and_place(query: dict[str, Any], code: str, at: str) -> None:
    if "compare" in query:
        query = {**query, "time": {"range": {"preset": "this_month"}, **query.get("time", {})}}
    with pytest.raises(LeadlineError) as error:
        plan(query)
    assert (error.value.code, error.value.at) == (code, at)


@pytest.mark.parametrize(
    ("grain", "preset", "to"),
    [
        (None, "all", "previous_year"),
        (None, "all", "previous_period"),
        ("week", "this_year", "previous_month"),
        ("week", "this_month", "previous_period"),
        ("week", "this_week", "previous_day"),
        ("month", "this_year", "previous_week"),
        ("month", "last_13_weeks", "previous_period"),
        ("quarter", "this_year", "previous_month"),
        ("year", "this_year", "previous_quarter"),
        ("day", "last_5_hours", "previous_period"),
    ],
)
def test_a_moved_bucket_that_is_none_is_not_comparable(grain: str | None, preset: str, to: str) -> None:
    time = {"range": {"preset": preset}, **({"grain": grain} if grain else {})}
    with pytest.raises(LeadlineError) as error:
        plan({"time": time, "compare": [{"to": to}]})
    assert (error.value.code, error.value.at) == ("not_comparable", "/compare/0")


@pytest.mark.parametrize(
    ("metrics", "grain"),
    [
        (["revenue"], "minute"), (["revenue"], "quarter_hour"), (["revenue"], "hour"),
        (["dated"], "retail_week"), (["dated"], "fiscal_quarter"), (["pipeline", "revenue"], "day"),
        (["open_deals"], "retail_month"),
    ],
)  # fmt: skip
def test_each_grain_is_planned_for_events_and_states(metrics: list[str], grain: str) -> None:
    found = plan({"metrics": metrics, "time": {"grain": grain, "range": {"preset": "yesterday"}}})
    counts = {"minute": 24 * 60, "quarter_hour": 24 * 4, "hour": 24}
    assert len(found.buckets) == counts.get(grain, 1)
    assert found.columns[0].grain == grain


@pytest.mark.parametrize(
    ("range_", "first", "last", "starts"),
    [
        ({}, "2026-01-31T18:00Z", "2026-03-01T05:59Z", ["2026-01-01", "2026-02-01"]),
        ({}, "2026-01-31T18:00Z", "2026-03-01T06:00Z", ["2026-01-01", "2026-02-01", "2026-03-01"]),
        ({"from": "2026-02-10"}, "2026-02-20T00:00Z", "2026-02-20T00:00Z", ["2026-02-01"]),
        ({"to": "2026-03-10"}, "2026-02-20T00:00Z", "2026-02-21T00:00Z", ["2026-02-01", "2026-03-01"]),
        ({}, None, None, []),
    ],
)
def test_the_buckets_of_an_open_range_reach_as_far_as_its_rows(
    range_: dict[str, str], first: str | None, last: str | None, starts: list[str]
) -> None:
    query = {"time": {"grain": "month", **({"range": range_} if range_ else {})}}
    assert isinstance(planned(query), Probe)
    ends = (datetime.fromisoformat(one) if one else None for one in (first, last))
    found = planned(query, extent=Extent(*ends))
    assert isinstance(found, Plan)
    assert [one.start[:10] for one in found.buckets] == starts


def test_all_time_has_no_period_before_it_also_where_its_rows_are_known() -> None:
    query = {"time": {"grain": "day"}, "compare": [{"to": "previous_period"}]}
    day = datetime.fromisoformat("2026-03-01T12:00Z")
    with pytest.raises(LeadlineError) as error:
        planned(query, extent=Extent(day, day))
    assert (error.value.code, error.value.at) == ("not_comparable", "/compare/0")


@pytest.mark.parametrize(
    ("grain", "preset", "compare", "start", "end"),
    [
        (None, "this_month", {"to": "previous_month"}, "2026-02-01", "2026-02-28T12:01"),
        (None, "this_month", {"to": "previous_month", "cut": False}, "2026-02-01", "2026-03-01"),
        (None, "month_to_date", {"to": "previous_month"}, "2026-02-01", "2026-02-28T12:01"),
        (None, "month_to_date", {"to": "previous_month", "cut": False}, "2026-02-01", "2026-03-01"),
        (None, "month_to_date", {"to": "previous_year"}, "2025-03-01", "2025-03-31T12:01"),
        (None, "year_to_date", {"to": "previous_period"}, "2025-01-01", "2025-03-31T12:01"),
        (None, "last_month", {"to": "previous_month"}, "2026-01-01", "2026-02-01"),
        (None, "last_13_weeks", {"to": "previous_period"}, "2025-09-29", "2025-12-29"),
        (None, "last_13_weeks", {"to": "previous_year"}, "2024-12-29", "2025-03-30"),
        ("week", "last_13_weeks", {"to": "previous_year"}, "2024-12-30", "2025-03-31"),
        (None, "today", {"to": "previous_day"}, "2026-03-30", "2026-03-30T12:01"),
        (None, "today", {"to": "previous_week"}, "2026-03-24", "2026-03-24T12:01"),
        ("day", "this_month", {"to": "previous_month"}, "2026-02-01", "2026-03-01"),
        ("month", "last_3_months", {"to": "previous_month"}, "2025-11-01", "2026-02-01"),
    ],
)
def test_where_the_earlier_period_lies(
    grain: str | None, preset: str, compare: dict[str, Any], start: str, end: str
) -> None:
    time = {"range": {"preset": preset}, **({"grain": grain} if grain else {})}
    found = plan({"time": time, "compare": [compare]}).columns[-1].range
    assert found and found["zone"] == "America/Chicago"
    shown = tuple(datetime.fromisoformat(found[key]).replace(tzinfo=None) for key in ("from", "to"))
    assert shown == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-03-31", "2026-03-01"),
        ("2026-02-28", "2026-01-29"),  # 28 January is its last day
        ("2026-04-30", "2026-03-31"),
        ("2024-02-29", "2024-01-30"),
    ],
)
@pytest.mark.parametrize("preset", ["month_to_date", "this_month"])
def test_the_end_of_a_month_looks_back_to_the_same_day(preset: str, as_of: str, end: str) -> None:
    query = {"time": {"range": {"preset": preset}}, "compare": [{"to": "previous_month"}], "as_of": as_of}
    found = plan(query).columns[-1].range
    assert found and found["to"].startswith(f"{end}T00:00:00")


def test_columns_are_named_as_the_reference_says() -> None:
    compare = [
        {"to": "previous_year"},
        {"to": "previous_year", "as": "percent"},
        {"to": "previous_month", "cut": False},
        {"to": "target", "as": "share"},
        {"to": "target", "pace": "days"},
    ]
    time = {"grain": "month", "range": {"preset": "this_year"}}
    found = plan({"dimensions": ["rep.region"], "time": time, "compare": compare}).columns
    assert [one.name for one in found] == [
        "time",
        "rep.region",
        "revenue",
        "revenue:previous_year",
        "revenue:previous_year:percent",
        "revenue:previous_month:whole",
        "revenue:target:share",
        "revenue:target:days",
    ]
    assert (found[2].unit, found[2].scale, found[2].time) == ("USD", 2, "deals.closed_at")
    assert (found[4].compares, found[4].to, found[4].as_) == ("revenue", "previous_year", "percent")
    assert found[4].scale == 10


@pytest.mark.parametrize(
    ("metric", "type_", "scale"),
    [
        ("revenue", "decimal", 2),
        ("sales", "integer", None),
        ("mean_amount", "decimal", 10),
        ("sellers", "integer", None),
        ("least", "decimal", 2),
        ("win_rate", "decimal", 10),
        ("gap", "decimal", 2),
        ("conversion", "decimal", 10),
        ("last_close", "time", None),
        ("first_day", "date", None),
        ("last_log", "time", None),
        ("last_stage", "text", None),
        ("heft", "decimal", None),
        ("parts", "decimal", None),
    ],
)
def test_types_and_digits_of_metrics(metric: str, type_: str, scale: int | None) -> None:
    found = plan({"metrics": [metric]}).columns[-1]
    assert (found.type, found.scale) == (type_, scale)


def test_the_distance_of_a_count_from_a_plan_keeps_its_digits() -> None:
    compare = [{"to": "target", "as": "change"}, {"to": "target", "as": "change", "pace": "days"}]
    found = plan(
        {"metrics": ["sales"], "compare": compare, "time": {"range": {"preset": "this_month"}}}
    ).columns
    assert [(one.type, one.scale) for one in found[1:]] == [("decimal", 2), ("decimal", 10)]


HOSTILE = [
    "East",
    "x') OR 1=1--",
    "';select pg_sleep(5)--",
    "%s",
    "%(p0)s",
    "$1",
    "\\",
    '"',
    "x" * 10_000,
    "",
]
_TEXT_OPS = ["eq", "ne", "lt", "gte", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with"]


@pytest.mark.parametrize("op", _TEXT_OPS)
def test_the_text_of_the_sql_does_not_depend_on_values(op: str) -> None:
    texts = set()
    for value in HOSTILE:
        made = statement({"filters": [{"field": "rep.region", "op": op, "values": [value]}]})
        assert value in made.params.values()
        texts.add(made.sql)
    assert len(texts) == 1


def test_the_text_of_the_sql_does_not_depend_on_numbers_dates_or_limits_of_ranges() -> None:
    def sql(number: object, day: str) -> str:
        filters = [
            {"field": "deals.share", "op": "lt", "values": [number]},
            {"field": "deals.closed_at", "op": "gte", "values": [day]},
        ]
        return statement({"filters": filters, "time": {"range": {"from": day}}}).sql

    assert sql("0.1", "2026-01-01") == sql("123456789.5", "2025-03-09T02:30:00+05:45")


def test_a_per_cent_sign_of_ours_is_no_parameter() -> None:
    assert "%%" not in statement({}).sql
    made = statement({"dimensions": ["deals.size"]})
    assert made.sql.count("%(") == len(made.params)


@settings(max_examples=60, deadline=None)
@given(queries())
def test_equal_questions_give_equal_plans(query: dict[str, Any]) -> None:
    try:
        first = planned(query)
    except LeadlineError as error:
        assert error.status == 400
        return
    assert planned(query) == first
    for one in statements(first):
        assert set(re.findall(r"%\((\w+)\)s", one.sql)) <= set(one.params)


def statements(found: Plan | Probe) -> list[Statement]:
    """All that a database will be asked."""
    if isinstance(found, Probe):
        return [found.statement]
    asked = [found.rows, found.totals, *(one.rows for one in found.subtotals)]
    return [one for one in asked if one is not None]
