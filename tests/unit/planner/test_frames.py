"""From which rows a bucket's value is read: events, values up to a bucket's end, states at instants."""

from __future__ import annotations

from itertools import pairwise

import pytest

from leadline.core.errors import LeadlineError
from leadline.core.grain import Step
from leadline.planner.frames import Frames, Instants, days, length, low, read, up_to
from leadline.planner.windows import Window
from leadline.semantic.kinds.base import EventTime, Reach, StateTime
from tests.unit.planner.timing import asked, buckets_of, clock, moment

CLOSED = EventTime("closed_at")
RUNNING, YEAR_TO_DATE, MONTH_TO_DATE = (Reach(one) for one in ("running", "year_to_date", "month_to_date"))
LAST_28 = Reach("", "28 days")
Shown = list[tuple[str | None, str | None, int]]


def frames(window: Window, time: EventTime = CLOSED) -> Frames:
    found = read(window, time, moment())
    assert isinstance(found, Frames)
    return found


def shown(found: Frames) -> Shown:
    """Low, high and bucket of each frame."""
    bounds = zip(found.lows, found.highs, found.ordinals, strict=True)
    return [(clock(low), clock(high), i) for low, high, i in bounds]


def reaching(reach: Reach, range_: str, grain: str | None) -> Frames:
    window = buckets_of(range_, grain).own()
    return frames(window, EventTime("closed_at", reach))


# -- events ---------------------------------------------------------------------------------------------


def test_each_bucket_is_a_frame() -> None:
    found = frames(buckets_of("last_2_months", "month").own())
    assert shown(found) == [("2026-01-01", "2026-02-01", 1), ("2026-02-01", "2026-03-01", 2)]
    assert found.adjoin and not found.overlap


def test_a_bucket_without_a_partner_has_no_frame() -> None:
    found = frames(buckets_of("2024-02-28..2024-03-02", "day").earlier(Step(months=12)))
    assert shown(found) == [("2023-02-28", "2023-03-01", 1), ("2023-03-01", "2023-03-02", 3)]


def test_loose_stretches_are_frames_of_no_bucket_in_their_order() -> None:
    found = frames(buckets_of("2026-04-29..2026-05-01", "day").earlier(Step(months=1)))
    assert shown(found) == [
        ("2026-03-29", "2026-03-30", 1),
        ("2026-03-30", "2026-03-31", 2),
        ("2026-03-31", "2026-04-01", 0),
    ]


def test_frames_with_a_gap_neither_overlap_nor_adjoin() -> None:
    """The 29th to 31st of January lie between the partners of 28 February and 1 March."""
    window = buckets_of("2026-02-27..2026-03-02", "day").earlier(Step(months=1))
    found = frames(Window(window.stretches))
    assert shown(found)[1:] == [("2026-01-28", "2026-01-29", 2), ("2026-02-01", "2026-02-02", 3)]
    assert not found.adjoin and not found.overlap


def test_rolling_buckets_overlap() -> None:
    assert frames(buckets_of("last_3_months", "month").rolled(2, Step(months=1)).own()).overlap


def test_without_a_time_there_is_nothing_to_read() -> None:
    assert read(buckets_of("all").own(), EventTime(None), moment()) is None


# -- values up to a bucket's end ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "lows"),
    [
        (RUNNING, [None, None, None]),
        (YEAR_TO_DATE, ["2026-01-01", "2026-01-01", "2026-01-01"]),
        (MONTH_TO_DATE, ["2026-01-01", "2026-02-01", "2026-03-01"]),
        (LAST_28, ["2026-01-04", "2026-02-01", "2026-03-03T12:00"]),
        (Reach("retail_year_to_date"), ["2025-02-02", "2026-02-01", "2026-02-01"]),
    ],
)
def test_cumulative_values_reach_back_from_each_end(reach: Reach, lows: list[str | None]) -> None:
    """April to December begin after now: they have no value."""
    ends = ["2026-02-01", "2026-03-01", "2026-03-31T12:00"]
    assert shown(reaching(reach, "this_year", "month")) == [
        (low, end, i) for i, (low, end) in enumerate(zip(lows, ends, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("last_month", ("2026-01-01", "2026-03-01")),
        ("this_month", ("2026-01-01", "2026-03-31T12:00")),
        ("2025-07-01..2025-08-15", ("2025-01-01", "2025-08-15")),
        ("2026-02-01..", ("2026-01-01", "2026-03-31T12:00")),
        ("next_month", ("2026-01-01", "2026-03-31T12:00")),  # without a bucket it is the value of now
        ("..2026-01-01", ("2025-01-01", "2026-01-01")),  # its last instant is of 2025
    ],
)
def test_without_a_grain_the_window_ends_with_the_range(range_: str, expected: tuple[str, str]) -> None:
    assert shown(reaching(YEAR_TO_DATE, range_, None)) == [(*expected, 1)]


@pytest.mark.parametrize(
    ("reach", "range_", "expected"),
    [
        (YEAR_TO_DATE, "this_month", 31 + 28 + 31),  # today has begun
        (YEAR_TO_DATE, "last_month", 31 + 28),
        (LAST_28, "this_month", 28),
        (LAST_28, "last_month", 28),
        (Reach("day_to_date"), "today", 1),
        (Reach("", "6 hours"), "today", 1),
        (LAST_28, "next_month", 28),  # up to now
    ],
)
def test_the_days_of_a_window(reach: Reach, range_: str, expected: int) -> None:
    (one,) = buckets_of(range_).own().stretches
    assert days(reach, one, moment()) == expected


def test_a_running_value_has_no_days() -> None:
    (one,) = buckets_of("today").own().stretches
    with pytest.raises(LeadlineError) as error:
        days(RUNNING, one, moment())
    assert error.value.code == "not_supported"
    assert days(RUNNING, None, moment()) is None


def test_a_window_of_days_keeps_the_clock_over_a_change_of_it() -> None:
    """28 days before noon of 31 March, though 8 March had 23 hours."""
    (one,) = buckets_of("this_month").own().stretches
    assert one
    end = up_to(one, moment())
    assert end and clock(low(LAST_28, end, moment())) == "2026-03-03T12:00"
    assert length("28 days") == Step(days=28)
    assert length(" 1 month ") == Step(months=1)


# -- states ---------------------------------------------------------------------------------------------


def states(range_: str, grain: str | None, of: str, now: str = "2026-03-31T12:00") -> Instants:
    here = moment(now)
    window = buckets_of(range_, grain, here).own()
    found = read(window, StateTime("opened_at", "closed_at", of), here)
    assert isinstance(found, Instants)
    return found


def instants(found: Instants) -> list[tuple[str | None, bool, int]]:
    """Each instant, whether it ends a range, and its bucket."""
    at = zip(found.at, found.of_range, found.ordinals, strict=True)
    return [(clock(one), of_range, i) for one, of_range, i in at]


def test_a_state_is_counted_at_the_end_of_each_bucket_or_now() -> None:
    """The months after now hold nothing."""
    assert instants(states("this_year", "month", "last")) == [
        ("2026-02-01", True, 1),
        ("2026-03-01", True, 2),
        ("2026-03-31T12:00", False, 3),
    ]


def test_the_first_state_is_that_of_the_end_of_the_first_day() -> None:
    found = states("2026-02-01..2026-04-01", "month", "first")
    assert instants(found) == [("2026-02-02", True, 1), ("2026-03-02", True, 2)]
    assert instants(states("today", None, "first")) == [("2026-03-31T12:00", False, 1)]


def test_the_mean_state_is_over_the_ends_of_the_days_there_were() -> None:
    found = states("2026-03-29..2026-04-03", None, "avg")
    assert instants(found) == [
        ("2026-03-30", True, 1),
        ("2026-03-31", True, 1),
        ("2026-03-31T12:00", False, 1),
    ]
    assert found.mean


def test_the_mean_of_weeks_begins_anew_in_each() -> None:
    found = states("2026-03-28..2026-03-31", "week", "avg")
    assert instants(found) == [("2026-03-29", True, 1), ("2026-03-30", True, 1), ("2026-03-31", True, 2)]


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("all", ("2026-03-31T12:00", False, 1)),
        ("..2026-03-01", ("2026-03-01", True, 1)),
        ("2026-03-01..", ("2026-03-31T12:00", False, 1)),
        ("2025-07-01..2025-08-15", ("2025-08-15", True, 1)),
        ("next_month", ("2026-03-31T12:00", False, 1)),
        ("yesterday", ("2026-03-31", True, 1)),
    ],
)
def test_the_state_of_a_range_is_that_of_its_end(range_: str, expected: tuple[str, bool, int]) -> None:
    assert instants(states(range_, None, "last")) == [expected]


def test_an_earlier_state_is_that_of_the_moment_as_far_back() -> None:
    window = buckets_of("this_month").earlier(Step(months=1))
    found = read(window, StateTime("opened_at", "closed_at"), moment())
    assert isinstance(found, Instants)
    assert [clock(one) for one in found.at] == ["2026-02-28T12:00"]


@pytest.mark.parametrize("of", ["first", "avg"])
def test_days_need_a_first_one(of: str) -> None:
    with pytest.raises(LeadlineError) as error:
        states("..2026-03-01", None, of)
    assert (error.value.code, error.value.at) == ("bad_range", "/time/range")


# -- what the source counts on --------------------------------------------------------------------------


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month", "retail_week"])
@pytest.mark.parametrize("name", ["America/Chicago", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("range_", ["2026-02-20..2026-04-10", "2011-12-20..2012-01-10"])
def test_bounds_never_fall(grain: str, name: str, range_: str) -> None:
    here = moment(name=name)
    own = buckets_of(range_, grain, here)
    moves = [Step(days=1), Step(days=7), Step(days=28)] if grain != "month" else [Step(months=1)]
    windows = [own.own(), own.up_to_now(), *(own.earlier(one) for one in moves if _fits(grain, one))]
    times = [CLOSED, *(EventTime("closed_at", one) for one in (RUNNING, YEAR_TO_DATE, LAST_28))]
    for window in windows:
        for time in times:
            found = read(window, time, here)
            assert isinstance(found, Frames)
            for bounds in (found.lows, found.highs):
                instants_ = [one.instant for one in bounds if one is not None]
                assert all(a <= b for a, b in pairwise(instants_)), asked(range_)


def _fits(grain: str, move: Step) -> bool:
    """Whether weeks, moved, are weeks."""
    return "week" not in grain or move.days % 7 == 0
