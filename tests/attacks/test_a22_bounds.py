"""A22: a question that would be boundless is refused before it is planned; memory and time stay small."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from leadline.planner import canonical, parse_query
from tests.attacks.conftest import Asking
from tests.attacks.planning import ADA, BOUND, NOW, refusal, revenue

ONE: dict[str, Any] = {"field": "rep.region", "op": "in", "values": ["East"]}


def _nested(depth: int) -> dict[str, Any]:
    one: dict[str, Any] = ONE
    for _ in range(depth):
        one = {"not": one}
    return one


def _doubling() -> dict[str, Any]:
    one: dict[str, Any] = ONE
    for _ in range(19):
        one = {"any": [one] * 1000}
    return one


BOUNDLESS: dict[str, tuple[dict[str, Any], str]] = {
    "deep": (revenue(filters=[_nested(500)]), "too_large"),
    "doubling": (revenue(filters=[_doubling()]), "too_large"),
    "doubling having": (revenue(having=[{**_doubling()}]), "too_large"),
    "wide": (revenue(filters=[{"any": [ONE] * 1000}, ONE]), "too_large"),
    "long list": (revenue(filters=[ONE] * 100_000), "too_large"),
    "values": (revenue(filters=[{**ONE, "values": ["x"] * 100_000}]), "too_large"),
    "metrics": ({"metrics": ["revenue"] * 100_000}, "too_large"),
    "dimensions": (revenue(dimensions=[f"d{i}" for i in range(100_000)]), "too_large"),
    "comparisons": (revenue(compare=[{"to": "previous_year"}] * 100_000), "too_large"),
    "sort": (revenue(sort=[{"by": "revenue"}] * 100_000), "too_large"),
    "subtotals": (revenue(totals=[[]] * 100_000), "too_large"),
    "days of ever": (
        revenue(time={"grain": "day", "range": {"from": "0001-01-01", "to": "9999-12-31"}}),
        "too_many_buckets",
    ),
    "days of a thousand years": (
        revenue(time={"grain": "day", "range": {"preset": "last_1000_years"}}),
        "too_many_buckets",
    ),
    "years before ours": (
        revenue(time={"range": {"preset": "last_1000_years"}}, as_of="0900-01-01"),
        "bad_range",
    ),
    "rows": (revenue(limit=10**9), "bad_limit"),
    "digits": (revenue(filters=[{**ONE, "values": [10**100_000]}]), "wrong_value_type"),
}


@pytest.mark.parametrize("name", BOUNDLESS)
def test_a22_a_boundless_question_is_refused_in_no_time(name: str) -> None:
    query, code = BOUNDLESS[name]
    tracemalloc.start()
    began = time.process_time()
    try:
        assert refusal(query).code == code
        took, (_, most) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 2
    assert most < 20_000_000


def test_a22_the_largest_question_there_is_has_its_key_in_a_second() -> None:
    filters = [{"any": [{**ONE, "values": ["East", f"x{i}"]} for i in range(1000)]}]
    query = revenue(
        dimensions=["rep.region", "rep.name", "source"],
        filters=filters,
        having=[{"not": {"field": "revenue", "op": "gt", "values": [i]}} for i in range(1000)],
        compare=[{"to": {"shift": f"{i} days"}} for i in range(1, 31)],
        totals=[["rep.region"], []],
    )
    began = time.process_time()
    parsed = parse_query(query, viewer=ADA, now=NOW, model=BOUND.model)
    assert canonical(parsed, BOUND).live
    assert time.process_time() - began < 1


def test_a22_over_http_large_questions_are_refused_and_reach_no_database(asking: Asking) -> None:
    large = [
        query for name, (query, _) in BOUNDLESS.items() if name in ("wide", "days of ever", "rows", "sort")
    ]
    with asking.api.signed_in() as client:
        for query in large:
            answer = client.post("/api/v1/query", json=query)
            assert answer.status_code in (400, 413), answer.text[:300]
        deep = b'{"metrics": ["revenue"], "filters": ' + b'[{"not": ' * 100_000
        answer = client.post("/api/v1/query", content=deep, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 413)
        many = client.post("/api/v1/batch", json={"queries": [revenue()] * 201})
        assert many.status_code == 413
    assert not asking.engine.texts()
