"""`/values`: the members of a field that a viewer may see."""

from __future__ import annotations

import psycopg
import pytest

from tests.integration.drilling.asking import refused, told
from tests.integration.drilling.conftest import ADMIN, MANAGER, NOBODY, REP, SignIn
from tests.support.databases import Database


def _sql(company: Database, sql: str) -> list[object]:
    with psycopg.connect(company.reader) as connection:
        return [one for (one,) in connection.execute(sql.encode()).fetchall()]


def test_the_members_of_a_field_by_code_point(as_: SignIn, company: Database) -> None:
    answer = told(as_(ADMIN), "values", {"field": "reps.name"})
    known = _sql(company, 'SELECT name FROM reps GROUP BY name ORDER BY name COLLATE "C"')
    assert (answer["values"], answer["type"], answer["truncated"]) == (known, "text", False)
    assert told(as_(ADMIN), "values", {"field": "rep.name"})["values"] == known
    cut = told(as_(ADMIN), "values", {"field": "rep.name", "limit": 2})
    assert (cut["values"], cut["truncated"]) == (known[:2], True)


def test_none_is_told_apart(as_: SignIn, company: Database) -> None:
    without = _sql(company, "SELECT count(*) FROM leads WHERE rep_id IS NULL")[0]
    answer = told(as_(ADMIN), "values", {"field": "rep.region", "metric": "leads"})
    assert answer["none"] is bool(without)
    assert None not in answer["values"] and "(none)" not in answer["values"]


def test_a_part_of_the_text_in_any_case(as_: SignIn) -> None:
    names = told(as_(ADMIN), "values", {"field": "rep.name"})["values"]
    found = told(as_(ADMIN), "values", {"field": "rep.name", "contains": "AN"})
    assert found["values"] == [one for one in names if "an" in one.lower()] != []
    assert found["none"] is False


@pytest.mark.parametrize("text", ["%", "_", "\\", "'; select 1 --", "%(p0)s", "x') OR 1=1--"])
def test_a01_a_part_is_only_ever_a_value(as_: SignIn, text: str) -> None:
    assert told(as_(ADMIN), "values", {"field": "rep.name", "contains": text})["values"] == []


def test_numbers_and_times_tell_their_ends(as_: SignIn, company: Database) -> None:
    answer = told(as_(ADMIN), "values", {"field": "closed_at", "dataset": "deals", "limit": 1})
    sql = "SELECT extract(epoch FROM min(closed_at)), extract(epoch FROM max(closed_at)) FROM deals"
    with psycopg.connect(company.reader) as connection:
        row = connection.execute(sql).fetchone()
        made = connection.execute(
            "SELECT extract(epoch FROM %s::timestamptz), extract(epoch FROM %s::timestamptz)",
            (answer["min"], answer["max"]),
        ).fetchone()
    assert made == row
    weekdays = told(as_(ADMIN), "values", {"field": "deals.opened_at.weekday"})
    assert (weekdays["values"], weekdays["min"], weekdays["max"]) == ([1, 2, 3, 4, 5, 6, 7], 1, 7)


def test_filters_narrow_the_rows(as_: SignIn, company: Database) -> None:
    east = {"field": "rep.region", "op": "eq", "values": ["East"]}
    answer = told(as_(ADMIN), "values", {"field": "rep.name", "dataset": "deals", "filters": [east]})
    sql = "SELECT DISTINCT r.name FROM deals JOIN reps r ON r.id = rep_id WHERE region = 'East' ORDER BY 1"
    assert sorted(answer["values"]) == sorted(map(str, _sql(company, sql)))


def test_a27_only_what_the_viewer_may_see(as_: SignIn, company: Database) -> None:
    team = _sql(company, "SELECT name FROM reps WHERE manager = 'Ruth Halloran' ORDER BY name")
    for viewer, names in ((REP, ["Mara Lindqvist"]), (MANAGER, team), (NOBODY, [])):
        for where in ({}, {"dataset": "reps"}):
            field = "reps.name" if where else "rep.name"
            assert told(as_(viewer), "values", {"field": field, **where})["values"] == names
        for where in ({"metric": "revenue"}, {"dataset": "leads"}):
            assert set(told(as_(viewer), "values", {"field": "rep.name", **where})["values"]) <= set(names)
        part = {"field": "rep.name", "contains": "", "filters": [{"field": "name", "op": "not_null"}]}
        assert told(as_(viewer), "values", part)["values"] == names
    hidden = told(as_(REP), "values", {"field": "deal.rep.name", "dataset": "stages"})
    assert (hidden["values"], hidden["none"], hidden["rules"]) == (["Mara Lindqvist"], True, ["own"])


REFUSED = [
    ({}, "unknown_field", "/field"),
    ({"field": "nix"}, "unknown_field", "/field"),
    ({"field": "source"}, "unknown_field", "/field"),
    ({"field": "nix.name"}, "unknown_field", "/field"),
    ({"field": "reps.nix"}, "unknown_field", "/field"),
    ({"field": 3}, "unknown_field", "/field"),
    ({"field": "name", "dataset": "nix"}, "unknown_field", "/dataset"),
    ({"field": "name", "metric": "nix"}, "unknown_metric", "/metric"),
    ({"field": "name", "metric": "revenue", "dataset": "reps"}, "unknown_key", "/metric"),
    ({"field": "rep.name", "limit": 1001}, "bad_limit", "/limit"),
    ({"field": "rep.name", "contains": 3}, "wrong_value_type", "/contains"),
    ({"field": "deals.closed_at", "contains": "2026"}, "wrong_value_type", "/contains"),
    ({"field": "rep.name", "filters": [{"field": "nix", "op": "is_null"}]}, "unknown_field",
     "/filters/0/field"),
    ({"field": "rep.name", "filters": [{"field": "name", "op": "lt", "values": [3]}]}, "wrong_value_type",
     "/filters/0/values"),
    ({"field": "rep.name", "sql": "SELECT 1"}, "unknown_key", "/sql"),
    ([], "bad_json", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "at"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_said_where(as_: SignIn, body: object, code: str, at: str) -> None:
    assert refused(as_(ADMIN), "values", body) == (400, code, at)
