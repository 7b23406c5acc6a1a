"""The HTTP contract over a served product: every answer fits the published description."""

from __future__ import annotations

import json
from typing import Any

import httpx
import jsonschema
import psycopg
import pytest

from leadline.core.viewer import Viewer
from tests.contracts.conftest import ADMIN
from tests.support.databases import Database
from tests.support.models import REPOSITORY
from tests.support.product import Served, leadline
from tests.support.sources import run
from tests.support.state import PASSWORD
from tests.support.waiting import eventually

OPENAPI = json.loads((REPOSITORY / "schemas" / "openapi.json").read_text(encoding="utf-8"))


def fits(value: Any, name: str) -> None:
    """Fails where `value` is not as the component says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def lines(answer: httpx.Response, name: str) -> list[Any]:
    """The lines of a stream, each checked; the last says that it is done."""
    answer.raise_for_status()
    told = [json.loads(line) for line in answer.text.splitlines()]
    for line in told:
        fits(line, name)
    assert told[-1]["done"] is True
    assert told[-1]["queries"] == len(told) - 1
    return told[:-1]


def test_it_is_ready_part_by_part(product: Served) -> None:
    answer = httpx.get(f"{product.url}/readyz")
    assert answer.status_code == 200, answer.text
    fits(answer.json(), "Ready")
    assert {"state", "source", "model", "redis"} <= set(answer.json()["parts"])
    assert all(part["state"] == "ok" for part in answer.json()["parts"].values())
    fits(httpx.get(f"{product.url}/healthz").json(), "Alive")
    assert httpx.get(f"{product.url}/openapi.json").json() == OPENAPI


def test_f38_readiness_names_a_slot_that_nobody_reads_before_it_stops_the_source(
    product: Served, company: Database
) -> None:
    def room() -> dict[str, Any]:
        answer = httpx.get(f"{product.url}/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)
        fits(answer.json(), "Ready")
        part: dict[str, Any] = answer.json()["parts"]["source_room"]
        return part

    run(company.admin, "SELECT pg_create_physical_replication_slot('nobody_reads', true)")
    try:
        assert eventually(lambda: room()["state"] == "down", 10)
        part = room()
        assert (part["needed"], part["code"]) == (False, "disk_full")
        assert "nobody_reads" in part["why"]
        assert "pg_drop_replication_slot('nobody_reads')" in part["fix"]
    finally:
        run(company.admin, "SELECT pg_drop_replication_slot('nobody_reads')")
    assert eventually(lambda: room()["state"] == "ok", 10)


def test_the_session(client: httpx.Client) -> None:
    body = client.get("/api/v1/session").json()
    fits(body, "Session")
    assert body["viewer"]["email"] == ADMIN
    assert body["product"]["zone"] == "America/Chicago"
    assert body["product"]["as_of"].startswith("2026-11-17T23:59:59.999")


def test_the_catalog(client: httpx.Client) -> None:
    fits(client.get("/api/v1/metrics").json(), "Metrics")
    fits(client.get("/api/v1/datasets").json(), "Datasets")


def test_a_question_has_the_answer_of_sql(client: httpx.Client, company: Database) -> None:
    query = {"metrics": ["revenue", "sales"], "time": {"range": {"preset": "year_to_date"}}}
    answer = client.post("/api/v1/query", json=query)
    assert answer.status_code == 200, answer.text
    fits(answer.json(), "Result")
    with psycopg.connect(company.reader) as connection:
        row = connection.execute(
            "SELECT sum(amount), count(*) FROM deals WHERE status = 'won'"
            " AND closed_at >= timestamptz '2026-01-01 00:00 America/Chicago'"
            " AND closed_at < timestamptz '2026-11-18 00:00 America/Chicago'"
        ).fetchone()
    assert row is not None and row[1] > 0
    assert answer.json()["data"] == [[str(row[0])], [row[1]]]


def test_the_same_question_again_comes_from_the_cache_or_is_unchanged(client: httpx.Client) -> None:
    query = {"metrics": ["leads"], "dimensions": ["rep.region"], "time": {"range": {"preset": "last_month"}}}
    first = client.post("/api/v1/query", json=query).json()
    second = client.post("/api/v1/query", json=query).json()
    assert second["served_by"]["cache"] == "hit"
    assert second["data"] == first["data"]
    again = client.post("/api/v1/query", json={**query, "have": first["key"]}).json()
    assert again == {"unchanged": first["key"]}
    fits(again, "ResultOrUnchanged")


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ({"metrics": ["revenu"]}, "unknown_metric", "/metrics/0"),
        ({"metrics": ["revenue"], "dimensions": ["nowhere"]}, "unknown_field", "/dimensions/0"),
        ({"metrics": ["revenue"], "extras": 1}, "unknown_key", "/extras"),
        ({"metrics": ["revenue"], "time": {"grain": "fortnight"}}, "unknown_grain", "/time/grain"),
        ({"metrics": ["revenue"], "time": {"zone": "UTC'||"}}, "unknown_zone", "/time/zone"),
        ({"metrics": ["revenue"], "limit": 0}, "bad_limit", "/limit"),
        ({"metrics": ["revenue"], "limit": 1e9}, "bad_limit", "/limit"),
        ({"metrics": []}, "unknown_metric", "/metrics"),
        ({}, "unknown_metric", "/metrics"),
        ("revenue", "bad_json", ""),
    ],
)
def test_a_wrong_question_is_told_with_code_and_place(
    client: httpx.Client, query: object, code: str, at: str
) -> None:
    answer = client.post("/api/v1/query", json=query)
    fits(answer.json(), "Error")
    assert (answer.status_code, answer.json()["code"], answer.json()["at"]) == (400, code, at)
    assert answer.json()["why"] and answer.json()["fix"]


def test_a_batch(client: httpx.Client) -> None:
    queries = [{"metrics": ["revenue"]}, {"metrics": ["nothing"]}, {"metrics": ["revenue"]}]
    told = lines(client.post("/api/v1/batch", json={"queries": queries}), "BatchLine")
    by_index = {line["index"]: line for line in told}
    assert by_index[0]["result"]["data"] == by_index[2]["result"]["data"]
    assert by_index[1]["error"]["code"] == "unknown_metric"


def test_the_executive_dashboard_whole(client: httpx.Client) -> None:
    listed = client.get("/api/v1/dashboards").json()
    fits(listed, "Dashboards")
    shown = client.get(f"/api/v1/dashboards/{listed['dashboards'][0]['id']}").json()
    fits(shown, "DashboardAnswer")
    told = lines(client.post("/api/v1/dashboards/executive/data", json={}), "DataLine")
    assert [line for line in told if "error" in line] == []
    assert len({line["tile"] for line in told}) >= 12


def test_every_choice_of_the_bar_is_answered(client: httpx.Client) -> None:
    document = client.get("/api/v1/dashboards/executive").json()["dashboard"]
    filters = [{"field": one["field"], "op": "is_null"} for one in document["bar"]["filters"]]
    asked: list[dict[str, Any]] = [{"range": {"preset": preset}} for preset in document["bar"]["ranges"]]
    asked += [{"compare": choice} for choice in ("none", "previous_period", "previous_year", "both")]
    asked += [{"filters": filters}, {"tiles": {"revenue_series": {"grain": "month"}}}]
    for request in asked:
        told = lines(client.post("/api/v1/dashboards/executive/data", json=request), "DataLine")
        assert [line for line in told if "error" in line] == [], request


def test_a_key_is_as_good_as_a_session(product: Served, environment: dict[str, str]) -> None:
    made = leadline("key", "add", "contract", "--role", "viewer", "--format", "json", environment=environment)
    key = json.loads(made.stdout)["key"]
    headers = {"authorization": f"Bearer {key}"}
    who = httpx.get(f"{product.url}/api/v1/session", headers=headers).json()["viewer"]
    assert (who["email"], who["role"]) == ("key:contract", "viewer")
    query = {"metrics": ["leads"]}
    assert httpx.post(f"{product.url}/api/v1/query", json=query, headers=headers).status_code == 200
    assert leadline("key", "remove", "contract", environment=environment).returncode == 0
    assert httpx.get(f"{product.url}/api/v1/session", headers=headers).status_code == 401


def test_a58_a_session_ends_on_all_nodes(product: Served, client: httpx.Client) -> None:
    token = client.cookies["leadline_session"]
    assert client.delete("/api/v1/session").status_code == 204
    kept = {"cookie": f"leadline_session={token}"}
    assert httpx.get(f"{product.url}/api/v1/session", headers=kept).status_code == 401


def test_a31_a_removed_user_is_out_at_once(product: Served, environment: dict[str, str]) -> None:
    options = ("--attr", "job=rep", "--password-stdin")
    assert (
        leadline(
            "user", "add", "x@example.com", *options, environment=environment, text_in=PASSWORD
        ).returncode
        == 0
    )
    with httpx.Client(base_url=product.url) as other:
        other.post(
            "/api/v1/session", json={"email": "x@example.com", "password": PASSWORD}
        ).raise_for_status()
        assert other.get("/api/v1/session").status_code == 200
        assert leadline("user", "remove", "x@example.com", environment=environment).returncode == 0
        assert eventually(lambda: other.get("/api/v1/session").status_code == 401, 1)


def test_the_viewer_tells_nothing_of_its_attributes(client: httpx.Client) -> None:
    viewer = client.get("/api/v1/session").json()["viewer"]
    assert set(viewer) == {"org", "email", "role", "name", "locale", "zone"}
    assert set(Viewer.__slots__) - set(viewer) == {"attributes"}
