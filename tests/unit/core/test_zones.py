"""Wall clocks and instants, on the nights when they part."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.zones import Bound, instant, iso, wall, zone

CHICAGO = zone("America/Chicago")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "local", "expected"),
    [
        ("America/Chicago", "2026-11-01T01:30", "2026-11-01T07:30"),  # twice: the second
        ("America/Chicago", "2026-11-01T00:59:59.999999", "2026-11-01T05:59:59.999999"),
        ("America/Chicago", "2026-03-08T02:30", "2026-03-08T08:30"),  # missing: forward by the gap
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00"),  # midnight is missing
        ("America/Havana", "2026-11-01T00:00", "2026-11-01T05:00"),  # midnight is there twice
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00"),
        ("Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"),  # a gap of half an hour
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00"),  # a whole day is missing
    ],
)
def test_instant_of_a_wall_clock(name: str, local: str, expected: str) -> None:
    assert instant(datetime.fromisoformat(local), zone(name)) == utc(expected)


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["America/Chicago", "America/Havana", "Asia/Beirut", "Asia/Kathmandu", "Europe/Berlin"]),
)
def test_wall_of_an_instant_is_found_again_but_for_doubled_hours(moment: datetime, name: str) -> None:
    where = zone(name)
    exact = moment.replace(tzinfo=UTC)
    again = instant(wall(exact, where), where)
    assert again == exact or again - exact == timedelta(hours=1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "UTC'||", "", "../etc/passwd", None, 7, ["UTC"], "utc "])
def test_unknown_zones_are_refused(name: object) -> None:
    with pytest.raises(LeadlineError) as error:
        zone(name, "/time/zone")
    assert (error.value.code, error.value.at) == ("unknown_zone", "/time/zone")


def test_iso_carries_the_offset_of_the_instant() -> None:
    assert iso(utc("2026-03-08T07:59:59"), CHICAGO) == "2026-03-08T01:59:59-06:00"
    assert iso(utc("2026-03-08T08:00:00"), CHICAGO) == "2026-03-08T03:00:00-05:00"
    assert iso(utc("2026-03-08T08:00:00.120"), CHICAGO) == "2026-03-08T03:00:00.120-05:00"
    assert iso(utc("2026-03-08T08:00:00.000007"), CHICAGO) == "2026-03-08T03:00:00.000007-05:00"
    assert iso(utc("2025-12-31T18:15:00"), zone("Asia/Kathmandu")) == "2026-01-01T00:00:00+05:45"


@pytest.mark.parametrize(
    ("local", "whole_day", "expected"),
    [
        ("2026-03-01T00:00", False, date(2026, 3, 1)),
        ("2026-03-01T00:00:00.000001", False, date(2026, 3, 2)),
        ("2026-03-01T12:00", False, date(2026, 3, 2)),
        ("2026-03-01T00:00", True, date(2026, 3, 2)),
        ("2026-02-28T23:59", True, date(2026, 3, 1)),
    ],
)
def test_the_first_date_beyond_a_bound(local: str, whole_day: bool, expected: date) -> None:
    clock = datetime.fromisoformat(local)
    assert Bound(clock, clock.replace(tzinfo=UTC), whole_day).day == expected
