"""`/explain`: how an answer comes about, and who is told what of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.drilling.asking import refused, told
from tests.integration.drilling.conftest import ADMIN, EDITOR, MANAGER, OTHER_REP, REP, SignIn

QUERY: dict[str, Any] = {
    "metrics": ["revenue", "win_rate"],
    "dimensions": ["source"],
    "time": {"range": {"from": "2026-01-01", "to": "2026-03-01"}},
    "compare": [{"to": "previous_period", "as": "change"}],
    "totals": True,
}
STEPS = {
    "parse", "cache", "states", "plan.names", "plan.times", "plan.buckets", "plan.columns", "plan.scans",
    "plan.rollups", "plan.statement", "plan", "source", "read", "explain", "total",
}  # fmt: skip


def test_an_admin_is_told_everything(as_: SignIn) -> None:
    answer = told(as_(ADMIN), "explain", QUERY)
    revenue, change, rate, _ = answer["definition"]
    assert revenue["measures"] == {"deals.won_amount": "sum of amount where status = 'won'"}
    assert (revenue["kind"], revenue["time"]) == ("simple", "deals.closed_at")
    assert change["definition"].startswith("change of revenue beside previous period, 2025-11-01T00:00:00")
    assert (rate["kind"], rate["definition"]) == ("ratio", "deals.won_count / deals.closed_count")
    assert answer["sql"].startswith("WITH") and '"public"."deals"' in answer["sql"]
    assert "cost=" in answer["plan"][0] and "actual" not in answer["plan"][0]
    assert [one["part"] for one in answer["more"]] == ["totals"]
    assert set(answer["ms"]) >= STEPS
    assert answer["rules"] == [] and answer["scope"]


def test_rollups_say_why_not(as_: SignIn) -> None:
    answer = told(as_(ADMIN), "explain", QUERY)
    assert {one["name"] for one in answer["rollups"]} == {"won_by_rep", "won_by_source"}
    for one in answer["rollups"]:
        assert one["used"] is (one["reason"] is None) or one["detail"].endswith("cheaper")
    assert told(as_(ADMIN), "explain", {**QUERY, "metrics": ["leads"]})["rollups"] == []


def test_the_cache_is_told_of(as_: SignIn) -> None:
    query = {**QUERY, "dimensions": ["product"]}
    before = told(as_(ADMIN), "explain", query)["cache"]
    result = told(as_(ADMIN), "query", query)
    after = told(as_(ADMIN), "explain", query)["cache"]
    assert before["age"] is None and before["state"] == "miss"
    assert after["age"] is not None and after["state"] in ("hit", "stale", "miss")
    assert result["key"].startswith(after["live_key"]) and after["key"] == before["key"]


def test_an_open_range_asks_how_far_it_reaches(as_: SignIn) -> None:
    answer = told(as_(ADMIN), "explain", {"metrics": ["revenue"], "time": {"grain": "month"}})
    assert answer["ms"]["extent"] > 0


def test_a_plan_is_measured_for_admins_alone(as_: SignIn) -> None:
    assert "actual" in told(as_(ADMIN), "explain", {**QUERY, "analyze": True})["plan"][0]
    assert refused(as_(EDITOR), "explain", {**QUERY, "analyze": True}) == (403, "forbidden", "/analyze")
    assert refused(as_(ADMIN), "explain", {**QUERY, "analyze": 1}) == (400, "bad_json", "/analyze")


@pytest.mark.parametrize("viewer", [REP, MANAGER])
def test_a_viewer_is_told_no_statement(as_: SignIn, viewer: str) -> None:
    answer = told(as_(viewer), "explain", QUERY)
    assert (answer["sql"], answer["params"], answer["plan"], answer["more"]) == (None, None, None, [])
    assert answer["rules"] and answer["definition"]
    text = json.dumps(answer)
    assert viewer not in text and "Halloran" not in text and "postgresql://" not in text


def test_a11_an_editor_sees_rules_by_the_names_of_values(as_: SignIn) -> None:
    answer = told(as_(EDITOR), "explain", QUERY)
    assert answer["rules"] == ["editors", "own"]
    for part in (answer, *answer["more"]):
        assert "viewer.email" in part["params"].values()
        assert not any("cost=" in line for line in part["plan"])
    text = json.dumps(answer)
    for word in (EDITOR, "postgresql://", "password", "127.0.0.1", "Halloran", REP):
        assert word not in text


def test_scopes_are_equal_where_rights_are(as_: SignIn) -> None:
    scopes = [told(as_(one), "explain", QUERY)["scope"] for one in (ADMIN, REP, OTHER_REP, MANAGER)]
    assert len(set(scopes)) == 4


REFUSED = [
    ({"metrics": ["nix"]}, "unknown_metric", "/metrics/0"),
    ({"metrics": ["revenue"], "sql": "SELECT 1"}, "unknown_key", "/sql"),
    ({"metrics": ["revenue"], "dimensions": ["x') OR 1=1--"]}, "unknown_field", "/dimensions/0"),
    ([], "bad_json", ""),
]


@pytest.mark.parametrize(("body", "code", "at"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_said_where(as_: SignIn, body: object, code: str, at: str) -> None:
    assert refused(as_(ADMIN), "explain", body) == (400, code, at)


def test_a01_a_hostile_value_is_a_parameter(as_: SignIn) -> None:
    text = "';select pg_sleep(5)--"
    answer = told(
        as_(ADMIN), "explain", {**QUERY, "filters": [{"field": "source", "op": "eq", "values": [text]}]}
    )
    assert text in answer["params"].values() and text not in answer["sql"]
