"""Filters: operators, counts and sorts of values, and how much of it all there may be."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.core.ranges import RangeSpec
from leadline.planner.parse_filters import BARE, COUNTS, OPERATORS, TEXTS, is_number
from leadline.planner.query import AllOf, AnyOf, Compared, Not
from tests.unit.planner.parsing import ask, parse, refusal

BOTH = pytest.mark.parametrize("key", ["filters", "having"])


def leaf(op: str, *values: Any) -> dict[str, Any]:
    return {"field": "revenue", "op": op, "values": list(values)}


def refused(one: object) -> tuple[str, str]:
    code, at = refusal(ask(filters=[one]))
    assert at.startswith("/filters")
    return code, at.removeprefix("/filters/0")


@pytest.mark.parametrize("op", OPERATORS)
def test_every_operator_is_read(op: str) -> None:
    if op == "range":
        one = {"field": "x", "op": op, "range": {"preset": "today"}}
        assert parse(ask(filters=[one])).filters == (Compared("x", op, range=RangeSpec("this_day")),)
        return
    values = ["a", "b"][: COUNTS[op][1]] if op in COUNTS else []
    (found,) = parse(ask(filters=[{"field": "x", "op": op, "values": values}])).filters
    assert found == Compared("x", op, tuple(values))


@BOTH
def test_groups_nest(key: str) -> None:
    one, other = leaf("gt", 1), leaf("is_null")
    (found,) = getattr(parse(ask(**{key: [{"any": [one, {"not": other}, {"all": []}]}]})), key)
    assert found == AnyOf((Compared("revenue", "gt", (1,)), Not(Compared("revenue", "is_null")), AllOf(())))
    assert found.filters[0].at == f"/{key}/0/any/0"


@pytest.mark.parametrize(
    ("one", "code", "at"),
    [
        ("x", "bad_json", ""),
        ({}, "bad_json", "/field"),
        ({"op": "eq"}, "bad_json", "/field"),
        ({"field": "x"}, "unknown_operator", "/op"),
        ({"field": "x", "op": "like"}, "unknown_operator", "/op"),
        ({"field": "x", "op": ["eq"]}, "unknown_operator", "/op"),
        ({"field": "x", "op": "eq", "value": 1}, "unknown_key", "/value"),
        ({"field": "x", "op": "eq"}, "bad_json", "/values"),
        ({"field": "x", "op": "eq", "values": 1}, "bad_json", "/values"),
        (leaf("eq"), "wrong_value_type", "/values"),
        (leaf("eq", 1, 2), "wrong_value_type", "/values"),
        (leaf("in"), "wrong_value_type", "/values"),
        (leaf("contains"), "wrong_value_type", "/values"),
        (leaf("between", 1), "wrong_value_type", "/values"),
        (leaf("between", 1, 2, 3), "wrong_value_type", "/values"),
        (leaf("in", [1]), "wrong_value_type", "/values/0"),
        (leaf("in", {"a": 1}), "wrong_value_type", "/values/0"),
        (leaf("in", 1, 0.1), "wrong_value_type", "/values/1"),
        (leaf("eq", float("inf")), "wrong_value_type", "/values/0"),
        (leaf("eq", float("nan")), "wrong_value_type", "/values/0"),
        (leaf("eq", 1e309), "wrong_value_type", "/values/0"),
        (leaf("eq", 10**400), "wrong_value_type", "/values/0"),
        (leaf("eq", -(10**5000)), "wrong_value_type", "/values/0"),
        (leaf("in", "\0"), "wrong_value_type", "/values/0"),
        (leaf("in", "a\ud800"), "wrong_value_type", "/values/0"),
        (leaf("in", "\udfff"), "wrong_value_type", "/values/0"),
        (leaf("contains", "x" * 10_001), "wrong_value_type", "/values/0"),
        (leaf("eq", "x" * 1_000_000), "wrong_value_type", "/values/0"),
        (leaf("lt", None), "wrong_value_type", "/values/0"),
        (leaf("between", None, 1), "wrong_value_type", "/values/0"),
        (leaf("contains", None), "wrong_value_type", "/values/0"),
        (leaf("starts_with", 7), "wrong_value_type", "/values/0"),
        (leaf("ends_with", True), "wrong_value_type", "/values/0"),
        (leaf("in", *[1] * 1001), "too_large", "/values"),
        (leaf("is_null", 1), "unknown_key", "/values"),
        ({**leaf("eq", 1), "range": {"preset": "all"}}, "unknown_key", "/range"),
        ({**leaf("range", 1), "range": {"preset": "all"}}, "unknown_key", "/values"),
        ({"field": "x", "op": "range"}, "bad_json", "/range"),
        ({"field": "x", "op": "range", "range": {"preset": "ever"}}, "unknown_preset", "/range/preset"),
        ({"any": [], "op": "eq"}, "bad_json", ""),
        ({"any": [], "all": []}, "bad_json", ""),
        ({"any": {}}, "bad_json", "/any"),
        ({"not": [leaf("eq", 1)]}, "bad_json", "/not"),
        ({"not": {"any": [{"field": "x", "op": "?"}]}}, "unknown_operator", "/not/any/0/op"),
        ({"exists": {"metric": "leads"}}, "not_supported", ""),
        ({"field": "x\0", "op": "is_null"}, "bad_json", "/field"),
        ({"field": "x" * 501, "op": "is_null"}, "bad_json", "/field"),
    ],
)
def test_refusals(one: object, code: str, at: str) -> None:
    assert refused(one) == (code, at)


@pytest.mark.parametrize("wrong", [{"field": "x"}, "x", 7, False])
def test_filters_are_a_list(wrong: object) -> None:
    assert refusal(ask(filters=wrong)) == ("bad_json", "/filters")


def nested(depth: int, word: str) -> dict[str, Any]:
    one: dict[str, Any] = leaf("is_null")
    for _ in range(depth):
        one = {"not": one} if word == "not" else {word: [one]}
    return one


@BOTH
@pytest.mark.parametrize("word", ["not", "any", "all"])
def test_they_nest_twenty_deep_and_no_deeper(key: str, word: str) -> None:
    parse(ask(**{key: [nested(20, word)]}))
    for depth in (21, 200):
        assert refusal(ask(**{key: [nested(depth, word)]}))[0] == "too_large"


@BOTH
def test_conditions_and_values_are_bounded(key: str) -> None:
    one: dict[str, Any] = leaf("is_null")
    empty: dict[str, Any] = {"any": []}
    parse(ask(**{key: [{"any": [one] * 500}, {"all": [one] * 500}]}))
    assert refusal(ask(**{key: [{"any": [one] * 500}, {"all": [one] * 501}]})) == ("too_large", f"/{key}")
    assert refusal(ask(**{key: [{"any": [empty] * 600}] * 2})) == ("too_large", f"/{key}")
    assert refusal(ask(**{key: [one] * 1001})) == ("too_large", f"/{key}")
    many = leaf("in", *range(1000))
    parse(ask(**{key: [many] * 2}))
    assert refusal(ask(**{key: [many, many, leaf("eq", 1)]})) == ("too_large", f"/{key}")


def test_a_tree_that_doubles_is_refused_before_it_is_walked() -> None:
    """Texts such as YAML can name one part many times: 1,000 to the power of 20 conditions in 2 kB."""
    one: dict[str, Any] = leaf("is_null")
    for _ in range(20):
        one = {"any": [one] * 1000}
    assert refused(one) == ("too_large", "/filters")


def test_operators_fall_into_sorts() -> None:
    assert set(COUNTS) | {*BARE, "range"} == set(OPERATORS)
    assert set(TEXTS) < set(COUNTS)


@pytest.mark.parametrize("value", [0, -5, 10**99, "0.1", "-12", "007", "1" * 100 + "." + "2" * 100])
def test_numbers(value: int | str) -> None:
    assert is_number(value)


@pytest.mark.parametrize(
    "value",
    ["", "1.", ".5", "+1", "1e5", " 1", "1 ", "1_000", "1,5", "٣", "NaN", "Infinity", "0x1", "1" * 101, True,
     None, 10**100, "12\n"],
)  # fmt: skip
def test_what_is_no_number(value: int | str | None) -> None:
    assert not is_number(value)
