"""Attacks on questions over HTTP, against the served product with its real database (docs/security.md)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.databases import Database
from tests.support.product import Served, leadline
from tests.support.state import PASSWORD
from tests.support.waiting import promptly

QUERY = "/api/v1/query"
HOSTILE = [
    "x') OR 1=1--",
    "';select pg_sleep(5)--",
    '"; drop table deals; --',
    "{{''.__class__}}",
    "%s %(p0)s ${x}",
    "\\'; select 1",
    "％00 \u202e \ufeff",
    "a" * 900_000,
]
TEXT_OPERATORS = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "not_contains",
                  "starts_with", "ends_with"]  # fmt: skip


def _tables(company: Database) -> set[str]:
    with psycopg.connect(company.reader) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in rows}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a01_filter_values_are_only_ever_values(client: httpx.Client, company: Database, text: str) -> None:
    before = _tables(company)
    for op in TEXT_OPERATORS:
        filters = [{"field": "rep.region", "op": op, "values": [text]}]
        question = {"metrics": ["leads"], "filters": filters}
        answer = promptly(partial(client.post, QUERY, json=question), 3)
        assert answer.status_code in {200, 400, 413}, answer.text[:300]
        if op in {"eq", "in", "contains"} and answer.status_code == 200:
            assert answer.json()["data"] == [[0]]
    assert _tables(company) == before


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("metrics", ["revenue;drop table deals"]),
        ("metrics", ["(select 1)"]),
        ("metrics", ['revenue" from deals --']),
        ("dimensions", ["rep.name; select 1"]),
        ("dimensions", [{"field": "1,(select version())"}]),
        ("dimensions", ["pg_catalog.pg_user.usename"]),
        ("dimensions", ["rep.__class__"]),
        ("sort", [{"by": "1; drop table deals"}]),
        ("sort", [{"by": "revenue desc, (select 1)"}]),
        ("filters", [{"field": "1=1) --", "op": "eq", "values": ["x"]}]),
        ("filters", [{"field": "rep.region", "op": "= '' or", "values": ["x"]}]),
        ("compare", [{"to": "previous_year; --"}]),
    ],
)
def test_a02_names_outside_the_model_reach_no_database(client: httpx.Client, part: str, value: Any) -> None:
    answer = client.post(QUERY, json={"metrics": ["revenue"], part: value})
    assert answer.status_code == 400, answer.text
    assert answer.json()["at"].startswith(f"/{part}")
    assert answer.json()["code"] != "bad_request"


@pytest.mark.parametrize(
    "change",
    [
        {"limit": -1},
        {"limit": "10;select"},
        {"limit": 1e9},
        {"offset": -1},
        {"offset": 2**60},
        {"time": {"zone": "UTC'||"}},
        {"time": {"zone": "/etc/localtime"}},
        {"time": {"zone": "../UTC"}},
        {"time": {"range": {"preset": "last_99999999_days"}}},
        {"time": {"range": {"from": "10;select"}}},
        {"time": {"range": {"from": "99999-01-01"}}},
        {"time": {"grain": "day'; --"}},
        {"as_of": "now()"},
        {"as_of": "0000-00-00"},
    ],
    ids=str,
)
def test_a03_numbers_zones_and_dates_are_checked(client: httpx.Client, change: dict[str, Any]) -> None:
    answer = client.post(QUERY, json={"metrics": ["revenue"], **change})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    "key", ["sql", "sqlExpression", "extras", "custom", "where", "expr", "measure", "viewer"]
)
def test_a04_there_is_no_field_for_sql(client: httpx.Client, key: str) -> None:
    for body in ({"metrics": ["revenue"], key: "1=1"}, {"metrics": [{key: "sum(amount)"}]}):
        answer = client.post(QUERY, json=body)
        assert answer.status_code == 400
        assert answer.json()["code"] in {"unknown_key", "unknown_metric"}


def test_a05_hostile_names_of_people_stay_text(product: Served, environment: dict[str, str]) -> None:
    email, name = "o'brien--;$$@example.com", "*/ '; drop table deals; -- <b>"
    added = leadline(
        "user", "add", email, "--name", name, "--role", "admin", "--password-stdin",
        environment=environment, text_in=PASSWORD,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    with httpx.Client(base_url=product.url) as client:
        signed = client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
        assert signed.json()["viewer"]["name"] == name
        answer = client.post(QUERY, json={"metrics": ["leads"]}, headers={"x-request-id": "'; drop"})
        assert answer.status_code == 200
    assert leadline("user", "remove", email, environment=environment).returncode == 0


def test_a24_errors_carry_no_data_of_the_source(client: httpx.Client, company: Database) -> None:
    wrong = [{"field": "deals.amount", "op": "eq", "values": ["not a number"]}]
    answer = client.post(QUERY, json={"metrics": ["revenue"], "filters": wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_value_type")
    assert company.name not in answer.text and "SELECT" not in answer.text


def test_a76_searching_is_linear(client: httpx.Client) -> None:
    filters = [{"field": "rep.name", "op": "contains", "values": ["(a+)+$" * 1000, "%_" * 5000]}]
    answer = promptly(lambda: client.post(QUERY, json={"metrics": ["leads"], "filters": filters}), 2)
    assert (answer.status_code, answer.json()["data"]) == (200, [[0]])


def test_a78_a_thousand_conditions_are_answered_or_refused(client: httpx.Client) -> None:
    one = {"field": "rep.region", "op": "eq", "values": ["East"]}
    nested: dict[str, Any] = one
    for _ in range(50):
        nested = {"not": nested}
    for filters in (
        [one] * 1001,
        [{"any": [one] * 1000}],
        [nested],
        [{**one, "op": "in", "values": ["x"] * 1001}],
    ):
        answer = promptly(partial(client.post, QUERY, json={"metrics": ["leads"], "filters": filters}), 5)
        assert answer.status_code in {200, 400, 413}, answer.text[:200]


def test_a32_two_people_do_not_share_an_answer_that_is_not_theirs(
    product: Served, environment: dict[str, str], client: httpx.Client
) -> None:
    made = leadline("key", "add", "other", "--role", "viewer", "--format", "json", environment=environment)
    headers = {"authorization": f"Bearer {json.loads(made.stdout)['key']}"}
    mine = client.get("/api/v1/session")
    theirs = httpx.get(f"{product.url}/api/v1/session", headers=headers)
    assert mine.json()["viewer"] != theirs.json()["viewer"]
    assert mine.headers["cache-control"] == theirs.headers["cache-control"] == "private, no-store"
