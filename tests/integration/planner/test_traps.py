"""The traps by name, each with its answer written out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import bind
from leadline.semantic.kinds.simple import Simple
from leadline.semantic.model import MeasureRef, Metric
from tests.integration.planner.world import HERE, World, fill, measure, model, schema, table
from tests.support.databases import Databases

EMPTY: dict[str, list[dict[str, Any]]] = {
    "teams": [], "reps": [], "leads": [], "deals": [], "visits": [], "targets": [],
}  # fmt: skip
HOSTILE = ["x') OR 1=1--", "';select pg_sleep(5)--", "%s", "%(p0)s", "$1", "\\", '"', "_", "%"]


def deal(number: int, **more: Any) -> dict[str, Any]:
    names = "rep_id lead_id stage weight share units urgent opened_at closed_at opened_on closed_on logged_at"
    return {**dict.fromkeys(names.split()), "id": number, "status": "won", "amount": "10.00", **more}


@pytest.fixture
def make(databases: Databases) -> Iterator[Any]:
    """Makes a world of just these rows."""
    opened: list[tuple[Any, psycopg.Connection[Any]]] = []

    def build(**data: list[dict[str, Any]]) -> World:
        database = databases.create()
        connection = psycopg.connect(database.business, autocommit=True)
        opened.append((database, connection))
        fill(connection, {**EMPTY, **data})
        return World(connection, {**EMPTY, **data})

    yield build
    for database, connection in opened:
        connection.close()
        databases.drop(database)


def closed(*days: str) -> list[dict[str, Any]]:
    return [deal(i, closed_at=f"{day}T18:00:00Z") for i, day in enumerate(days)]


def test_an_empty_business_answers_zero_null_and_no_rows(make: Any) -> None:
    world = make()
    assert table(world.ask({"metrics": ["revenue", "sales", "mean_amount", "win_rate", "pipeline"]})) == [
        ("0.00", 0, None, None, "0.00")
    ]
    assert world.ask({"metrics": ["revenue"], "dimensions": ["rep.name"]}).rows == 0
    assert world.ask({"metrics": ["revenue"], "time": {"grain": "month"}}).rows == 0
    for range_ in ({"from": "2026-01-01"}, {"to": "2026-01-01"}):
        assert world.ask({"metrics": ["revenue"], "time": {"grain": "day", "range": range_}}).rows == 0
    days = world.ask(
        {"metrics": ["sales"], "time": {"grain": "day", "range": {"from": "2026-01-01", "to": "2026-01-03"}}}
    )
    assert days.data[1] == (0, 0)


def test_the_31st_does_not_join_the_28th(make: Any) -> None:
    world = make(deals=closed("2026-01-28", "2026-01-29", "2026-01-31", "2026-02-28"))
    query = {
        "metrics": ["sales"],
        "time": {"grain": "day", "range": {"from": "2026-02-27", "to": "2026-03-01"}},
        "compare": [{"to": "previous_month"}],
        "as_of": "2026-06-01",
    }
    assert table(world.ask(query)) == [
        ("2026-02-27T00:00:00-06:00", 0, 0),
        ("2026-02-28T00:00:00-06:00", 1, 1),
    ]
    march = {**query, "time": {"grain": "day", "range": {"from": "2026-03-28", "to": "2026-04-01"}}}
    assert world.ask(march).data[2] == (1, None, None, None)


def test_a_leap_day_has_no_partner_and_is_none(make: Any) -> None:
    world = make(deals=closed("2024-02-28", "2024-02-29", "2025-02-28"))
    query = {
        "metrics": ["sales"],
        "time": {"grain": "day", "range": {"from": "2025-02-28", "to": "2025-03-01"}},
        "compare": [{"to": "previous_year"}],
    }
    assert table(world.ask(query)) == [("2025-02-28T00:00:00-06:00", 1, 1)]
    leap = {**query, "time": {"grain": "day", "range": {"from": "2024-02-29", "to": "2024-03-01"}}}
    assert table(world.ask(leap)) == [("2024-02-29T00:00:00-06:00", 1, None)]


def test_an_open_range_ends_with_its_own_last_bucket(make: Any) -> None:
    world = make(deals=closed("2025-11-05", "2026-01-05"))
    query = {"metrics": ["sales"], "time": {"grain": "month"}, "compare": [{"to": "previous_month"}]}
    assert world.ask(query).data[1:] == ((1, 0, 1), (0, 1, 0))


def test_an_open_range_of_too_many_buckets_is_refused(make: Any) -> None:
    world = make(deals=closed("1990-01-05", "2026-01-05"))
    with pytest.raises(LeadlineError) as error:
        world.ask({"metrics": ["sales"], "time": {"grain": "day"}})
    assert error.value.code == "too_many_buckets"
    assert world.ask({"metrics": ["sales"], "time": {"grain": "week"}}).rows == 1880


def test_a_group_of_the_earlier_period_is_a_row(make: Any) -> None:
    reps = [
        {
            "id": 1,
            "name": "Ann",
            "team_id": None,
            "region": "East",
            "active": None,
            "grade": None,
            "hired": None,
        }
    ]
    deals = [
        {**one, "rep_id": rep} for one, rep in zip(closed("2025-03-05", "2026-03-05"), [1, None], strict=True)
    ]
    world = make(reps=reps, deals=deals)
    query = {
        "metrics": ["revenue"],
        "dimensions": ["rep.region"],
        "time": {"range": {"from": "2026-03-01", "to": "2026-04-01"}},
        "compare": [{"to": "previous_year", "as": shape} for shape in ("value", "change", "percent")],
        "totals": True,
    }
    answer = world.ask(query)
    assert table(answer) == [
        ("(none)", "10.00", "0.00", "10.00", None),
        ("East", "0.00", "10.00", "-10.00", "-1.0000000000"),
    ]
    assert answer.totals == {
        "revenue": "10.00",
        "revenue:previous_year": "10.00",
        "revenue:previous_year:change": "0.00",
        "revenue:previous_year:percent": "0.0000000000",
    }


def test_future_buckets_are_null_by_the_rows_of_each_metric(make: Any) -> None:
    lost = {**deal(2, closed_at="2026-05-05T18:00:00Z"), "status": "lost"}
    world = make(deals=[*closed("2026-03-05"), lost])
    time = {"grain": "month", "range": {"from": "2026-03-01", "to": "2026-07-01"}}
    alone = world.ask({"metrics": ["sales"], "time": time})
    both = world.ask({"metrics": ["sales", "win_rate"], "time": time})
    assert alone.data[1] == both.data[1] == (1, None, None, None)
    assert both.data[2] == ("1.0000000000", None, None, None)
    assert world.ask({"metrics": ["units"], "time": time}).data[1] == (0, None, 0, None)


def test_tomorrows_appointments_are_no_growth(make: Any) -> None:
    world = make(deals=closed("2026-02-10", "2026-03-10", "2026-03-11"))
    query = {
        "metrics": ["sales"],
        "time": {"range": {"preset": "this_month"}},
        "compare": [{"to": "previous_month", "as": "change"}, {"to": "previous_month", "cut": False}],
        "as_of": "2026-03-10",
    }
    assert table(world.ask(query)) == [(2, 0, 1)]


def test_all_members_meet_the_groups_that_only_rows_have(make: Any) -> None:
    reps = [
        {
            "id": 1,
            "name": "Idle",
            "team_id": None,
            "region": None,
            "active": None,
            "grade": None,
            "hired": None,
        }
    ]
    world = make(reps=reps, deals=closed("2026-01-05"))
    query = {
        "metrics": ["sales"],
        "dimensions": [{"field": "rep.name", "all": True}],
        "time": {"grain": "month", "range": {"from": "2026-01-01", "to": "2026-03-01"}},
    }
    assert [row[1:] for row in table(world.ask(query))] == [
        ("(none)", 1),
        ("Idle", 0),
        ("Idle", 0),
        ("(none)", 0),
    ]


def test_a_member_is_there_whatever_else_is_unknown_of_it(make: Any) -> None:
    base = {"team_id": None, "active": None, "grade": None, "hired": None}
    world = make(
        reps=[
            {"id": 1, "name": "Idle", "region": None, **base},
            {"id": 2, "name": None, "region": "East", **base},
        ]
    )
    query = {"metrics": ["sales"], "dimensions": [{"field": "rep.name", "all": True}, "rep.region"]}
    assert table(world.ask(query)) == [("Idle", "(none)", 0)]


def test_quotients_have_the_digits_of_hand_written_sql(make: Any) -> None:
    amounts = ["400000000000.00", "300000000000.00", "299999999999.99"]
    world = make(
        deals=[deal(i, amount=amount, closed_at="2026-01-05T18:00Z") for i, amount in enumerate(amounts)]
    )
    native = Decimal("333333333333.3300")  # what avg(amount) and sum(amount) / count(*) give in PostgreSQL
    assert table(world.ask({"metrics": ["mean_amount", "mean_size"]})) == [
        (f"{native:.10f}", f"{native:.10f}")
    ]


def test_nan_never_occurs(make: Any) -> None:
    world = make(deals=[deal(1, amount="NaN", share=float("nan"), closed_at="2026-01-05T18:00Z")])
    assert table(world.ask({"metrics": ["revenue", "parts", "mean_amount"]})) == [(None, None, None)]


def test_floats_are_summed_with_fifteen_digits(make: Any) -> None:
    world = make(deals=[deal(i, share=0.1, closed_at="2026-01-05T18:00Z") for i in range(10)])
    assert table(world.ask({"metrics": ["parts"]})) == [("1.0",)]


def test_orphans_and_nulls_are_one_group_and_an_empty_text_is_a_value(make: Any) -> None:
    base = {"team_id": None, "active": None, "grade": None, "hired": None}
    reps = [
        {"id": 1, "name": None, "region": "", **base},
        {"id": 2, "name": "Bo", "region": None, **base},
    ]
    world = make(reps=reps, deals=[deal(n, rep_id=rep) for n, rep in enumerate([1, 2, 9, None])])
    found = table(
        world.ask({"metrics": ["sales"], "dimensions": ["rep.region"], "sort": [{"by": "rep.region"}]})
    )
    assert found == [("", 1), ("(none)", 3)]


def test_hostile_values_are_values(make: Any) -> None:
    base = {"team_id": None, "region": None, "active": None, "grade": None, "hired": None}
    reps = [{"id": n, "name": text, **base} for n, text in enumerate(HOSTILE)]
    world = make(reps=reps, deals=[deal(n, rep_id=n) for n in range(len(HOSTILE))])
    for text in HOSTILE:
        for op in ("eq", "contains", "starts_with", "ends_with"):
            query = {"metrics": ["sales"], "dimensions": ["rep.name"]}
            found = world.ask({**query, "filters": [{"field": "rep.name", "op": op, "values": [text]}]})
            assert text in found.data[0], (text, op)
            assert found.rows == sum(text in other for other in HOSTILE) or op != "contains"


def test_a_per_cent_sign_in_the_model_is_itself(make: Any) -> None:
    world = make(deals=[deal(1, stage="50%s"), deal(2, stage="x")])
    datasets = dict(model().datasets)
    like = measure("like", "count", where="stage like '%\\%s' or units % 2 = 5 or stage = '%(p0)s'")
    datasets["deals"] = type(datasets["deals"])(
        **{
            name: getattr(datasets["deals"], name)
            for name in type(datasets["deals"]).__slots__
            if name != "measures"
        },
        measures={"like": like},
    )
    metric = Metric("like", Simple(MeasureRef("deals", "like")), HERE)
    base = model()
    parts = {name: getattr(base, name) for name in type(base).__slots__}
    world.bound = bind(type(base)(**{**parts, "datasets": datasets, "metrics": {"like": metric}}), schema())
    query = {"metrics": ["like"], "filters": [{"field": "deals.status", "op": "eq", "values": ["won"]}]}
    assert table(world.ask(query)) == [(1,)]


def test_text_is_grouped_and_ordered_by_code_point_under_any_collation(make: Any) -> None:
    base = {"team_id": None, "region": None, "active": None, "grade": None, "hired": None}
    names = ["b", "B", "a", "ä", "A", "_", "é"]
    world = make(
        reps=[{"id": n, "name": name, **base} for n, name in enumerate(names)],
        deals=[deal(n, rep_id=n) for n in range(len(names))],
    )
    there = "SELECT collname FROM pg_collation WHERE collname IN ('en-x-icu', 'ucs_basic') ORDER BY 1 LIMIT 1"
    found = world.connection.execute(
        there
    ).fetchone()  # the first orders as people do; not every build has it
    assert found
    world.connection.execute(f'ALTER TABLE reps ALTER name TYPE text COLLATE "{found[0]}"'.encode())
    query = {"metrics": ["sales"], "dimensions": ["rep.name"], "sort": [{"by": "rep.name"}]}
    assert list(world.ask(query).data[0]) == sorted(names)
    low = {"field": "rep.name", "op": "lt", "values": ["a"]}
    assert world.ask({"metrics": ["sales"], "filters": [low]}).data == ((3,),)


def test_a_wall_clock_comes_back_as_the_instant_it_was_at_home(make: Any) -> None:
    world = make(deals=[deal(1, logged_at="2026-03-08T02:30:00"), deal(2, logged_at="2025-11-02T01:30:00")])
    answer = world.ask({"metrics": ["logged"], "dimensions": ["deals.logged_at"], "time": {"zone": "UTC"}})
    assert answer.data[0] == ("2025-11-02T07:30:00+00:00", "2026-03-08T08:30:00+00:00")
    assert world.ask({"metrics": ["last_log"]}).data == (("2026-03-08T03:30:00-05:00",),)


@pytest.mark.parametrize(("as_of", "expected"), [("2026-03-10T00:00:00-05:00", 2), ("2026-03-09", 1)])
def test_dates_up_to_now_include_the_whole_day(make: Any, as_of: str, expected: int) -> None:
    deals = [deal(n, closed_on=f"2026-03-{day}") for n, day in enumerate(("09", "10", "11"))]
    world = make(deals=deals)
    query = {"metrics": ["dated"], "time": {"range": {"preset": "month_to_date"}}, "as_of": as_of}
    assert world.ask(query).data == ((f"{10 * expected}.00",),)


def test_an_infinite_time_makes_no_bucket_without_end(make: Any) -> None:
    world = make(deals=[deal(1, closed_at="infinity"), *closed("2026-01-05")])
    bounded = {"grain": "day", "range": {"from": "2026-01-05", "to": "2026-01-06"}}
    assert world.ask({"metrics": ["sales"], "time": bounded}).data[1] == (1,)
    assert world.ask({"metrics": ["sales"], "time": {"grain": "day"}}).data[1] == (1,)  # it is in no bucket
