"""What is done with finished rows: the first N, subtotals, having, and limits."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.planner.query import Sort, Top, ranked_by
from tests.unit.planner.parsing import ask, parse, refusal

DIMS = ["rep.region", "rep.name"]


def top(**keys: Any) -> dict[str, Any]:
    return ask(dimensions=DIMS, compare=[{"to": "previous_year", "as": "percent"}], top={"n": 5, **keys})


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, Top(5)),
        ({"n": 1}, Top(1)),
        ({"n": 1000, "other": True}, Top(1000, other=True)),
        ({"by": "revenue:previous_year:percent"}, Top(5, by="revenue:previous_year:percent")),
        ({"of": "rep.name", "per": "rep.region"}, Top(5, of="rep.name", per="rep.region")),
        ({"per": "rep.name"}, Top(5, per="rep.name")),
        ({"by": None, "of": None, "per": None, "other": None}, Top(5)),
    ],
)
def test_top(keys: dict[str, Any], found: Top) -> None:
    assert parse(top(**keys)).top == found


@pytest.mark.parametrize(
    ("keys", "code", "at"),
    [
        ({"n": 0}, "bad_top", "/n"),
        ({"n": -1}, "bad_top", "/n"),
        ({"n": 1001}, "bad_top", "/n"),
        ({"n": 2.0}, "bad_top", "/n"),
        ({"n": "5"}, "bad_top", "/n"),
        ({"n": True}, "bad_top", "/n"),
        ({"n": None}, "bad_top", "/n"),
        ({"n": 10**400}, "bad_top", "/n"),
        ({"by": "sales"}, "bad_top", "/by"),
        ({"by": "rep.region"}, "bad_top", "/by"),
        ({"by": "revenue:previous_year"}, "bad_top", "/by"),
        ({"by": 7}, "bad_top", "/by"),
        ({"of": "rep.team.name"}, "bad_top", "/of"),
        ({"of": "revenue"}, "bad_top", "/of"),
        ({"of": ["rep.region"]}, "bad_top", "/of"),
        ({"per": "source"}, "bad_top", "/per"),
        ({"per": "rep.region"}, "bad_top", "/per"),
        ({"of": "rep.name", "per": "rep.name"}, "bad_top", "/per"),
        ({"other": "yes"}, "bad_top", "/other"),
        ({"of": "rep.name\0"}, "bad_top", "/of"),
        ({"others": True}, "unknown_key", "/others"),
    ],
)
def test_a_wrong_top(keys: dict[str, Any], code: str, at: str) -> None:
    assert refusal(top(**keys)) == (code, "/top" + at)


def test_top_needs_members() -> None:
    assert refusal(ask(top={"n": 5})) == ("bad_top", "/top")
    assert refusal(ask(top={"n": 5}, time={"grain": "day"})) == ("bad_top", "/top")
    assert refusal(ask(top=5, dimensions=DIMS)) == ("bad_json", "/top")


@pytest.mark.parametrize(
    ("more", "by"),
    [
        ({}, "revenue"),
        ({"sort": [{"by": "rep.name"}, {"by": "sales"}]}, "sales"),
        ({"sort": [{"by": "sales"}], "top": {"n": 1, "by": "revenue"}}, "revenue"),
    ],
)
def test_what_the_first_are_ranked_by(more: dict[str, Any], by: str) -> None:
    query = parse({"metrics": ["revenue", "sales"], "dimensions": DIMS, "top": {"n": 1}, **more})
    assert ranked_by(query) == Sort(by, desc=True)


@pytest.mark.parametrize(
    ("totals", "row", "groups"),
    [
        (None, False, ()),
        (False, False, ()),
        (True, True, ()),
        ([], False, ()),
        ([[]], False, ((),)),
        ([["rep.region"], [], ["rep.name", "rep.region"]], False,
         (("rep.region",), (), ("rep.name", "rep.region"))),
    ],
)  # fmt: skip
def test_totals(totals: object, row: bool, groups: tuple[tuple[str, ...], ...]) -> None:
    found = parse(ask(dimensions=DIMS, totals=totals))
    assert (found.totals, found.subtotals) == (row, groups)


@pytest.mark.parametrize(
    ("totals", "code", "at"),
    [
        ("yes", "bad_json", ""),
        (1, "bad_json", ""),
        ({}, "bad_json", ""),
        (["rep.region"], "bad_json", "/0"),
        ([[7]], "bad_json", "/0/0"),
        ([["source"]], "unknown_field", "/0/0"),
        ([["rep.region"], ["rep.name", "revenue"]], "unknown_field", "/1/1"),
        ([["rep.region", "rep.region"]], "bad_json", "/0"),
        ([["rep.region"], ["rep.region"]], "bad_json", "/1"),
        ([["rep.region", "rep.name"], ["rep.name", "rep.region"]], "bad_json", "/1"),
        ([[], []], "bad_json", "/1"),
        ([[]] * 101, "too_large", ""),
        ([["rep.region"] * 21], "too_large", "/0"),
    ],
)
def test_wrong_totals(totals: object, code: str, at: str) -> None:
    assert refusal(ask(dimensions=DIMS, totals=totals)) == (code, "/totals" + at)


def having(field: str, op: str, *values: Any) -> dict[str, Any]:
    compare = [{"to": "previous_year"}, {"to": "previous_year", "as": "percent"}]
    one = {"field": field, "op": op, "values": list(values)}
    return {"metrics": ["revenue", "last_close"], "compare": compare, "having": [one]}


@pytest.mark.parametrize(
    ("field", "op", "values"),
    [
        ("revenue", "gt", [1]),
        ("revenue", "between", ["0.5", 7]),
        ("revenue", "in", [1, None]),
        ("revenue:previous_year", "is_null", []),
        ("revenue:previous_year:percent", "lt", ["-0.25"]),
        ("last_close", "gte", ["2026-01-01"]),  # a time: what fits it the planner knows
        ("last_close:previous_year", "eq", ["2026-01-01"]),
    ],
)
def test_having(field: str, op: str, values: list[Any]) -> None:
    (found,) = parse(having(field, op, *values)).having
    assert found.field == field  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "op", "values", "code", "at"),
    [
        ("sales", "gt", [1], "unknown_field", "/field"),
        ("rep.region", "eq", ["East"], "unknown_field", "/field"),
        ("time", "eq", ["2026-01-01"], "unknown_field", "/field"),
        ("revenue:previous_month", "gt", [1], "unknown_field", "/field"),
        ("revenue; drop", "gt", [1], "unknown_field", "/field"),
        ("revenue", "contains", ["1"], "wrong_value_type", "/op"),
        ("revenue", "gt", ["much"], "wrong_value_type", "/values/0"),
        ("revenue", "in", [1, True], "wrong_value_type", "/values/1"),
        ("revenue", "gt", ["1e5"], "wrong_value_type", "/values/0"),
        ("revenue:previous_year", "eq", ["East"], "wrong_value_type", "/values/0"),
        ("last_close:previous_year:percent", "eq", ["2026-01-01"], "wrong_value_type", "/values/0"),
        ("revenue", "like", ["1"], "unknown_operator", "/op"),
    ],
)
def test_a_wrong_having(field: str, op: str, values: list[Any], code: str, at: str) -> None:
    assert refusal(having(field, op, *values)) == (code, "/having/0" + at)


def test_a_metric_that_the_model_lacks_is_told_later_by_the_steps() -> None:
    one = {"field": "nothing", "op": "gt", "values": ["x"]}
    assert parse({"metrics": ["nothing"], "having": [one]}).having


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("metrics", [f"m{i}" for i in range(50)], [f"m{i}" for i in range(51)]),
        ("dimensions", [f"d{i}" for i in range(20)], [f"d{i}" for i in range(21)]),
        ("sort", [{"by": "revenue"}] * 100, [{"by": "revenue"}] * 101),
        ("compare", [{"to": {"shift": f"{i} days"}} for i in range(1, 31)],
         [{"to": {"shift": f"{i} days"}} for i in range(1, 32)]),
    ],
)  # fmt: skip
def test_lists_are_bounded(key: str, good: list[Any], bad: list[Any]) -> None:
    parse({**ask(), key: good})
    assert refusal({**ask(), key: bad}) == ("too_large", f"/{key}")


LONG = "x" * 1_000_000


@pytest.mark.parametrize(
    ("more", "code", "at"),
    [
        ({"metrics": [LONG]}, "unknown_metric", "/metrics/0"),
        ({"dimensions": [LONG]}, "bad_json", "/dimensions/0"),
        ({"dimensions": [{"field": LONG}]}, "bad_json", "/dimensions/0/field"),
        ({"sort": [{"by": LONG}]}, "bad_json", "/sort/0/by"),
        ({"time": {"by": LONG}}, "bad_json", "/time/by"),
        ({"time": {"grain": LONG}}, "unknown_grain", "/time/grain"),
        ({"time": {"zone": LONG}}, "unknown_zone", "/time/zone"),
        ({"time": {"range": {"preset": LONG}}}, "unknown_preset", "/time/range/preset"),
        ({"time": {"range": {"from": LONG}}}, "bad_range", "/time/range/from"),
        ({"as_of": LONG}, "bad_as_of", "/as_of"),
        ({"have": LONG}, "bad_json", "/have"),
        ({LONG: 1}, "unknown_key", "/" + "x" * 80),
        ({"compare": [{"to": LONG}]}, "not_comparable", "/compare/0/to"),
        ({"compare": [{"to": {"shift": LONG}}]}, "not_comparable", "/compare/0/to/shift"),
        ({"limit": LONG}, "bad_limit", "/limit"),
        ({"dimensions": DIMS, "top": {"n": 1, "of": LONG}}, "bad_top", "/top/of"),
        ({"dimensions": DIMS, "totals": [[LONG]]}, "bad_json", "/totals/0/0"),
        ({"having": [{"field": LONG, "op": "is_null"}]}, "bad_json", "/having/0/field"),
    ],
)
def test_a_megabyte_of_text_is_refused_in_every_place(more: dict[str, Any], code: str, at: str) -> None:
    assert refusal({**ask(), **more}) == (code, at)
