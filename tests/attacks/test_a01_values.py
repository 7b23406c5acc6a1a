"""A01: whatever stands in a filter is a bound value; the text of the SQL is the same for all values."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from leadline.planner.parse_filters import ORDERED, TEXTS
from tests.attacks.conftest import Asking
from tests.attacks.planning import holds, planned, refusal, revenue, sql
from tests.support.waiting import promptly

HOSTILE = [
    "x') OR 1=1--",
    "';select pg_sleep(5)--",
    '"; drop table deals; --',
    "\\'; select 1; --",
    "$$; select 1; $$",
    "%s %(p0)s %% $1 ${x} :p0 ?",
    "{{''.__class__}} {% raw %}",
    "/* */ -- \n\r\t\x01\x1b[31m",
    "' UNION SELECT usename FROM pg_user --",
    "\u202e\ufeff％ʼ＇",
    "x" * 10_000,
    "",
]
TOO_MUCH = ["\0", "East\0' or 1=1", "\ud800", "a\udc00b", "x" * 10_001, "x" * 1_000_000]
ONE = ("eq", "ne", *ORDERED)
TEXT_OPS = (*ONE, "in", "not_in", "between", *TEXTS)
Condition = dict[str, Any]
PLACES: dict[str, Callable[[Condition], tuple[str, Any]]] = {
    "rows": lambda one: ("/api/v1/rows", {"query": revenue(filters=[one])}),
    "values": lambda one: ("/api/v1/values", {"field": "rep.region", "metric": "revenue", "filters": [one]}),
    "explain": lambda one: ("/api/v1/explain", revenue(filters=[one])),
    "query": lambda one: ("/api/v1/query", revenue(filters=[one])),
    "batch": lambda one: ("/api/v1/batch", {"queries": [revenue(filters=[{"not": one}])]}),
    "dashboard": lambda one: ("/api/v1/dashboards/executive/data", {"filters": [one]}),
}


def condition(op: str, value: Any, field: str = "rep.region") -> Condition:
    return {"field": field, "op": op, "values": [value, value] if op == "between" else [value]}


@pytest.mark.parametrize("op", TEXT_OPS)
def test_a01_the_text_of_the_sql_is_the_same_for_all_values(op: str) -> None:
    for wrap in (lambda x: x, lambda x: {"not": x}, lambda x: {"any": [x, {"all": [x]}]}):
        texts = set()
        for value in ["East", *HOSTILE]:
            made = planned(
                revenue(dimensions=["rep.name"], filters=[wrap(condition(op, value))], totals=True)
            )
            assert all(holds(list(one.params.values()), value) for one in made)
            texts.add(tuple(one.sql for one in made))
        assert len(texts) == 1


@pytest.mark.parametrize(
    ("field", "ops"),
    [
        ("deals.amount", (*ONE, "in", "between")),
        ("deals.closed_at", (*ONE, "in", "between")),
        ("deals.expected_close", (*ONE, "in", "between")),
        ("deals.closed_at.hour", (*ONE, "in", "between")),
    ],
)
def test_a01_a_text_is_no_number_and_no_time(field: str, ops: tuple[str, ...]) -> None:
    for op in ops:
        for value in [*HOSTILE, *TOO_MUCH]:
            assert refusal(revenue(filters=[condition(op, value, field)])).code == "wrong_value_type"


@pytest.mark.parametrize("op", TEXT_OPS)
@pytest.mark.parametrize("value", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_a01_what_no_database_takes_is_refused_at_once(op: str, value: str) -> None:
    began = time.process_time()
    for key in ("filters", "having"):
        error = refusal(revenue(**{key: [{**condition(op, value), "field": "revenue"}]}))
        assert (error.code, error.at) == ("wrong_value_type", f"/{key}/0/values/0")
    assert time.process_time() - began < 0.5


def test_a01_numbers_and_times_are_bound_too() -> None:
    def made(number: object, day: str) -> tuple[str, ...]:
        filters = [condition("lt", number, "deals.amount"), condition("gte", day, "deals.closed_at")]
        span = {"from": day, "to": "2026-11-01"}
        return sql(revenue(filters=filters, time={"range": span}, compare=[{"to": "previous_period"}]))

    assert made("0.1", "2026-01-01") == made("-123456789.5", "2025-03-09T02:30:00+05:45")


@pytest.mark.parametrize(
    ("place", "op"),
    [*((place, op) for op in TEXT_OPS for place in PLACES if place != "dashboard"), ("dashboard", "in")],
)
def test_a01_over_http_values_are_only_ever_values(asking: Asking, place: str, op: str) -> None:
    texts = set()
    with asking.api.signed_in() as client:
        for value in ["East", *HOSTILE[::3]]:
            path, body = PLACES[place](condition(op, value))
            answer = promptly(partial(client.post, path, json=body), 5)
            assert answer.status_code == 200, answer.text[:300]
            assert '"error"' not in answer.text
            texts.add(frozenset(asking.engine.texts()))
    assert len(texts) == 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_a01_over_http_what_no_database_takes_reaches_none(asking: Asking, place: str, value: str) -> None:
    path, body = PLACES[place](condition("eq", value))
    content = json.dumps(body).encode()
    with asking.api.signed_in() as client:
        answer = client.post(path, content=content, headers={"content-type": "application/json"})
    told = [json.loads(line) for line in answer.text.splitlines()]
    errors = [one.get("error", one) for one in told if "done" not in one]
    assert answer.status_code in (200, 400, 413)
    assert errors and {one["code"] for one in errors} <= {"wrong_value_type", "bad_json", "too_large"}
    assert not asking.engine.texts()


def test_a01_values_of_having_are_bound_too() -> None:
    def made(low: object, high: object) -> tuple[str, ...]:
        having = [
            {"field": "revenue", "op": "between", "values": [low, high]},
            condition("ne", low, "revenue"),
        ]
        return sql(revenue(dimensions=["rep.region"], having=having, top={"n": 3, "other": True}))

    assert made(1, "2.5") == made(-7, "-0.000000001")
