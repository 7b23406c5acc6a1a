"""From a query to a plan: names, times, comparisons, refusals, and the SQL's independence of values."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Plan, Probe, Statement
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
