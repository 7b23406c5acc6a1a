"""Which stretch of time a column reads. Every expected bound is found by hand from the reference."""

from __future__ import annotations

import pytest

from leadline.core.grain import Move, Step
from leadline.core.ranges import resolve
from leadline.core.retail import RetailMove
from leadline.planner.windows import NotBucketsError, bucket_move, in_whole_weeks
from tests.unit.planner.timing import Ends, asked, buckets_of, clock, ends, moment, stretches

DAY, WEEK, MONTH, YEAR = Step(days=1), Step(days=7), Step(months=1), Step(months=12)


# -- the earlier period, cut where the present is not over ----------------------------------------------


@pytest.mark.parametrize(
    ("now", "range_", "move", "expected"),
    [
        ("2026-03-31T12:00", "month_to_date", MONTH, ("2026-02-01", "2026-02-28T12:00")),
        ("2026-03-31T12:00", "this_month", MONTH, ("2026-02-01", "2026-02-28T12:00")),
        ("2026-03-31T12:00", "year_to_date", YEAR, ("2025-01-01", "2025-03-31T12:00")),
        ("2024-02-29T09:30", "year_to_date", YEAR, ("2023-01-01", "2023-02-28T09:30")),
        ("2026-03-31T12:00", "this_week", WEEK, ("2026-03-23", "2026-03-24T12:00")),
        ("2026-03-31T12:00", "last_month", MONTH, ("2026-01-01", "2026-02-01")),
        ("2026-03-31T12:00", "2026-03-01..", MONTH, ("2026-02-01", "2026-02-28T12:00")),
        ("2026-03-31T12:00", "..2026-03-01", MONTH, (None, "2026-02-01")),
        ("2026-03-31T12:00", "next_month", MONTH, ("2026-03-01", "2026-04-01")),
    ],
)
def test_an_earlier_period_is_cut_where_now_lies(now: str, range_: str, move: Step, expected: Ends) -> None:
    assert stretches(buckets_of(range_, at=moment(now)).earlier(move)) == [expected]


def test_the_whole_of_an_earlier_period_is_not_cut() -> None:
    month = buckets_of("month_to_date")
    whole = month.earlier(MONTH, cut=False)
    assert stretches(whole) == [("2026-02-01", "2026-03-01")]
    assert whole.seen is None
    assert clock(month.earlier(MONTH).seen) == "2026-02-28T12:00"


def test_what_has_only_a_date_is_cut_by_whole_days() -> None:
    (one,) = buckets_of("month_to_date").earlier(MONTH).stretches
    assert one and one.end and one.end.day.isoformat() == "2026-03-01"  # 28 February still counts
    (own,) = buckets_of("month_to_date").own().stretches
    assert own and own.end and own.end.day.isoformat() == "2026-04-01"


def test_only_the_bucket_that_runs_is_cut() -> None:
    months = buckets_of("last_2_months", "month")
    assert stretches(months.earlier(YEAR)) == [("2025-01-01", "2025-02-01"), ("2025-02-01", "2025-03-01")]
    year = buckets_of("2026-02-01..2026-05-01", "month").earlier(YEAR)
    assert stretches(year) == [
        ("2025-02-01", "2025-03-01"),
        ("2025-03-01", "2025-03-31T12:00"),
        ("2025-04-01", "2025-05-01"),
    ]


def test_the_own_column_stays_whole_but_a_difference_is_taken_up_to_now() -> None:
    today = buckets_of("today")
    assert stretches(today.own()) == [("2026-03-31", "2026-04-01")]
    assert stretches(today.up_to_now()) == [("2026-03-31", "2026-03-31T12:00")]
    assert clock(today.up_to_now().seen) == "2026-03-31T12:00", "second events of tomorrow are no growth"
    assert stretches(buckets_of("yesterday").up_to_now()) == [("2026-03-30", "2026-03-31")]
    assert stretches(buckets_of("tomorrow").up_to_now()) == [("2026-04-01", "2026-04-02")]


def test_a_range_cuts_its_buckets_and_their_partners_alike() -> None:
    weeks = buckets_of("2026-01-01..2026-01-13", "week")
    assert [clock(one) for one in weeks.starts] == ["2025-12-29", "2026-01-05", "2026-01-12"]
    assert stretches(weeks.own())[::2] == [("2026-01-01", "2026-01-05"), ("2026-01-12", "2026-01-13")]
    earlier = [("2025-12-25", "2025-12-29"), ("2025-12-29", "2026-01-05"), ("2026-01-05", "2026-01-06")]
    assert stretches(weeks.earlier(WEEK)) == earlier


# -- buckets without a partner, and what is no bucket's partner -----------------------------------------


def test_the_31st_has_no_partner_in_a_shorter_month() -> None:
    found = buckets_of("this_month", "day").earlier(MONTH)
    assert stretches(found)[27:] == [("2026-02-28", "2026-03-01"), None, None, None]
    assert found.loose == ()


def test_29_february_has_no_partner_in_another_year() -> None:
    found = buckets_of("2024-02-28..2024-03-02", "day").earlier(YEAR)
    assert stretches(found) == [("2023-02-28", "2023-03-01"), None, ("2023-03-01", "2023-03-02")]


def test_days_that_no_bucket_looks_back_to_are_loose() -> None:
    """March has a 31st, April has not: its rows only tell which groups there are."""
    found = buckets_of("2026-04-01..2026-05-01", "day").earlier(MONTH)
    assert stretches(found)[-1] == ("2026-03-30", "2026-03-31")
    assert [ends(one) for one in found.loose] == [("2026-03-31", "2026-04-01")]


RETAIL_YEAR, RETAIL_MONTH = (RetailMove(unit, 1, "4-5-4") for unit in ("retail_year", "retail_month"))


@pytest.mark.parametrize(
    ("grain", "move"),
    [
        ("week", MONTH), ("week", DAY), ("month", WEEK), ("quarter", MONTH), ("year", Step(months=3)),
        ("retail_month", MONTH), ("retail_year", RETAIL_MONTH), ("week", RETAIL_YEAR),
        ("day", Step(seconds=60)), ("hour", Step(seconds=900)),
    ],
)  # fmt: skip
def test_a_move_by_which_buckets_are_none(grain: str, move: Move) -> None:
    """Also where some happen to fit: the four weeks of February 2026 are those of March, a month before."""
    with pytest.raises(NotBucketsError):
        bucket_move(grain, move)


@pytest.mark.parametrize(
    ("grain", "move"),
    [
        ("day", MONTH), ("hour", MONTH), ("quarter_hour", Step(seconds=900)), ("fiscal_quarter", YEAR),
        ("retail_week", RETAIL_MONTH), ("retail_month", RETAIL_YEAR), ("retail_quarter", RETAIL_YEAR),
        ("day", RETAIL_MONTH), ("week", WEEK), ("retail_week", WEEK),
    ],
)  # fmt: skip
def test_a_move_by_which_they_are(grain: str, move: Move) -> None:
    assert bucket_move(grain, move) == move


@pytest.mark.parametrize(
    ("day", "hours", "asked_hour", "partner"),
    [
        ("2026-11-01", 25, 1, "2026-10-31T01:00"),  # the hour that is there twice
        ("2026-11-01", 25, 2, "2026-10-31T01:00"),
        ("2026-11-01", 25, 3, "2026-10-31T02:00"),
        ("2026-11-02", 24, 1, "2026-11-01T01:00"),
        ("2026-03-09", 24, 2, None),  # the day before has no such hour
        ("2026-03-09", 24, 3, "2026-03-08T03:00"),
    ],
)
def test_hours_look_back_by_the_clock(day: str, hours: int, asked_hour: int, partner: str | None) -> None:
    found = buckets_of(f"{day}T00:00..{day}T23:59", "hour", moment("2026-12-31T00:00")).earlier(DAY)
    assert len(found.stretches) == hours
    one = found.stretches[asked_hour]
    assert (ends(one)[0] if one else None) == partner


# -- moves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "days"),
    [
        (YEAR, 364), (Step(months=3), 91), (MONTH, 28), (Step(months=17), 364 + 91 + 2 * 28),
        (WEEK, 7), (DAY, 7), (Step(days=10), 7), (Step(days=11), 14), (Step(months=1, days=3), 28),
    ],
)  # fmt: skip
def test_a_move_by_weekday_is_one_of_whole_weeks(move: Step, days: int) -> None:
    assert in_whole_weeks(move) == Step(days=days)


def test_units_of_the_retail_calendar_begin_on_a_weekday_anyway() -> None:
    move = RetailMove("retail_year", 1, "4-5-4")
    assert in_whole_weeks(move) == move


def test_the_same_weekday_a_year_ago() -> None:
    """31 March 2026 is a Tuesday, and so is 1 April 2025."""
    found = buckets_of("today").earlier(in_whole_weeks(YEAR))
    assert stretches(found) == [("2025-04-01", "2025-04-01T12:00")]


def test_the_year_of_a_week_is_52_of_them() -> None:
    assert bucket_move("week", YEAR) == Step(days=364)
    assert bucket_move("week", Step(months=24)) == Step(days=728)
    with pytest.raises(NotBucketsError):
        bucket_move("week", MONTH)
    assert bucket_move("day", YEAR) == YEAR
    weeks = buckets_of("last_1_weeks", "week").earlier(bucket_move("week", YEAR))
    assert stretches(weeks) == [("2025-03-24", "2025-03-31")]


# -- another range --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("range_", "cut", "expected"),
    [
        ("today", True, ("2025-06-10", "2025-06-10T12:00")),
        ("today", False, ("2025-06-10", "2025-06-20")),
        ("this_month", True, ("2025-06-10", "2025-06-20")),  # 30.5 days in, it has only ten
        ("yesterday", True, ("2025-06-10", "2025-06-20")),
        ("this_week", True, ("2025-06-10", "2025-06-11T12:00")),
        ("..2026-04-05", True, ("2025-06-10", "2025-06-20")),  # nobody knows how far in now is
    ],
)
def test_another_range_is_cut_as_far_in_as_the_present_has_come(
    range_: str, cut: bool, expected: Ends
) -> None:
    other = buckets_of("2025-06-10..2025-06-20")
    assert stretches(buckets_of(range_).against(other, cut=cut)) == [expected]


def test_the_buckets_of_another_range_stand_beside_in_their_order() -> None:
    own, other = buckets_of("last_2_days", "day"), buckets_of("2025-06-10..2025-06-13", "day")
    found = own.against(other)
    assert stretches(found) == [("2025-06-10", "2025-06-11"), ("2025-06-11", "2025-06-12")]
    assert [ends(one) for one in found.loose] == [("2025-06-12", "2025-06-13")]
    assert stretches(other.against(own))[2] is None


@pytest.mark.parametrize("cut", [True, False])
def test_of_another_range_to_come_no_state_is_known(cut: bool) -> None:
    """The quarter of tomorrow has begun, but not what is asked of it."""
    found = buckets_of("yesterday", "year").against(buckets_of("tomorrow", "year"), cut=cut)
    assert [one.begun for one in found.stretches if one] == [False]


def test_retail_weeks_are_weeks() -> None:
    weeks = RetailMove("retail_week", 3, "4-5-4")
    assert bucket_move("week", weeks) == weeks
    with pytest.raises(NotBucketsError):
        bucket_move("month", weeks)


def test_cohorts_of_another_range_see_as_far_as_those_of_this_one() -> None:
    """Now is noon of 31 March, a Tuesday."""
    other = buckets_of("2025-06-10..2025-06-20")
    assert clock(buckets_of("this_month").against(other).seen) == "2025-07-10T12:00"
    assert buckets_of("this_month").against(other, cut=False).seen is None
    assert buckets_of("..2026-04-05").against(other).seen is None, "nobody knows how far in now is"
    days = buckets_of("2025-06-10..2025-06-20", "day")
    assert clock(buckets_of("this_week", "day").against(days).seen) == "2025-06-11T12:00"
    assert clock(buckets_of("last_2_days", "day").against(days).seen) == "2025-06-12T12:00"
    assert clock(buckets_of("next_2_days", "day").against(days).seen) == "2025-06-09T12:00"


# -- growth ---------------------------------------------------------------------------------------------


def test_rolling_buckets_read_several_up_to_their_end() -> None:
    rolled = buckets_of("last_2_months", "month").rolled(3, MONTH)
    assert stretches(rolled.own()) == [("2025-11-01", "2026-02-01"), ("2025-12-01", "2026-03-01")]
    before = rolled.earlier(MONTH.times(3))
    assert stretches(before) == [("2025-08-01", "2025-11-01"), ("2025-09-01", "2025-12-01")]
    assert before.loose == ()


def test_rolling_over_a_running_bucket_takes_both_sides_up_to_now() -> None:
    rolled = buckets_of("this_month", "month").rolled(2, MONTH)
    assert stretches(rolled.up_to_now()) == [("2026-02-01", "2026-03-31T12:00")]
    assert stretches(rolled.earlier(MONTH.times(2))) == [("2025-12-01", "2026-01-31T12:00")]


def test_compound_growth_reads_the_bucket_itself() -> None:
    months = buckets_of("last_2_months", "month")
    assert months.rolled(1, MONTH) is months


# -- equal questions ------------------------------------------------------------------------------------


def test_a_range_to_date_holds_its_end() -> None:
    here = moment()
    span = resolve(asked("month_to_date"), here)
    assert span.end and span.end.instant == here.now.instant
    (one,) = buckets_of("month_to_date").own().stretches
    assert one and buckets_of("month_to_date").holds_now(one)
    (same,) = buckets_of("2026-03-01..2026-03-31T12:00").own().stretches
    assert same and not buckets_of("2026-03-01..2026-03-31T12:00").holds_now(same)
