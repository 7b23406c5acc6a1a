"""When a rollup is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leadline.rollups.schedule import due_at, interval, trouble
from leadline.semantic.model import Refresh

LAST = datetime(2026, 11, 17, 12, 0, 30, tzinfo=UTC)
CHICAGO = "America/Chicago"


def test_what_never_was_built_is_due_at_once() -> None:
    assert due_at(Refresh(every=300), CHICAGO, None, None) is None


def test_every_so_many_seconds_else_five_minutes() -> None:
    assert due_at(Refresh(every=60), CHICAGO, LAST, None) == LAST + timedelta(seconds=60)
    assert due_at(Refresh(on_change=True), CHICAGO, LAST, None) == LAST + timedelta(minutes=5)


def test_a_cron_time_is_one_of_the_models_zone_unless_it_has_its_own() -> None:
    assert due_at(Refresh(cron="0 7 * * *"), CHICAGO, LAST, None) == datetime(2026, 11, 17, 13, tzinfo=UTC)
    berlin = Refresh(cron="0 14 * * *", zone="Europe/Berlin")
    assert due_at(berlin, CHICAGO, LAST, None) == datetime(2026, 11, 17, 13, tzinfo=UTC)


def test_an_hour_that_exists_twice_fires_once() -> None:
    before = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    first = due_at(Refresh(cron="30 1 * * *"), CHICAGO, before, None)
    assert first is not None
    second = due_at(Refresh(cron="30 1 * * *"), CHICAGO, first, None)
    assert second == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def test_a_failure_is_tried_again_soon_but_not_sooner_than_its_turn_needs() -> None:
    failed = LAST + timedelta(seconds=290)
    assert due_at(Refresh(every=300), CHICAGO, LAST, failed) == failed + timedelta(seconds=10)
    assert due_at(Refresh(every=300), CHICAGO, None, failed) == failed + timedelta(seconds=10)
    assert due_at(Refresh(every=2), CHICAGO, LAST, failed) == failed + timedelta(seconds=2)


def test_one_refreshed_in_the_second_run_of_an_hour_waits_for_the_next_day() -> None:
    second_run = datetime(2026, 11, 1, 7, 15, tzinfo=UTC)  # 01:15 again
    due = due_at(Refresh(cron="30 1 * * *"), CHICAGO, second_run, None)
    assert due == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def test_an_hour_that_is_missing_fires_once() -> None:
    refresh = Refresh(cron="30 2 * * *")
    first = due_at(refresh, CHICAGO, datetime(2026, 3, 8, 7, 59, tzinfo=UTC), None)
    assert first == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert due_at(refresh, CHICAGO, first, None) == datetime(2026, 3, 9, 7, 30, tzinfo=UTC)


def test_every_hour_is_every_hour_also_when_one_comes_twice() -> None:
    refresh, turn, turns = Refresh(cron="0 * * * *"), datetime(2026, 11, 1, 5, 30, tzinfo=UTC), []
    for _ in range(3):
        due = due_at(refresh, CHICAGO, turn, None)
        assert due is not None
        turns.append(due.astimezone(UTC).hour)
        turn = due
    assert turns == [6, 7, 8]


def test_the_interval_of_cron_is_that_of_its_next_turns() -> None:
    assert interval(Refresh(every=60), CHICAGO, LAST) == timedelta(seconds=60)
    assert interval(Refresh(cron="0 7 * * *"), CHICAGO, LAST) == timedelta(days=1)
    assert interval(Refresh(cron="0 7 * * 1"), CHICAGO, LAST) == timedelta(days=7)


def test_trouble_names_what_takes_too_long_or_is_overdue() -> None:
    def said(took: float, age: float) -> str | None:
        now = LAST + timedelta(seconds=age)
        return trouble(Refresh(every=60), CHICAGO, LAST, timedelta(seconds=took), now)

    assert said(59, 119) is None
    assert said(61, 10) == "its last refresh took 0:01:01, longer than its interval of 0:01:00"
    assert said(1, 121) == "it is 0:02:01 old, more than twice its interval of 0:01:00"
    assert trouble(Refresh(every=60), CHICAGO, None, timedelta(), LAST) is None
