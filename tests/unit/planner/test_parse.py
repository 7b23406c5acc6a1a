"""The grammar of a query: every key, every refusal with its place, and hostile input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.planner import parse_query
from leadline.planner.query import AllOf, AnyOf, Compared, Dim, Growth, Not, Query, Sort, Top
from tests.integration.planner.world import VIEWER
from tests.unit.planner.parsing import MODEL, ask, parse, refusal


def test_a_bare_question_has_the_defaults_of_the_reference() -> None:
    found = parse(ask())
    assert (found.limit, found.offset, found.totals, found.dimensions) == (10_000, 0, False, ())
    assert found.as_of == datetime(2026, 11, 17, 20, 33, tzinfo=UTC)
    assert not found.fixed


def test_empty_lists_nulls_and_defaults_are_the_same_question() -> None:
    written = ask(
        dimensions=[],
        filters=[],
        compare=[],
        sort=[],
        totals=[],
        having=[],
        top=None,
        limit=10_000,
        offset=0,
        as_of=None,
        time={},
    )
    assert parse(written) == parse(ask())


def test_every_part_arrives() -> None:
    found = parse(
        ask(
            dimensions=["rep.region", {"field": "rep.name", "all": True}],
            time={"by": "deals.closed_at", "grain": "week", "range": {"preset": "last_week"}, "zone": "UTC"},
            filters=[
                {"any": [{"field": "a", "op": "eq", "values": [1]}, {"all": []}]},
                {"not": {"field": "a", "op": "is_null"}},
            ],
            compare=[
                {"to": "previous_year", "as": "percent", "cut": False},
                {"to": "target", "pace": "days"},
                {"growth": "rolling", "periods": 4},
            ],
            having=[{"field": "revenue:target:days", "op": "gt", "values": ["0.5"]}],
            sort=[{"by": "revenue", "desc": True}],
            top={"n": 3, "by": "revenue", "of": "rep.name", "per": "rep.region", "other": True},
            totals=True,
            limit=5,
            offset=7,
            as_of="2026-03-31",
        )
    )
    assert found.dimensions == (Dim("rep.region"), Dim("rep.name", True))
    assert found.time.range and found.time.range.preset == "last_1_weeks"
    assert found.filters == (AnyOf((Compared("a", "eq", (1,)), AllOf(()))), Not(Compared("a", "is_null")))
    assert [one.suffix for one in found.compare] == [
        "previous_year:whole:percent",
        "target:days",
        "rolling:4",
    ]
    assert found.compare[2] == Growth("rolling", 4)
    assert found.having == (Compared("revenue:target:days", "gt", ("0.5",)),)
    assert found.top == Top(3, "revenue", "rep.name", "rep.region", True)
    assert (found.sort, found.totals, found.limit, found.offset) == ((Sort("revenue", True),), True, 5, 7)
    assert found.fixed
    assert found.as_of == datetime(2026, 4, 1, 4, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "code", "at"),
    [
        (None, "bad_json", ""),
        ([], "bad_json", ""),
        ("revenue", "bad_json", ""),
        ({}, "unknown_metric", "/metrics"),
        ({"metrics": []}, "unknown_metric", "/metrics"),
        ({"metrics": "revenue"}, "bad_json", "/metrics"),
        ({"metrics": [7]}, "unknown_metric", "/metrics/0"),
        ({"metrics": ["revenue", "revenue"]}, "bad_json", "/metrics/1"),
        (ask(sqlExpression="1"), "unknown_key", "/sqlExpression"),
        (ask(**{"a/b~c": 1}), "unknown_key", "/a~1b~0c"),
        (ask(dimensions=[{"field": "x", "every": True}]), "unknown_key", "/dimensions/0/every"),
        (ask(dimensions=["x", {"field": "x"}]), "bad_json", "/dimensions/1"),
        (ask(dimensions=[3]), "bad_json", "/dimensions/0"),
        (ask(dimensions=[{"all": True}]), "bad_json", "/dimensions/0/field"),
        (ask(dimensions=[{"field": "x", "all": 1}]), "bad_json", "/dimensions/0/all"),
        (ask(time="today"), "bad_json", "/time"),
        (ask(time={"grain": "decade"}), "unknown_grain", "/time/grain"),
        (ask(time={"grain": ["day"]}), "unknown_grain", "/time/grain"),
        (ask(time={"zone": "UTC'||"}), "unknown_zone", "/time/zone"),
        (ask(time={"range": {"preset": "last 99999999 days"}}), "unknown_preset", "/time/range/preset"),
        (ask(time={"range": {"preset": "today", "from": "2026-01-01"}}), "bad_range", "/time/range"),
        (ask(time={"range": {"since": "2026-01-01"}}), "unknown_key", "/time/range/since"),
        (ask(time={"range": {"from": 20260101}}), "bad_range", "/time/range/from"),
        (ask(sort=[{"desc": True}]), "bad_json", "/sort/0/by"),
        (ask(sort=["revenue"]), "bad_json", "/sort/0"),
        (ask(limit=0), "bad_limit", "/limit"),
        (ask(limit=100_001), "bad_limit", "/limit"),
        (ask(limit=-1), "bad_limit", "/limit"),
        (ask(limit=1.5), "bad_limit", "/limit"),
        (ask(limit=True), "bad_limit", "/limit"),
        (ask(limit="10;select"), "bad_limit", "/limit"),
        (ask(limit=10**400), "bad_limit", "/limit"),
        (ask(limit=float("inf")), "bad_limit", "/limit"),
        (ask(offset=-1), "bad_limit", "/offset"),
        (ask(offset=2**64), "bad_limit", "/offset"),
        (ask(totals="yes"), "bad_json", "/totals"),
        (ask(as_of="tomorrow"), "bad_as_of", "/as_of"),
        (ask(as_of="2026-02-30"), "bad_as_of", "/as_of"),
        (ask(as_of=1), "bad_as_of", "/as_of"),
        (ask(as_of="0001-01-01"), "bad_as_of", "/as_of"),
        (ask(as_of="9999-12-31"), "bad_as_of", "/as_of"),
    ],
)
def test_refusals_name_code_and_place(data: object, code: str, at: str) -> None:
    assert refusal(data) == (code, at)


@pytest.mark.parametrize(
    "place",
    [
        "metrics",
        "dimensions",
        "time",
        "filters",
        "compare",
        "sort",
        "limit",
        "as_of",
        "having",
        "top",
        "totals",
    ],
)
def test_a_deep_value_in_any_place_is_refused_calmly(place: str) -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    assert refusal({**ask(), place: deep})[0]
    assert refusal({**ask(), place: [{"field": deep, "op": deep, "to": deep, "by": deep}]})[0]


@pytest.mark.parametrize(
    ("now", "as_of"),
    [
        ("2026-11-17T20:32:00+00:00", "2026-11-17T20:33:00+00:00"),
        ("2026-11-17T20:32:59.999998+00:00", "2026-11-17T20:33:00+00:00"),
        ("2026-11-18T05:59:59.999999+00:00", "2026-11-18T05:59:59.999999+00:00"),  # a clock that stands
    ],
)
def test_now_is_the_end_of_the_running_minute(now: str, as_of: str) -> None:
    found = parse_query(ask(), viewer=VIEWER, now=datetime.fromisoformat(now), model=MODEL)
    assert found.as_of == datetime.fromisoformat(as_of)


_WORDS = st.sampled_from(
    [
        "metrics",
        "revenue",
        "time",
        "grain",
        "day",
        "range",
        "preset",
        "this_month",
        "filters",
        "field",
        "op",
        "eq",
        "values",
        "any",
        "all",
        "not",
        "compare",
        "to",
        "previous_year",
        "target",
        "as",
        "percent",
        "sort",
        "by",
        "desc",
        "limit",
        "offset",
        "totals",
        "as_of",
        "top",
        "having",
        "zone",
        "UTC",
        "x') OR 1=1--",
        "';select pg_sleep(5)--",
        "%s",
        "${x}",
        "{{''.__class__}}",
        "2026-01-01",
        "from",
        "dimensions",
        "cut",
        "pace",
    ]
)
_LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _WORDS, st.text(max_size=12))
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(_WORDS, st.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=25,
)
_QUERIES = st.dictionaries(
    st.sampled_from(
        [
            *("dimensions", "time", "filters", "compare", "sort", "limit", "totals", "as_of", "offset"),
            *("having", "top", "have"),
        ]
    ),
    _JSON,
).map(lambda found: {"metrics": ["revenue"], **found})


@given(st.one_of(_JSON, _QUERIES))
def test_any_json_is_a_query_or_a_plain_refusal(data: object) -> None:
    try:
        assert isinstance(parse(data), Query)
    except LeadlineError as error:
        assert error.status in (400, 413)
