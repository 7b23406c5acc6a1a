"""One question, one key, however it is written; different questions, different keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import Keys, bind, canonical, parse_query
from tests.integration.planner.world import VIEWER, model, schema

BOUND = bind(model(), schema())
NOW = datetime(2026, 3, 31, 17, 0, 7, tzinfo=UTC)


def keys(query: dict[str, Any], now: datetime = NOW, org: str = "org") -> Keys:
    viewer = replace(VIEWER, org=org)
    data = {"metrics": ["revenue"], **query}
    return canonical(parse_query(data, viewer=viewer, now=now, model=BOUND.model), BOUND)


def eq(field: str, *values: Any, op: str = "in") -> dict[str, Any]:
    return {"field": field, "op": op, "values": list(values)}


EAST, WEB = eq("rep.region", "East"), eq("source", "web")
HIGH = {"field": "revenue", "op": "gt", "values": ["12.5"]}
TOP = {"n": 5, "by": "revenue", "of": "rep.name", "per": None, "other": False}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {},
            {
                "limit": 10_000,
                "offset": 0,
                "totals": False,
                "filters": [],
                "time": {"zone": "America/Chicago"},
            },
        ),
        ({}, {"time": {"range": {"preset": "all"}}}),
        ({}, {"time": {"range": {}}}),
        ({"filters": [EAST, WEB]}, {"filters": [WEB, EAST]}),
        ({"filters": [EAST, WEB]}, {"filters": [{"all": [WEB, EAST, EAST]}]}),
        ({"filters": [EAST]}, {"filters": [{"any": [EAST]}]}),
        ({"filters": [EAST]}, {"filters": [eq("rep.region", "East", op="eq")]}),
        (
            {"filters": [eq("rep.region", "East", op="ne")]},
            {"filters": [eq("rep.region", "East", op="not_in")]},
        ),
        ({"filters": [eq("rep.region", "a", "b")]}, {"filters": [eq("rep.region", "b", "a", "b")]}),
        ({"filters": [WEB]}, {"filters": [eq("lead.source", "web")]}),
        ({"filters": [eq("stage", "new")]}, {"filters": [eq("deals.stage", "new")]}),
        ({"filters": [eq("amount", 12)]}, {"filters": [eq("amount", "12.0")]}),
        ({"filters": [{"any": [EAST, WEB]}]}, {"filters": [{"any": [WEB, EAST]}]}),
        ({"time": {"range": {"preset": "last_week"}}}, {"time": {"range": {"preset": "last_1_weeks"}}}),
        ({"time": {"range": {"preset": "today"}}}, {"time": {"range": {"preset": "this_day"}}}),
        (
            {"compare": [{"to": "previous_year"}]},
            {"compare": [{"to": "previous_year", "as": "value", "cut": True}]},
        ),
        ({"time": {"by": "deals.opened_at"}}, {"time": {"by": "opened_at"}}),
        ({"filters": [eq("closed_at", "2026-03-01")]}, {"filters": [eq("closed_at", "2026-03-01T06:00Z")]}),
        ({"filters": [eq("amount", 0)]}, {"filters": [eq("amount", "-0.0")]}),
        (
            {"filters": [{"any": [EAST, {"any": [WEB, EAST]}]}]},
            {"filters": [{"any": [WEB, {"all": [EAST]}, EAST]}]},
        ),
        ({"having": [eq("revenue", 5), HIGH]}, {"having": [HIGH, eq("revenue", "5.0", op="eq")]}),
        ({"dimensions": ["rep.name"], "top": TOP}, {"dimensions": ["rep.name"], "top": {"n": 5}}),
        (
            {"dimensions": ["rep.name"], "top": TOP, "sort": [{"by": "revenue", "desc": True}]},
            {"dimensions": ["rep.name"], "top": {"n": 5}, "sort": [{"by": "revenue", "desc": True}]},
        ),
        (
            {"compare": [{"to": {"preset": "yesterday"}}]},
            {"compare": [{"to": {"preset": "last_1_days"}, "as": "value"}]},
        ),
    ],
)
def test_spelling_order_and_defaults_do_not_matter(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert keys(one) == keys(other)


DIFFERENT: list[dict[str, Any]] = [
    {},
    {"metrics": ["sales"]},
    {"metrics": ["revenue", "sales"]},
    {"metrics": ["sales", "revenue"]},
    {"dimensions": ["rep.region"]},
    {"dimensions": ["rep.name"]},
    {"dimensions": [{"field": "rep.name", "all": True}]},
    {"filters": [EAST]},
    {"filters": [eq("rep.region", "East ")]},
    {"filters": [{"not": EAST}]},
    {"filters": [{"any": [EAST, WEB]}]},
    {"filters": [EAST, WEB]},
    {"filters": [eq("amount", "12.5")]},
    {"filters": [eq("rep.name", "1", "2", op="between")]},
    {"filters": [eq("rep.name", "2", "1", op="between")]},
    {"filters": [eq("rep.name", "12")]},
    {"filters": [eq("rep.name", "12.0")]},
    {"filters": [eq("rep.active", True)]},
    {"filters": [eq("rep.active", None)]},
    {"filters": [{"field": "deals.closed_at", "op": "range", "range": {"preset": "today"}}]},
    {"time": {"range": {"preset": "this_month"}}},
    {"time": {"grain": "day"}},
    {"time": {"zone": "UTC"}},
    {"time": {"by": "deals.opened_at"}},
    {"compare": [{"to": "target"}]},
    {"limit": 5},
    {"offset": 5},
    {"totals": True},
    {"sort": [{"by": "revenue"}]},
    {"sort": [{"by": "revenue", "desc": True}]},
    {"as_of": "2026-03-30"},
]


def test_different_questions_share_nothing() -> None:
    found = [keys(query) for query in DIFFERENT]
    assert len({one.live for one in found}) == len(DIFFERENT)
    assert len({one.cache for one in found}) == len(DIFFERENT)


@pytest.mark.parametrize(
    ("refused", "answered"),
    [
        ([eq("amount", "1e1")], [eq("amount", 10)]),
        ([eq("amount", "+10")], [eq("amount", 10)]),
        ([eq("amount", " 10")], [eq("amount", 10)]),
        ([eq("amount", "1_0")], [eq("amount", 10)]),
        ([eq("amount", "١٠")], [eq("amount", 10)]),
        ([eq("amount", True)], [eq("amount", 1)]),
        ([eq("rep.active", 1)], [eq("rep.active", True)]),
        ([eq("rep.name", 1)], [eq("rep.name", "1")]),
        ([eq("closed_at", "2026-03-01 ")], [eq("closed_at", "2026-03-01")]),
        ([eq("closed_at", 20260301)], [eq("closed_at", "2026-03-01")]),
    ],
)
def test_a_question_that_is_refused_never_meets_a_kept_answer(
    refused: list[Any], answered: list[Any]
) -> None:
    """Answers are kept by their key, and a kept one is given before the question is planned."""
    assert keys({"filters": refused}).cache != keys({"filters": answered}).cache


def test_a_time_that_nothing_reaches_is_not_left_out() -> None:
    assert keys({"time": {"by": "leads.nope"}}).cache != keys({}).cache


def test_the_way_of_a_ranking_is_kept_where_the_sort_leaves_it_open() -> None:
    up: dict[str, Any] = {"dimensions": ["rep.name"], "sort": [{"by": "revenue"}]}
    assert keys({**up, "top": {"n": 5}}) != keys({**up, "top": TOP})


def test_bounds_that_are_none_are_refused_with_their_place() -> None:
    for query, at in (
        ({"time": {"range": {"from": "x"}}}, "/time/range/from"),
        ({"compare": [{"to": {"to": "x"}}]}, "/compare/0/to/to"),
        (
            {"filters": [{"field": "closed_at", "op": "range", "range": {"from": "x"}}]},
            "/filters/0/range/from",
        ),
    ):
        with pytest.raises(LeadlineError) as error:
            keys(query)
        assert (error.value.code, error.value.at) == ("bad_range", at)


def test_the_live_key_stays_while_time_goes_on_and_the_cache_key_does_not() -> None:
    today = {"time": {"range": {"preset": "today"}}}
    later = keys(today, NOW + timedelta(days=1))
    assert later.live == keys(today).live
    assert later.cache != keys(today).cache
    assert keys(today, NOW + timedelta(seconds=20)) == keys(today)


def test_organisations_share_nothing() -> None:
    assert keys({}).live != keys({}, org="other").live
    assert keys({}).cache != keys({}, org="other").cache
