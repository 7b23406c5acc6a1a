"""One question, one key, however it is written; different questions, different keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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


def test_the_live_key_stays_while_time_goes_on_and_the_cache_key_does_not() -> None:
    today = {"time": {"range": {"preset": "today"}}}
    later = keys(today, NOW + timedelta(days=1))
    assert later.live == keys(today).live
    assert later.cache != keys(today).cache
    assert keys(today, NOW + timedelta(seconds=20)) == keys(today)


def test_organisations_share_nothing() -> None:
    assert keys({}).live != keys({}, org="other").live
    assert keys({}).cache != keys({}, org="other").cache
