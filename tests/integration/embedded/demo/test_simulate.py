"""The simulator writes real rows of every kind, keeps near the plan, and survives a broken connection."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded.demo.actions import MIX, Action, Scene, drop_deal
from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.connect import connected
from leadline.embedded.demo.days import instant
from leadline.embedded.demo.pace import Pace, pace_at
from leadline.embedded.demo.pools import pools_at
from leadline.embedded.demo.simulate import company_of, simulate
from tests.integration.embedded.demo.conftest import PRESENT, rules, value_of
from tests.support.databases import Database

SOON = PRESENT + timedelta(minutes=30)


def counts(dsn: str) -> tuple[int, ...]:
    """Rows by table."""
    found = value_of(dsn)(
        """SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM appointments),
                  (SELECT count(*) FROM deals), (SELECT count(*) FROM stage_history)"""
    )
    return tuple(found)


def written(connection: psycopg.Connection) -> int:
    """Rows that this session has written so far."""
    query = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_xact_user_tables"
    return int((connection.execute(query).fetchone() or (0,))[0])


@pytest.mark.parametrize("action", MIX, ids=lambda action: action.__name__)
def test_every_action_writes_what_it_says(copy: Database, action: Action) -> None:
    with connected(copy.business) as connection:
        connection.execute(
            "UPDATE appointments SET starts_at = %s WHERE status = 'booked' AND mod(id, 2) = 0", [PRESENT]
        )
        scene = Scene(connection, company_of(connection), chance(3), SOON, pools_at(connection, SOON))
        with connection.transaction():
            before = written(connection)
            rows = next(done for done in (action(scene) for _ in range(20)) if done)
            more = written(connection) - before
    assert more == rows or (action is drop_deal and more > rows)


def test_a_busy_hour_leaves_all_in_order(copy: Database) -> None:
    ticks = iter(range(10**6))

    def now() -> datetime:
        return SOON + timedelta(seconds=next(ticks))

    stop, before = Event(), counts(copy.reader)
    threading.Timer(4, stop.set).start()
    written = simulate(copy.business, rate=400, now=now, stop=stop, seed=5)
    assert written > 300
    assert counts(copy.reader) != before
    ask = value_of(copy.reader)
    for rule in ("a deal closes after it opens", "an open deal has no close, a closed one has"):
        assert ask(rules(SOON)[rule]) == 0, rule
    ends = rules(SOON)["history ends with what the deal is"]
    # A correction after the close is a row of history of its own.
    assert ask(ends.replace("OR (status <> 'open' AND h.entered_at <> closed_at)", "")) == 0
    assert ask("SELECT count(*) FROM deals WHERE closed_at > '2026-11-17 20:32+00'") > 0


def test_today_stays_near_the_plan(copy: Database) -> None:
    stop = Event()
    threading.Timer(4, stop.set).start()
    rows = simulate(copy.business, rate=100, now=lambda: SOON, stop=stop, seed=5)
    with connected(copy.business) as connection:
        pace = pace_at(connection, SOON)
    assert rows > 20
    # Eleven leads and one sale a day is what so small a company has.
    assert pace.leads < 2
    assert pace.revenue < 12  # single deals differ much, and a busy machine wins a few more or less of them


def test_the_mix_turns_with_the_day() -> None:
    usual = {action.__name__: weight for action, weight in MIX.items()}
    behind = Pace(revenue=0.5, leads=0.5, lost=0.5).weights(usual)
    ahead = Pace(revenue=1.5, leads=1.5, lost=1.5).weights(usual)
    assert behind["win"] > usual["win"] > ahead["win"]
    assert ahead["reopen"] > usual["reopen"] > behind["reopen"]
    assert ahead["new_lead"] < 1
    assert ahead["lose"] < 1


def test_it_keeps_the_rate(copy: Database) -> None:
    stop, began = Event(), time.monotonic()
    threading.Timer(3, stop.set).start()
    written = simulate(copy.business, rate=20, now=lambda: SOON, stop=stop, seed=1)
    assert 1 <= written <= 20 * (time.monotonic() - began) * 1.3


def test_the_next_start_does_not_fill_its_time_again(copy: Database) -> None:
    stop = Event()
    threading.Timer(1, stop.set).start()
    simulate(copy.business, rate=20, now=lambda: SOON, stop=stop)
    assert value_of(copy.reader)("SELECT until FROM demo_company.state") == SOON


def test_a_broken_connection_is_tried_again(copy: Database) -> None:
    stop, said = Event(), list[str]()
    started = instant(datetime.now(UTC))

    def cut() -> None:
        with psycopg.connect(copy.admin, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )

    threading.Timer(1, cut).start()
    threading.Timer(4, stop.set).start()
    before = counts(copy.reader)
    assert simulate(copy.business, rate=50, now=lambda: SOON, stop=stop, say=said.append) > 0
    assert said
    assert counts(copy.reader) != before
    assert instant(datetime.now(UTC)) - started < 60_000_000


def test_a_source_without_a_company(database: Database) -> None:
    with pytest.raises(LeadlineError) as error:
        simulate(database.business, rate=1, now=lambda: SOON, stop=Event())
    assert error.value.code == "not_found"
