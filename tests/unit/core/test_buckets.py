"""Buckets on the clocks of difficult zones."""

from __future__ import annotations

from datetime import datetime

import pytest

from leadline.core.buckets import MAX_BUCKETS, bounds
from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError
from leadline.core.zones import Bound, zone


def found(name: str, grain: str, start: str, end: str) -> list[str]:
    where = zone(name)
    ends = (
        Bound.of_day(at, where) if at.hour == at.minute == 0 else Bound.of_local(at, where)
        for at in map(datetime.fromisoformat, (start, end))
    )
    made = bounds(*ends, grain, where, Calendar())
    return [one.instant.astimezone(where).isoformat()[8:] for one in made]


@pytest.mark.parametrize(
    ("name", "grain", "start", "end", "expected"),
    [
        (
            "America/Chicago", "hour", "2025-11-02T00:00", "2025-11-02T02:00",
            ["02T00:00:00-05:00", "02T01:00:00-05:00", "02T01:00:00-06:00", "02T02:00:00-06:00"],
        ),
        (
            "America/Chicago", "hour", "2025-03-09T01:00", "2025-03-09T04:00",
            ["09T01:00:00-06:00", "09T03:00:00-05:00", "09T04:00:00-05:00"],
        ),
        (
            "Australia/Lord_Howe", "hour", "2025-10-05T01:00", "2025-10-05T03:00",
            ["05T01:00:00+10:30", "05T02:30:00+11:00", "05T03:00:00+11:00"],
        ),
        (
            "Australia/Lord_Howe", "quarter_hour", "2025-04-06T01:45", "2025-04-06T02:00",
            ["06T01:45:00+10:30", "06T02:00:00+10:30"],
        ),
        (
            "Asia/Kathmandu", "hour", "2025-10-05T00:00", "2025-10-05T01:00",
            ["05T00:00:00+05:45", "05T01:00:00+05:45"],
        ),
        (
            "America/Havana", "day", "2025-11-02T00:00", "2025-11-03T00:00",
            ["02T00:00:00-05:00", "03T00:00:00-05:00"],
        ),
        (
            "Africa/Cairo", "day", "2025-04-25T00:00", "2025-04-26T00:00",
            ["25T01:00:00+03:00", "26T00:00:00+03:00"],
        ),
        (
            "Pacific/Apia", "day", "2011-12-29T00:00", "2012-01-01T00:00",
            ["29T00:00:00-10:00", "31T00:00:00+14:00", "01T00:00:00+14:00"],
        ),
        ("UTC", "month", "2026-01-31T12:00", "2026-02-01T00:00", ["01T00:00:00+00:00", "01T00:00:00+00:00"]),
        ("UTC", "day", "2026-01-01T00:00", "2026-01-01T00:00", []),
    ],
)  # fmt: skip
def test_bounds(name: str, grain: str, start: str, end: str, expected: list[str]) -> None:
    assert found(name, grain, start, end) == expected


def test_too_many_are_refused() -> None:
    with pytest.raises(LeadlineError) as error:
        found("UTC", "minute", "2026-01-01T00:00", "2026-01-09T00:00")
    assert error.value.code == "too_many_buckets"
    assert len(found("UTC", "day", "2000-01-01T00:00", "2027-05-19T00:00")) == MAX_BUCKETS + 1
