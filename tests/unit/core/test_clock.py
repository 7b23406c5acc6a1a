"""Clocks: real, moved, standing still; as text for another process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadline.core.clock import Clock, day_end
from leadline.core.errors import LeadlineError

CHICAGO = "America/Chicago"


def test_a_date_stands_still_at_that_days_end_in_the_models_zone() -> None:
    clock = Clock.from_as_of("2026-05-31", CHICAGO)
    assert clock.now() == datetime(2026, 6, 1, 4, 59, 59, 999_999, tzinfo=UTC)
    assert clock.at(datetime.now(UTC)) == clock.now()


def test_a_day_ends_at_the_next_midnight_also_when_the_clock_changes() -> None:
    assert day_end(datetime(2026, 3, 8).date(), CHICAGO) == datetime(
        2026, 3, 9, 4, 59, 59, 999_999, tzinfo=UTC
    )


def test_an_instant_runs_from_there() -> None:
    clock = Clock.from_as_of("2026-11-17T09:15:00-06:00", CHICAGO)
    assert timedelta() <= clock.now() - datetime(2026, 11, 17, 15, 15, tzinfo=UTC) < timedelta(seconds=5)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.at(moment) - moment == clock.offset


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "2026-11-17T09:15:00", "9999-12-31", "2026-1-1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        Clock.from_as_of(text, CHICAGO)
    assert refused.value.code == "bad_as_of"


@pytest.mark.parametrize(
    "clock", [Clock(), Clock(timedelta(seconds=-86_400.5)), Clock.from_as_of("2017-12-31", "UTC")]
)
def test_the_text_of_a_clock_gives_the_same_clock(clock: Clock) -> None:
    assert Clock.from_text(clock.text) == clock


def test_a_wrong_text_is_refused() -> None:
    with pytest.raises(LeadlineError):
        Clock.from_text("soon")
