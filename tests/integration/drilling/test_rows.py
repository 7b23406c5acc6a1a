"""`/rows`: which rows, which columns, in which order, page by page, and what is refused."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.integration.drilling.asking import column, refused, told
from tests.integration.drilling.conftest import ADMIN, MANAGER, NOBODY, REP, SignIn
from tests.support.databases import Database

YEAR = {"range": {"from": "2026-01-01", "to": "2027-01-01"}}
QUERY: dict[str, Any] = {"metrics": ["revenue", "sales"], "dimensions": ["rep.region"], "time": YEAR}
MONTHS = {**QUERY, "time": {**YEAR, "grain": "month"}}
WON = "status = 'won' AND closed_at >= timestamptz '2026-01-01 00:00 America/Chicago'"


def _ids(company: Database, where: str) -> list[int]:
    """The keys of deals, the latest first."""
    joined = "SELECT d.id FROM deals d LEFT JOIN reps r ON r.id = d.rep_id"
    sql = f"{joined} WHERE {where} ORDER BY closed_at DESC, d.id"
    with psycopg.connect(company.reader) as connection:
        return [one for (one,) in connection.execute(sql.encode()).fetchall()]


def test_a_query_alone_gives_all_its_rows(as_: SignIn, company: Database) -> None:
    answer = told(as_(ADMIN), "rows", {**QUERY, "limit": 1000})
    assert column(answer, "id") == _ids(company, WON)
    assert (answer["dataset"], answer["key"], answer["truncated"]) == ("deals", ["id"], False)
    names = [one["name"] for one in answer["columns"]]
    assert names == [
        "id",
        "source",
        "product",
        "status",
        "opened_at",
        "closed_at",
        "rep.region",
        "won_amount",
    ]
    assert answer["served_by"]["node"] == "primary" and answer["rules"] == []
    assert set(column(answer, "status")) == {"won"}


def test_a_cell_gives_its_rows(as_: SignIn, company: Database) -> None:
    body = {
        "query": MONTHS,
        "cell": {"time": "2026-03-01T00:00:00-06:00", "rep.region": "East"},
        "limit": 1000,
    }
    answer = told(as_(ADMIN), "rows", body)
    month = "to_char(timezone('America/Chicago', closed_at), 'YYYY-MM') = '2026-03'"
    assert column(answer, "id") == _ids(company, f"{WON} AND {month} AND r.region = 'East'") != []
    assert answer["range"]["from"] == "2026-03-01T00:00:00-06:00"


def test_pages_fit_together(as_: SignIn, company: Database) -> None:
    found: list[int] = []
    known = _ids(company, WON)
    for offset in range(0, len(known), 20):
        answer = told(as_(ADMIN), "rows", {"query": QUERY, "limit": 20, "offset": offset})
        assert answer["truncated"] is (offset + 20 < len(known))
        found += column(answer, "id")
    assert found == known and len(known) > 40


def test_the_fields_that_are_asked(as_: SignIn) -> None:
    fields = ["lead.source", "id", "won_amount", "closed_at.month", "sales.won_count"]
    body = {"query": QUERY, "fields": fields[:-1], "limit": 3}
    answer = told(as_(ADMIN), "rows", body)
    assert [one["name"] for one in answer["columns"]] == fields[:-1]
    assert refused(as_(ADMIN), "rows", {**body, "fields": fields})[1:] == ("unknown_field", "/fields/4")


def test_a_viewer_sees_the_own_rows(as_: SignIn, company: Database) -> None:
    mine = _ids(company, f"{WON} AND r.email = '{REP}'")
    team = _ids(company, f"{WON} AND r.manager = 'Ruth Halloran'")
    for viewer, ids, rules in ((REP, mine, ["own"]), (MANAGER, team, ["team"]), (NOBODY, [], [])):
        answer = told(as_(viewer), "rows", {**QUERY, "limit": 1000})
        assert (column(answer, "id"), answer["rules"]) == (ids, rules)
    assert mine and set(mine) < set(_ids(company, WON))


def test_no_filter_shows_rows_of_others(as_: SignIn, company: Database) -> None:
    """A27: naming what is another's finds nothing of it, by filter, cell or field."""
    other = {"field": "rep.email", "op": "not_null"}
    for more in ([other], [{"not": {"field": "rep.name", "op": "eq", "values": ["x"]}}], [{"any": [other]}]):
        answer = told(
            as_(REP), "rows", {"query": {**QUERY, "filters": more}, "limit": 1000, "fields": ["rep.email"]}
        )
        assert set(column(answer, "rep.email")) == {REP}
    stages = {"metrics": ["changes"], "dimensions": ["deal.rep.email"]}
    answer = told(as_(REP), "rows", {"query": stages, "limit": 1000, "fields": ["deal.rep.email"]})
    assert set(column(answer, "deal.rep.email")) == {REP, None}


def test_money_and_leads_are_rows_of_their_datasets(as_: SignIn) -> None:
    query = {"metrics": ["revenue_per_lead"], "time": YEAR}
    assert told(as_(ADMIN), "rows", {"query": query})["dataset"] == "deals"
    leads = told(as_(ADMIN), "rows", {"query": query, "dataset": "leads"})
    assert leads["dataset"] == "leads" and set(column(leads, "created")) == {1}
    assert refused(as_(ADMIN), "rows", {"query": query, "dataset": "reps"})[1:] == (
        "unknown_field",
        "/dataset",
    )


CELL = {"time": "2026-03-01T00:00:00-06:00"}
REFUSED = [
    ({"query": MONTHS, "cell": {"time": "2026-03-02"}}, "bad_range", "/cell/time"),
    ({"query": MONTHS, "cell": {"time": "x' OR 1=1"}}, "bad_range", "/cell/time"),
    ({"query": MONTHS, "cell": {"time": 3}}, "bad_range", "/cell/time"),
    ({"query": MONTHS, "cell": {**CELL, "rep.name": "Ann"}}, "unknown_key", "/cell/rep.name"),
    ({"query": MONTHS, "cell": {**CELL, "rep.region": 7}}, "wrong_value_type", "/cell/rep.region"),
    ({"query": MONTHS, "cell": {**CELL, "rep.region": ["East"]}}, "wrong_value_type", "/cell/rep.region"),
    ({"query": MONTHS, "cell": []}, "bad_json", "/cell"),
    ({"query": QUERY, "cell": CELL}, "unknown_key", "/cell/time"),
    ({"query": QUERY, "metric": "win_rate"}, "unknown_metric", "/metric"),
    ({"query": QUERY, "other": True}, "bad_top", "/other"),
    ({"query": QUERY, "limit": 1001}, "bad_limit", "/limit"),
    ({"query": QUERY, "limit": 0}, "bad_limit", "/limit"),
    ({"query": QUERY, "offset": -1}, "bad_limit", "/offset"),
    ({"query": QUERY, "fields": ["nix"]}, "unknown_field", "/fields/0"),
    ({"query": QUERY, "sql": "SELECT 1"}, "unknown_key", "/sql"),
    ({"query": {"metrics": ["nix"]}}, "unknown_metric", "/query/metrics/0"),
    ({"query": {**QUERY, "dimensions": ["nix"]}}, "unknown_field", "/query/dimensions/0"),
    ({"query": {**QUERY, "time": {"range": {"preset": "x"}}}}, "unknown_preset", "/query/time/range/preset"),
    ({"query": 3}, "bad_json", "/query"),
    ({"metrics": ["nix"]}, "unknown_metric", "/metrics/0"),
    ([], "bad_json", ""),
]


@pytest.mark.parametrize(("body", "code", "at"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_said_where(as_: SignIn, body: object, code: str, at: str) -> None:
    assert refused(as_(ADMIN), "rows", body) == (400, code, at)


def test_a_wrong_filter_is_named_in_the_query(as_: SignIn) -> None:
    wrong = {"field": "closed_at", "op": "gt", "values": ["soon"]}
    body = {"query": {**QUERY, "filters": [wrong]}}
    assert refused(as_(ADMIN), "rows", body)[1:] == ("wrong_value_type", "/query/filters/0/values")


@pytest.mark.parametrize("text", ["x') OR 1=1--", "';select pg_sleep(5)--", "%s %(p0)s", "\\", "(other)", ""])
def test_a01_a_member_is_only_ever_a_value(as_: SignIn, text: str) -> None:
    answer = told(as_(ADMIN), "rows", {"query": QUERY, "cell": {"rep.region": text}})
    assert answer["rows"] == 0
