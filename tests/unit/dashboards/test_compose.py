"""Bar and tiles become queries: every rule of docs/reference/dashboard.md, by hand-written queries."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.dashboards.service import Document, compose, read_request

PERIOD = [{"to": "previous_period"}, {"to": "previous_period", "as": "percent"}]
YEAR = [{"to": "previous_year"}, {"to": "previous_year", "as": "percent"}]
EAST = {"field": "rep.region", "op": "in", "values": ["East"]}
MONTH = {"preset": "month_to_date"}


def _document(tile: dict[str, Any], **bar: Any) -> Document:
    given = {"id": "t", "type": "number", "title": "T", **tile}
    sections = [
        {
            "tiles": [
                given,
                {"id": "u", "type": "table", "title": "U", "queries": {"main": {"metrics": ["b"]}}},
            ]
        }
    ]
    made = {"leadline": 1, "dashboard": "d", "title": "D", "bar": bar, "sections": sections}
    return Document.model_validate(made)


def _main(tile: dict[str, Any], request: object = None, **bar: Any) -> Any:
    asked = compose(_document(tile, **bar), read_request(request or {}))
    return next(one.query for one in asked if (one.tile, one.name) == ("t", "main"))


PLAIN = {"queries": {"main": {"metrics": ["a"]}}}


def test_the_bar_gives_range_and_comparison() -> None:
    assert _main(PLAIN) == {"metrics": ["a"], "time": {"range": MONTH}, "compare": PERIOD}


def test_a_tile_keeps_its_own_range_whatever_the_bar_asks() -> None:
    own = {"queries": {"main": {"metrics": ["a"], "time": {"range": {"preset": "today"}}}}}
    assert _main(own, {"range": {"preset": "last_week"}})["time"] == {"range": {"preset": "today"}}
    assert _main(PLAIN, {"range": {"preset": "last_week"}})["time"] == {"range": {"preset": "last_week"}}
    bounds = {"from": "2026-01-01", "to": "2026-02-01"}
    assert _main(PLAIN, {"range": bounds})["time"] == {"range": bounds}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("none", None), ("previous_period", PERIOD), ("previous_year", YEAR), ("both", PERIOD + YEAR)],
)
def test_the_comparison_asked_comes_before_the_tiles_own(choice: str, expected: Any) -> None:
    assert _main(PLAIN, {"compare": choice}).get("compare") == expected
    assert _main(PLAIN, compare=choice).get("compare") == expected
    own = [{"to": "target"}]
    with_own = {"queries": {"main": {"metrics": ["a"], "compare": own}}}
    assert _main(with_own, {"compare": choice})["compare"] == (expected or []) + own


def test_no_comparison_twice() -> None:
    own = {"queries": {"main": {"metrics": ["a"], "compare": [PERIOD[1], {"to": "target"}]}}}
    assert _main(own)["compare"] == [PERIOD[0], PERIOD[1], {"to": "target"}]


@pytest.mark.parametrize(
    "span",
    [{"preset": "all"}, {"from": "2026-01-01"}, {"to": "2026-01-01"}, {}],
    ids=["all", "from", "to", "open"],
)
def test_what_has_no_earlier_is_not_compared(span: dict[str, str]) -> None:
    own = {"queries": {"main": {"metrics": ["a"], "time": {"range": span}}}}
    if span:
        assert "compare" not in _main(own)
    assert "compare" not in _main(PLAIN, {"range": span or {"preset": "all"}})


def test_a_tile_may_stay_out_of_comparison_and_filters() -> None:
    assert "compare" not in _main({**PLAIN, "compare": False})
    assert "filters" not in _main({**PLAIN, "filter": False}, {"filters": [EAST]})


def test_filters_reach_every_query_and_join_the_tiles_own() -> None:
    own = {"field": "source", "op": "eq", "values": ["web"]}
    tile = {"queries": {"main": {"metrics": ["a"], "filters": [own]}, "spark": {"metrics": ["a"]}}}
    asked = compose(_document(tile), read_request({"filters": [EAST]}))
    assert [(one.tile, one.name, one.query["filters"]) for one in asked] == [
        ("t", "main", [own, EAST]),
        ("t", "spark", [EAST]),
        ("u", "main", [EAST]),
    ]


def test_only_main_is_compared() -> None:
    tile = {"queries": {"main": {"metrics": ["a"]}, "spark": {"metrics": ["a"], "time": {"grain": "day"}}}}
    spark = compose(_document(tile), read_request({}))[1]
    assert spark.query == {"metrics": ["a"], "time": {"grain": "day", "range": MONTH}}


def test_the_switch_sets_the_grain_of_main() -> None:
    tile = {"queries": {"main": {"metrics": ["a"]}}, "switch": {"grain": ["day", "week"]}}
    assert _main(tile)["time"]["grain"] == "day"
    assert _main(tile, {"tiles": {"t": {"grain": "week"}}})["time"]["grain"] == "week"
    assert _main(tile, {"tiles": {"t": {}}})["time"]["grain"] == "day"


def test_only_some_tiles_are_asked() -> None:
    asked = compose(_document(PLAIN), read_request({"only": ["u"]}))
    assert [one.tile for one in asked] == ["u"]
    assert compose(_document(PLAIN), read_request({"only": []})) == []


def test_the_document_is_never_changed() -> None:
    document = _document(
        {"queries": {"main": {"metrics": ["a"], "filters": [EAST], "compare": [{"to": "target"}]}}}
    )
    before = document.model_dump_json()
    compose(document, read_request({"filters": [EAST], "compare": "both"}))
    assert document.model_dump_json() == before


@pytest.mark.parametrize(
    ("request_", "code", "at"),
    [
        ([], "bad_json", ""),
        ({"rang": 1}, "unknown_key", "/rang"),
        ({"range": {"preset": "lats_week"}}, "unknown_preset", "/range/preset"),
        ({"range": {"preset": "today", "from": "2026-01-01"}}, "bad_range", "/range"),
        ({"compare": "yesterday"}, "bad_json", "/compare"),
        ({"filters": {}}, "bad_json", "/filters"),
        ({"tiles": []}, "bad_json", "/tiles"),
        ({"tiles": {"t": {"size": 1}}}, "unknown_key", "/tiles/t/size"),
        ({"tiles": {"t": {"grain": "week"}}}, "unknown_grain", "/tiles/t/grain"),
        ({"tiles": {"x": {"grain": "week"}}}, "not_found", "/tiles/x"),
        ({"only": ["x"]}, "not_found", "/only"),
        ({"only": [1]}, "bad_json", "/only/0"),
        ({"filters": [EAST] * 101}, "too_large", "/filters"),
    ],
)
def test_a_wrong_request_is_told_with_its_place(request_: object, code: str, at: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        compose(_document(PLAIN), read_request(request_))
    assert (refused.value.code, refused.value.at) == (code, at)


@pytest.mark.parametrize(
    ("grain", "preset", "expected"),
    [
        ("day", "month_to_date", PERIOD + YEAR),
        ("week", "month_to_date", YEAR),  # weeks moved by a month are no weeks; a year of weeks has 52
        ("week", "last_13_weeks", PERIOD + YEAR),
        ("month", "last_30_days", YEAR),
        ("month", "year_to_date", PERIOD + YEAR),
        ("day", "all", None),
    ],
)
def test_only_comparisons_that_the_buckets_bear_are_added(grain: str, preset: str, expected: Any) -> None:
    tile = {"queries": {"main": {"metrics": ["a"], "time": {"grain": grain, "range": {"preset": preset}}}}}
    assert _main(tile, {"compare": "both"}).get("compare") == expected


def test_what_is_no_number_is_compared_as_value() -> None:
    asked = compose(_document(PLAIN), read_request({}), lambda metric: metric != "a")
    assert asked[0].query["compare"] == [{"to": "previous_period"}]
