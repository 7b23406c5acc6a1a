"""The schema and the page of the query say what the parser does."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.grain import GRAINS, RANGE_UNITS
from leadline.core.ranges import plain_preset
from leadline.dashboards.query_page import FILE, MARK, text
from leadline.dashboards.query_schema import preset_pattern, query_schemas
from leadline.planner.parse import KEYS
from tests.support.models import REPOSITORY
from tests.unit.planner.canonical_queries import CHANGES, questions, rewritings
from tests.unit.planner.parsing import ask, parse

SCHEMAS = query_schemas("#/$defs/")
VALIDATOR = jsonschema.Draft202012Validator({"$defs": SCHEMAS, "$ref": "#/$defs/Query"})
PAGE = (REPOSITORY / FILE).read_text(encoding="utf-8")


def without_nulls(value: Any) -> Any:
    """A query as the schema has it: a key whose value is null is left out; values of filters stay."""
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: one if key == "values" else without_nulls(one) for key, one in value.items() if one is not None
    }


def parses(data: object) -> bool:
    try:
        parse(data)
    except LeadlineError:
        return False
    return True


def test_the_keys_are_those_of_the_parser() -> None:
    assert set(SCHEMAS["Query"]["properties"]) == set(KEYS)
    jsonschema.Draft202012Validator.check_schema(SCHEMAS["Query"])


@given(st.data())
def test_what_parses_fits(data: st.DataObject) -> None:
    query = data.draw(questions())
    if data.draw(st.booleans()):
        query = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))](query)
    written = data.draw(rewritings(query)) if "top" not in query or query["dimensions"] else query
    assert parses(written)
    VALIDATOR.validate(without_nulls(written))


WORDS = [
    "all",
    "today",
    "yesterday",
    "tomorrow",
    "now",
    "day",
    "ever",
    "",
    "all ",
    "last_",
    "this",
    "TODAY",
    "decade",
]
SIDES = ["this", "last", "next", "previous"]
COUNTS = ["0", "1", "007", "13", "999", "1000", "1001", "9999", "00000", "-1", "1.5"]
UNITS = [*GRAINS, "second", "decade", "working_day"]


def test_presets_are_the_same() -> None:
    candidates = [
        *WORDS,
        *(f"{side}_{unit}{end}" for side, unit, end in product(SIDES, UNITS, ("", "s"))),
        *(f"{side}_{n}_{unit}{end}" for side, n, unit, end in product(SIDES, COUNTS, UNITS, ("", "s"))),
        *(f"{unit}{end}_to_date" for unit, end in product(UNITS, ("", "s"))),
    ]
    for preset in candidates:
        known = True
        try:
            plain_preset(preset)
        except LeadlineError:
            known = False
        assert bool(re.fullmatch(preset_pattern(), preset)) == known, preset


def one(op: str, *values: Any) -> dict[str, Any]:
    return {"field": "amount", "op": op, "values": list(values)}


@pytest.mark.parametrize(
    "more",
    [
        {"sql": "1"},
        {"metrics": []},
        {"metrics": "revenue"},
        {"metrics": [7]},
        {"metrics": [f"m{i}" for i in range(51)]},
        {"dimensions": [f"d{i}" for i in range(21)]},
        {"dimensions": [{"all": True}]},
        {"time": "today"},
        {"time": {"grain": "decade"}},
        {"time": {"range": {"preset": "ever"}}},
        {"time": {"range": {"preset": "today", "from": "2026-01-01"}}},
        {"filters": {}},
        {"filters": [one("like", "x")]},
        {"filters": [one("eq")]},
        {"filters": [one("eq", 1, 2)]},
        {"filters": [one("eq", 0.5)]},
        {"filters": [one("lt", None)]},
        {"filters": [one("between", 1)]},
        {"filters": [one("contains", 1)]},
        {"filters": [one("in", *range(1001))]},
        {"filters": [one("in", "x" * 10_001)]},
        {"filters": [one("is_null", 1)]},
        {"filters": [{"any": [], "all": []}]},
        {"filters": [{"exists": {}}]},
        {"filters": [{"field": "amount", "op": "range"}]},
        {"compare": [{}]},
        {"compare": [{"to": "previous_hour"}]},
        {"compare": [{"to": {"shift": "0 days"}}]},
        {"compare": [{"to": {"shift": "28 days", "preset": "today"}}]},
        {"compare": [{"to": "previous_year", "as": "ratio"}]},
        {"compare": [{"to": "previous_year", "align": "date"}]},
        {"compare": [{"growth": "linear", "periods": 3}]},
        {"compare": [{"growth": "rolling", "periods": 0}]},
        {"compare": [{"growth": "rolling", "periods": 3, "to": "previous_year"}]},
        {"compare": [{"to": {"shift": f"{i} days"}} for i in range(1, 52)]},
        {"sort": ["revenue"]},
        {"sort": [{"by": "revenue"}] * 101},
        {"top": {}},
        {"top": {"n": 0}},
        {"top": {"n": 5, "others": True}},
        {"totals": "yes"},
        {"totals": ["rep.region"]},
        {"limit": 0},
        {"limit": 100_001},
        {"limit": "10"},
        {"offset": -1},
        {"as_of": 7},
        {"have": 7},
    ],
)
def test_what_has_no_such_shape_is_refused_by_both(more: dict[str, Any]) -> None:
    query = {**ask(dimensions=["rep.region"], time={"grain": "day"}), **more}
    assert not parses(query)
    assert not VALIDATOR.is_valid(query)


def test_the_page_is_the_present_one() -> None:
    assert text(PAGE) == PAGE, "run: python -m leadline.dashboards.query_page --write"
    assert PAGE.count(MARK) == 1


def test_the_examples_of_the_page_are_good() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    VALIDATOR.validate(json.loads(example))


def test_every_word_of_the_grammar_stands_in_the_page() -> None:
    grammar = PAGE.partition(MARK)[0]
    for unit in RANGE_UNITS:
        assert unit in grammar
