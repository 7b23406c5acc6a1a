"""A04: there is no field for SQL, in no object of a question and on no route."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.api.registry import ROUTES
from tests.attacks.conftest import Asking
from tests.attacks.planning import refusal, revenue

KEYS = [
    "sql", "sqlExpression", "expression", "expr", "extras", "where", "custom", "custom_metric", "measure",
    "raw", "filter", "datasource", "table", "adhoc_filters", "columns", "viewer", "rules", "org", "__proto__",
]  # fmt: skip
FREE = "1=1) UNION SELECT usename FROM pg_user --"
TOP: dict[str, Any] = {"dimensions": ["rep.name"]}


def _queries(key: str) -> list[dict[str, Any]]:
    """The key in every object that a question has."""
    return [
        revenue(**{key: FREE}),
        revenue(dimensions=[{"field": "rep.name", key: FREE}]),
        revenue(time={key: FREE}),
        revenue(time={"range": {"preset": "today", key: FREE}}),
        revenue(filters=[{"field": "rep.name", "op": "eq", "values": ["x"], key: FREE}]),
        revenue(having=[{"field": "revenue", "op": "gt", "values": [1], key: FREE}]),
        revenue(compare=[{"to": "previous_year", key: FREE}]),
        revenue(compare=[{"to": {"shift": "1 day", key: FREE}}]),
        revenue(sort=[{"by": "revenue", key: FREE}]),
        revenue(**TOP, top={"n": 1, key: FREE}),
    ]


@pytest.mark.parametrize("key", KEYS)
def test_a04_no_object_has_a_key_for_sql(key: str) -> None:
    for query in _queries(key):
        error = refusal(query)
        assert error.code == "unknown_key"
        assert error.at.endswith("/" + key)


@pytest.mark.parametrize(
    "query",
    [
        revenue(having=FREE),
        revenue(having=[FREE]),
        revenue(filters=FREE),
        revenue(filters=[FREE]),
        revenue(sort=FREE),
        revenue(sort=[FREE]),
        revenue(totals=FREE),
        revenue(compare=FREE),
        revenue(**TOP, top=FREE),
        revenue(time=FREE),
        {"metrics": FREE},
        {"metrics": [{"sql": FREE}]},
        {"metrics": [{"expressionType": "SQL", "sqlExpression": FREE, "label": "x"}]},
        revenue(dimensions=[{"sqlExpression": FREE}]),
        revenue(dimensions=[[FREE]]),
    ],
)
def test_a04_text_is_taken_for_no_part_of_a_question(query: dict[str, Any]) -> None:
    assert refusal(query).code in {"bad_json", "unknown_metric", "unknown_key"}


@pytest.mark.parametrize("path", sorted({one.path for one in ROUTES if one.method == "POST"}))
def test_a04_no_route_takes_sql(asking: Asking, path: str) -> None:
    with asking.api.signed_in() as client:
        for key in ("sql", "having", "extras", "custom_metric", "viewer"):
            if key == "having" and path in ("/api/v1/query", "/api/v1/rows", "/api/v1/explain"):
                continue  # a part of the question there; its own tests are above
            answer = client.post(path.replace("{id}", "executive"), json={"metrics": ["revenue"], key: FREE})
            assert answer.status_code == 400, answer.text[:300]
            assert answer.json()["code"] == "unknown_key"
    assert not asking.engine.texts()
