"""When a rollup is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leadline.rollups.schedule import due_at
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
