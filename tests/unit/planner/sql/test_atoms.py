"""Stretches between the bounds of frames: each row lies in one, and each frame is made of whole ones."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.planner.frames import Frames
from leadline.planner.sql.atoms import Cuts, cuts
from tests.unit.planner.sql.some_frames import bound, frames, holding, moments


def over(found: Cuts, at: date) -> list[int]:
    """The frames over the stretch that holds a time; no stretch holds what lies before the first edge."""
    first = datetime.min.replace(tzinfo=UTC) if isinstance(at, datetime) else date.min
    place = bisect_right([first if one is None else one for one in found.edges], at)
    return list(range(found.first[place - 1], found.last[place - 1] + 1)) if place else []


@pytest.mark.parametrize("is_date", [False, True])
@given(data=st.data())
def test_the_frames_over_a_stretch_are_those_that_hold_its_rows(is_date: bool, data: st.DataObject) -> None:
    found, at = data.draw(frames(ends=True)), data.draw(moments(is_date))
    assert over(cuts(found, is_date), at) == holding(found, at, is_date)


def test_a_running_total_reads_each_row_once() -> None:
    """Three buckets from the first row on: a row of the second counts there and in the third."""
    ends = tuple(bound(hour) for hour in (24, 48, 72))
    found = cuts(Frames((None, None, None), ends, (1, 2, 3)), is_date=False)
    assert found.edges == (None, *(one.instant for one in ends))
    assert list(zip(found.first, found.last, strict=True)) == [(1, 3), (2, 3), (3, 3), (4, 3)]


def test_windows_of_two_buckets_share_the_stretch_between() -> None:
    lows, highs = (bound(0), bound(24)), (bound(48), bound(72))
    found = cuts(Frames(lows, highs, (1, 2)), is_date=False)
    assert list(zip(found.first, found.last, strict=True)) == [(1, 1), (1, 2), (2, 2), (3, 2)]
