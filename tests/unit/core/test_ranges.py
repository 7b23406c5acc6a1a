"""Ranges: every preset, absolute bounds, and the period before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.calendar import Calendar
from leadline.core.errors import LeadlineError
from leadline.core.grain import Step
from leadline.core.ranges import Moment, RangeSpec, Span, end_of_day, plain_preset, resolve, when
from leadline.core.zones import zone

TUESDAY = "2026-11-17T09:15:00-06:00"


def moment(now: str = TUESDAY, name: str = "America/Chicago", week_start: int = 1, fiscal: int = 2) -> Moment:
    return Moment.of(datetime.fromisoformat(now), zone(name), Calendar(name, week_start, fiscal))


def span(preset: str, at: Moment | None = None) -> Span:
    return resolve(RangeSpec(plain_preset(preset)), at or moment())


def bounds(found: Span, name: str = "America/Chicago") -> tuple[str | None, str | None]:
    """Start and end as ISO text in the zone, so that a wrong offset shows."""
    shown = [
        bound.instant.astimezone(zone(name)).isoformat() if bound else None
        for bound in (found.start, found.end)
    ]
    return shown[0], shown[1]


def days(found: Span) -> tuple[str, str]:
    assert found.start and found.end
    return found.start.local.isoformat(), found.end.local.isoformat()


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("today", "2026-11-17", "2026-11-18"),
        ("this_day", "2026-11-17", "2026-11-18"),
        ("yesterday", "2026-11-16", "2026-11-17"),
        ("last_day", "2026-11-16", "2026-11-17"),
        ("tomorrow", "2026-11-18", "2026-11-19"),
        ("next_day", "2026-11-18", "2026-11-19"),
        ("this_week", "2026-11-16", "2026-11-23"),
        ("last_week", "2026-11-09", "2026-11-16"),
        ("last_1_weeks", "2026-11-09", "2026-11-16"),
        ("next_week", "2026-11-23", "2026-11-30"),
        ("last_13_weeks", "2026-08-17", "2026-11-16"),
        ("this_month", "2026-11-01", "2026-12-01"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("last_3_months", "2026-08-01", "2026-11-01"),
        ("next_2_months", "2026-12-01", "2027-02-01"),
        ("this_quarter", "2026-10-01", "2027-01-01"),
        ("last_quarter", "2026-07-01", "2026-10-01"),
        ("last_5_quarters", "2025-07-01", "2026-10-01"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("last_2_years", "2024-01-01", "2026-01-01"),
        ("next_year", "2027-01-01", "2028-01-01"),
        ("last_1000_years", "1026-01-01", "2026-01-01"),
        ("last_30_days", "2026-10-18", "2026-11-17"),
        ("this_fiscal_year", "2026-02-01", "2027-02-01"),
        ("last_fiscal_year", "2025-02-01", "2026-02-01"),
        ("this_fiscal_quarter", "2026-11-01", "2027-02-01"),
        ("last_2_fiscal_quarters", "2026-05-01", "2026-11-01"),
    ],
)
def test_whole_units(preset: str, start: str, end: str) -> None:
    found = span(preset)
    assert days(found) == (f"{start}T00:00:00", f"{end}T00:00:00")
    assert found.whole == found.end
    assert not found.to_date


@pytest.mark.parametrize(
    ("unit", "start", "whole"),
    [
        ("day", "2026-11-17", "2026-11-18"),
        ("week", "2026-11-16", "2026-11-23"),
        ("month", "2026-11-01", "2026-12-01"),
        ("quarter", "2026-10-01", "2027-01-01"),
        ("year", "2026-01-01", "2027-01-01"),
        ("fiscal_quarter", "2026-11-01", "2027-02-01"),
        ("fiscal_year", "2026-02-01", "2027-02-01"),
    ],
)
def test_to_date_ends_now_and_knows_its_whole(unit: str, start: str, whole: str) -> None:
    found = span(f"{unit}_to_date")
    assert days(found) == (f"{start}T00:00:00", "2026-11-17T09:15:00")
    assert found.whole and found.whole.local.isoformat() == f"{whole}T00:00:00"
    assert found.to_date
    assert found.holds(moment().now)


def test_a_day_that_is_over_belongs_to_its_day() -> None:
    at = moment("2026-11-17T23:59:59.999999-06:00")
    assert days(span("month_to_date", at)) == ("2026-11-01T00:00:00", "2026-11-18T00:00:00")
    assert days(span("today", at)) == ("2026-11-17T00:00:00", "2026-11-18T00:00:00")


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("last_90_minutes", "2026-11-17T07:45:00-06:00", "2026-11-17T09:15:00-06:00"),
        ("next_1_minutes", "2026-11-17T09:16:00-06:00", "2026-11-17T09:17:00-06:00"),
        ("last_24_hours", "2026-11-16T09:00:00-06:00", "2026-11-17T09:00:00-06:00"),
        ("next_3_hours", "2026-11-17T10:00:00-06:00", "2026-11-17T13:00:00-06:00"),
    ],
)
def test_minutes_and_hours(preset: str, start: str, end: str) -> None:
    assert bounds(span(preset)) == (start, end)


def test_hours_are_lengths_of_time_on_the_nights_of_the_clock() -> None:
    spring = moment("2026-03-08T03:20:00-05:00")
    assert bounds(span("last_2_hours", spring)) == ("2026-03-08T00:00:00-06:00", "2026-03-08T03:00:00-05:00")
    autumn = moment("2026-11-01T01:20:00-06:00")  # the second 01:20
    assert bounds(span("last_1_hours", autumn)) == ("2026-11-01T01:00:00-05:00", "2026-11-01T01:00:00-06:00")


@pytest.mark.parametrize(
    ("name", "now", "preset", "start", "end"),
    [
        (
            "America/Chicago", "2026-03-08T12:00:00-05:00", "today",
            "2026-03-08T00:00:00-06:00", "2026-03-09T00:00:00-05:00",
        ),
        (
            "America/Chicago", "2026-11-01T12:00:00-06:00", "today",
            "2026-11-01T00:00:00-05:00", "2026-11-02T00:00:00-06:00",
        ),
        (
            "America/Havana", "2026-03-08T12:00:00-04:00", "today",  # its midnight is missing
            "2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00",
        ),
        (
            "America/Havana", "2026-11-01T12:00:00-05:00", "today",  # its midnight is there twice: the second
            "2026-11-01T00:00:00-05:00", "2026-11-02T00:00:00-05:00",
        ),
        (
            "Asia/Beirut", "2026-03-29T12:00:00+03:00", "today",
            "2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00",
        ),
        (
            "Asia/Beirut", "2026-10-24T12:00:00+03:00", "today",
            "2026-10-24T00:00:00+03:00", "2026-10-25T00:00:00+02:00",
        ),
        (
            "Asia/Kathmandu", "2026-11-17T20:00:00+00:00", "this_week",
            "2026-11-16T00:00:00+05:45", "2026-11-23T00:00:00+05:45",
        ),
        (
            "America/Chicago", "2026-03-10T12:00:00-05:00", "last_7_days",
            "2026-03-03T00:00:00-06:00", "2026-03-10T00:00:00-05:00",
        ),
    ],
)  # fmt: skip
def test_days_follow_the_clock_of_the_zone(name: str, now: str, preset: str, start: str, end: str) -> None:
    assert bounds(span(preset, moment(now, name)), name) == (start, end)


def test_the_53rd_week_and_the_leap_day() -> None:
    assert days(span("this_week", moment("2021-01-01T12:00:00-06:00")))[0] == "2020-12-28T00:00:00"
    assert days(span("last_year", moment("2021-01-01T12:00:00-06:00"))) == (
        "2020-01-01T00:00:00",
        "2021-01-01T00:00:00",
    )
    assert days(span("today", moment("2024-02-29T12:00:00-06:00")))[1] == "2024-03-01T00:00:00"


def test_weeks_that_begin_on_sunday() -> None:
    sunday = moment(week_start=7)
    assert days(span("this_week", sunday)) == ("2026-11-15T00:00:00", "2026-11-22T00:00:00")
    assert days(span("last_2_weeks", sunday)) == ("2026-11-01T00:00:00", "2026-11-15T00:00:00")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("today", "this_day"), ("yesterday", "last_1_days"), ("tomorrow", "next_1_days"),
        ("last_week", "last_1_weeks"), ("next_quarter", "next_1_quarters"), ("last_007_days", "last_7_days"),
        ("this_month", "this_month"), ("year_to_date", "year_to_date"), ("all", "all"),
        ("last_retail_month", "last_1_retail_months"),
    ],
)  # fmt: skip
def test_spellings_of_a_preset(written: str, plain: str) -> None:
    assert plain_preset(written) == plain


@pytest.mark.parametrize(
    "bad",
    [
        "", "ever", "last_0_days", "last_1001_days", "last_99999999 days", "last_-1_days", "last_1_day",
        "this_hour", "last_hour", "hour_to_date", "this_minute", "last_2_quarter_hours", "ALL", "today ",
        "this_", "_to_date", "last_1_decades", "last_١_days", None, 7, True, ["today"], {"preset": "today"},
    ],
)  # fmt: skip
def test_unknown_presets_are_refused(bad: object) -> None:
    with pytest.raises(LeadlineError) as error:
        plain_preset(bad, "/time/range/preset")
    assert (error.value.code, error.value.at) == ("unknown_preset", "/time/range/preset")


# -- absolute ranges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-08", "2026-03-09", ("2026-03-08T00:00:00-06:00", "2026-03-09T00:00:00-05:00")),
        ("2026-11-01T01:30", "2026-11-02", ("2026-11-01T01:30:00-06:00", "2026-11-02T00:00:00-06:00")),
        ("2026-03-08T02:30", "2026-03-09", ("2026-03-08T03:30:00-05:00", "2026-03-09T00:00:00-05:00")),
        (
            "2026-03-08T08:00:00Z",
            "2026-03-08T12:00:00+01:00",
            ("2026-03-08T03:00:00-05:00", "2026-03-08T06:00:00-05:00"),
        ),
        (None, "2026-01-01", (None, "2026-01-01T00:00:00-06:00")),
        ("2026-01-01", None, ("2026-01-01T00:00:00-06:00", None)),
        ("2026-01-01", "2026-01-01", ("2026-01-01T00:00:00-06:00", "2026-01-01T00:00:00-06:00")),
    ],
)
def test_absolute_bounds(start: str | None, end: str | None, expected: tuple[str | None, str | None]) -> None:
    assert bounds(resolve(RangeSpec(None, start, end), moment())) == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-02-30", None), ("2026-13-01", None), ("17.11.2026", None), ("yesterday", None), ("", None),
        ("2026-01-02", "2026-01-01"), (None, "9999-12-31T12:00"), ("0001-01-01T00:00:00+14:00", None),
        ("٢٠٢٦-٠١-٠١", None), ("2026-01-01T25:00", None), ("99999-01-01", None),
    ],
)  # fmt: skip
def test_bad_ranges_are_refused(start: str | None, end: str | None) -> None:
    with pytest.raises(LeadlineError) as error:
        resolve(RangeSpec(None, start, end), moment(), "/time/range")
    assert error.value.code == "bad_range"
    assert error.value.at.startswith("/time/range")


@pytest.mark.parametrize(
    ("now", "preset"), [("0003-01-05T00:00Z", "last_5_years"), ("9998-06-01T00:00Z", "next_5_years")]
)
def test_presets_that_leave_the_calendar(now: str, preset: str) -> None:
    with pytest.raises(LeadlineError) as error:
        span(preset, moment(now, "UTC"))
    assert error.value.code == "bad_range"


def test_all_time_has_no_bounds() -> None:
    assert span("all") == Span() == resolve(None, moment())


# -- the period before ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "period"),
    [
        (RangeSpec("last_13_weeks"), Step(days=91)),
        (RangeSpec("this_month"), Step(months=1)),
        (RangeSpec("month_to_date"), Step(months=1)),
        (RangeSpec("last_3_months"), Step(months=3)),
        (RangeSpec("last_24_hours"), Step(seconds=86_400)),
        (RangeSpec(None, "2026-01-01", "2026-03-01"), Step(months=2)),
        (RangeSpec(None, "2025-01-01", "2026-01-01"), Step(months=12)),
        (RangeSpec(None, "2026-01-01", "2026-01-15"), Step(days=14)),
        (RangeSpec(None, "2026-03-07", "2026-03-09"), Step(days=2)),  # 47 hours are two days
        (RangeSpec(None, "2026-01-01T06:00", "2026-01-02T12:00"), Step(seconds=108_000)),
        (RangeSpec(None, "2026-01-01", None), None),
        (RangeSpec(None, "2026-01-01", "2026-01-01"), None),
        (RangeSpec("all"), None),
    ],
)
def test_the_length_by_which_a_period_moves(spec: RangeSpec, period: Step | None) -> None:
    assert resolve(spec, moment()).period == period


@pytest.mark.parametrize(
    ("now", "by", "cut"),
    [
        ("2026-03-31T12:00:00-05:00", Step(months=1), "2026-02-28T12:00:00"),
        ("2026-03-31T23:59:59.999999-05:00", Step(months=1), "2026-03-01T00:00:00"),
        ("2026-02-28T23:59:59.999999-06:00", Step(months=1), "2026-01-29T00:00:00"),
        ("2024-02-29T23:59:59.999999-06:00", Step(months=12), "2023-03-01T00:00:00"),
        ("2026-03-08T03:30:00-05:00", Step(days=364), "2025-03-09T03:30:00"),
    ],
)
def test_an_earlier_period_is_cut_at_now_moved_back(now: str, by: Step, cut: str) -> None:
    assert moment(now).cut(by).local.isoformat() == cut


# -- single values ----------------------------------------------------------------------------------


def test_the_end_of_a_day_is_its_last_microsecond() -> None:
    assert end_of_day("2026-03-08", zone("America/Chicago")) == datetime(
        2026, 3, 9, 4, 59, 59, 999_999, tzinfo=UTC
    )


@given(st.text(max_size=40))
def test_any_text_is_a_bound_or_refused(text: str) -> None:
    try:
        when(text, zone("America/Chicago"))
    except LeadlineError as error:
        assert error.code == "bad_range"


PRESETS = st.one_of(
    st.sampled_from(["today", "all", "year_to_date", "this_fiscal_quarter", "month_to_date"]),
    st.builds(
        "{}_{}_{}s".format,
        st.sampled_from(["last", "next"]),
        st.integers(1, 400),
        st.sampled_from(["minute", "hour", "day", "week", "month", "quarter", "year", "fiscal_year"]),
    ),
)


@given(
    PRESETS,
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from(["America/Chicago", "America/Havana", "Asia/Beirut", "Asia/Kathmandu", "UTC"]),
)
def test_presets_are_ordered_and_on_their_side_of_now(preset: str, now: datetime, name: str) -> None:
    at = Moment.of(now.replace(tzinfo=UTC), zone(name), Calendar(name))
    found = span(preset, at)
    if found.start is None or found.end is None:
        return
    assert found.start.instant <= found.end.instant + timedelta(hours=1)  # a doubled midnight
    if preset.startswith("last"):
        assert found.end.instant <= at.now.instant + timedelta(hours=1)
    if preset.startswith("next"):
        assert found.start.instant > at.now.instant
