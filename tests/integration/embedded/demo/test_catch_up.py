"""A later start goes on where the last one ended."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from leadline.embedded import demo
from tests.integration.embedded.demo.conftest import PRESENT, rules, value_of
from tests.support.databases import Database

LATER = PRESENT + timedelta(days=33)


@pytest.fixture
def later(copy: Database) -> Database:
    """The company 33 days on."""
    assert demo.catch_up(copy.business, LATER) > 0
    return copy


def test_it_still_agrees_with_itself(later: Database) -> None:
    ask = value_of(later.reader)
    for rule, query in rules(LATER).items():
        assert ask(query) == 0, rule


def test_business_goes_on_as_before(later: Database) -> None:
    ask = value_of(later.reader)
    leads, sales = (
        ask(f"""SELECT count(*) FILTER (WHERE {when} >= '2026-11-18')::float
                     / count(*) FILTER (WHERE {when} < '2026-11-18')
                FROM {table} WHERE {when} BETWEEN '2026-10-18' AND '2026-12-18' {more}""")
        for table, when, more in (("leads", "created_at", ""), ("deals", "closed_at", "AND status = 'won'"))
    )  # fmt: skip
    assert 0.7 < leads < 1.3
    assert 0.5 < sales < 1.6
    assert 0.6 < ask("SELECT count(*)::float FROM deals WHERE status = 'open'") / 90 < 1.6


def test_nothing_twice(later: Database) -> None:
    assert demo.catch_up(later.business, LATER) == 0
    assert demo.catch_up(later.business, PRESENT) == 0


def test_in_small_steps_as_in_one(copy: Database) -> None:
    for day in range(1, 15):
        demo.catch_up(copy.business, PRESENT + timedelta(days=day))
    ask = value_of(copy.reader)
    closed = "SELECT count(*) FROM deals WHERE status = 'won' AND closed_at > '2026-11-17 20:32+00'"
    assert 5 <= ask(closed) <= 40
    assert (
        ask(
            "SELECT count(*) FROM appointments WHERE status = 'booked' AND starts_at <= '2026-12-01 20:32+00'"
        )
        == 0
    )


def test_rows_of_others_are_left_alone(copy: Database) -> None:
    with psycopg.connect(copy.business) as connection:
        connection.execute("INSERT INTO leads (source, region) VALUES ('web', 'East')")
        connection.execute("INSERT INTO deals (status, amount, closed_at) VALUES ('won', 77.77, now())")
    demo.catch_up(copy.business, LATER)
    assert value_of(copy.reader)("SELECT count(*) FROM deals WHERE amount = 77.77 AND status = 'won'") == 1
    with psycopg.connect(copy.business) as connection:
        connection.execute("INSERT INTO leads (source) VALUES ('web')")


def test_the_plan_reaches_into_next_year(copy: Database) -> None:
    demo.catch_up(copy.business, PRESENT + timedelta(days=50))
    assert value_of(copy.reader)("SELECT max(month_start)::text FROM targets") == "2028-12-01"
