"""From a query to a plan: its buckets, and where the earlier period lies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Extent, Plan, Probe
from tests.unit.planner.planning import plan, planned


@pytest.mark.parametrize(
    ("grain", "preset", "to"),
    [
        (None, "all", "previous_year"),
        (None, "all", "previous_period"),
        ("week", "this_year", "previous_month"),
        ("week", "this_month", "previous_period"),
        ("week", "this_week", "previous_day"),
        ("month", "this_year", "previous_week"),
        ("month", "last_13_weeks", "previous_period"),
        ("quarter", "this_year", "previous_month"),
        ("year", "this_year", "previous_quarter"),
        ("day", "last_5_hours", "previous_period"),
    ],
)
def test_a_moved_bucket_that_is_none_is_not_comparable(grain: str | None, preset: str, to: str) -> None:
    time = {"range": {"preset": preset}, **({"grain": grain} if grain else {})}
    with pytest.raises(LeadlineError) as error:
        plan({"time": time, "compare": [{"to": to}]})
    assert (error.value.code, error.value.at) == ("not_comparable", "/compare/0")


@pytest.mark.parametrize(
    ("metrics", "grain"),
    [
        (["revenue"], "minute"), (["revenue"], "quarter_hour"), (["revenue"], "hour"),
        (["dated"], "retail_week"), (["dated"], "fiscal_quarter"), (["pipeline", "revenue"], "day"),
        (["open_deals"], "retail_month"),
    ],
)  # fmt: skip
def test_each_grain_is_planned_for_events_and_states(metrics: list[str], grain: str) -> None:
    found = plan({"metrics": metrics, "time": {"grain": grain, "range": {"preset": "yesterday"}}})
    counts = {"minute": 24 * 60, "quarter_hour": 24 * 4, "hour": 24}
    assert len(found.buckets) == counts.get(grain, 1)
    assert found.columns[0].grain == grain


@pytest.mark.parametrize(
    ("range_", "first", "last", "starts"),
    [
        ({}, "2026-01-31T18:00Z", "2026-03-01T05:59Z", ["2026-01-01", "2026-02-01"]),
        ({}, "2026-01-31T18:00Z", "2026-03-01T06:00Z", ["2026-01-01", "2026-02-01", "2026-03-01"]),
        ({"from": "2026-02-10"}, "2026-02-20T00:00Z", "2026-02-20T00:00Z", ["2026-02-01"]),
        ({"to": "2026-03-10"}, "2026-02-20T00:00Z", "2026-02-21T00:00Z", ["2026-02-01", "2026-03-01"]),
        ({}, None, None, []),
    ],
)
def test_the_buckets_of_an_open_range_reach_as_far_as_its_rows(
    range_: dict[str, str], first: str | None, last: str | None, starts: list[str]
) -> None:
    query = {"time": {"grain": "month", **({"range": range_} if range_ else {})}}
    assert isinstance(planned(query), Probe)
    ends = (datetime.fromisoformat(one) if one else None for one in (first, last))
    found = planned(query, extent=Extent(*ends))
    assert isinstance(found, Plan)
    assert [one.start[:10] for one in found.buckets] == starts


def test_all_time_has_no_period_before_it_also_where_its_rows_are_known() -> None:
    query = {"time": {"grain": "day"}, "compare": [{"to": "previous_period"}]}
    day = datetime.fromisoformat("2026-03-01T12:00Z")
    with pytest.raises(LeadlineError) as error:
        planned(query, extent=Extent(day, day))
    assert (error.value.code, error.value.at) == ("not_comparable", "/compare/0")


@pytest.mark.parametrize(
    ("grain", "preset", "compare", "start", "end"),
    [
        (None, "this_month", {"to": "previous_month"}, "2026-02-01", "2026-02-28T12:01"),
        (None, "this_month", {"to": "previous_month", "cut": False}, "2026-02-01", "2026-03-01"),
        (None, "month_to_date", {"to": "previous_month"}, "2026-02-01", "2026-02-28T12:01"),
        (None, "month_to_date", {"to": "previous_month", "cut": False}, "2026-02-01", "2026-03-01"),
        (None, "month_to_date", {"to": "previous_year"}, "2025-03-01", "2025-03-31T12:01"),
        (None, "year_to_date", {"to": "previous_period"}, "2025-01-01", "2025-03-31T12:01"),
        (None, "last_month", {"to": "previous_month"}, "2026-01-01", "2026-02-01"),
        (None, "last_13_weeks", {"to": "previous_period"}, "2025-09-29", "2025-12-29"),
        (None, "last_13_weeks", {"to": "previous_year"}, "2024-12-29", "2025-03-30"),
        ("week", "last_13_weeks", {"to": "previous_year"}, "2024-12-30", "2025-03-31"),
        (None, "today", {"to": "previous_day"}, "2026-03-30", "2026-03-30T12:01"),
        (None, "today", {"to": "previous_week"}, "2026-03-24", "2026-03-24T12:01"),
        ("day", "this_month", {"to": "previous_month"}, "2026-02-01", "2026-03-01"),
        ("month", "last_3_months", {"to": "previous_month"}, "2025-11-01", "2026-02-01"),
    ],
)
def test_where_the_earlier_period_lies(
    grain: str | None, preset: str, compare: dict[str, Any], start: str, end: str
) -> None:
    time = {"range": {"preset": preset}, **({"grain": grain} if grain else {})}
    found = plan({"time": time, "compare": [compare]}).columns[-1].range
    assert found and found["zone"] == "America/Chicago"
    shown = tuple(datetime.fromisoformat(found[key]).replace(tzinfo=None) for key in ("from", "to"))
    assert shown == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-03-31", "2026-03-01"),
        ("2026-02-28", "2026-01-29"),  # 28 January is its last day
        ("2026-04-30", "2026-03-31"),
        ("2024-02-29", "2024-01-30"),
    ],
)
@pytest.mark.parametrize("preset", ["month_to_date", "this_month"])
def test_the_end_of_a_month_looks_back_to_the_same_day(preset: str, as_of: str, end: str) -> None:
    query = {"time": {"range": {"preset": preset}}, "compare": [{"to": "previous_month"}], "as_of": as_of}
    found = plan(query).columns[-1].range
    assert found and found["to"].startswith(f"{end}T00:00:00")
