"""Sentences of the query reference about metrics, worked out by hand: the oracle reads them so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.spec import Conversion, Cumulative, Link, Measure, Metric, Snapshot, Spec
from tests.integration.planner.tiny import amount, ask, cells, deals, row, spec_with, with_measure
from tests.integration.planner.world_base import WON, col

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}


def one(
    spec: Spec, time: dict[str, Any] | None = None, as_of: str = "2026-06-01", **data: Any
) -> list[list[Any]]:
    """The metric `it`, without its buckets."""
    found = ask({"metrics": ["it"], "time": time or {}, "as_of": as_of}, spec, **data)
    return [line[-1:] for line in cells(found)]


def priced(*amounts: str | None, **more: Any) -> list[dict[str, Any]]:
    return [row("deals", n, amount=value, closed_at="2026-03-05", **more) for n, value in enumerate(amounts)]


# -- aggregations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "value", "of_none"),
    [
        (amount("sum"), 10, 0),
        (amount("count"), 4, 0),
        (amount("distinct"), 4, 0),
        (amount("avg"), 2.5, None),
        (amount("min"), 1, None),
        (amount("max"), 4, None),
        (amount("median"), 2.5, None),
        (amount("percentile", p="0.9"), 3.7, None),
    ],
)
def test_aggregates_and_their_empty_values(measure: Measure, value: Any, of_none: Any) -> None:
    spec = with_measure(measure)
    assert one(spec, deals=priced("1", "2", "3", "4", None)) == [[value]]
    assert one(spec, deals=priced(None)) == [[of_none]]


def test_last_goes_by_the_time_then_the_key_and_skips_null() -> None:
    times = ["2026-03-05", "2026-03-07", "2026-03-07", "2026-03-09", None]
    values = ["1", "2", "3", None, "5"]
    lines = [
        row("deals", n, closed_at=time, amount=value)
        for n, (time, value) in enumerate(zip(times, values, strict=True))
    ]
    assert one(with_measure(amount("last")), deals=lines) == [[3]]
    assert one(with_measure(amount("first")), deals=lines) == [[1]]


RATES = [
    row("rates", 0, day="2026-01-01", currency="EUR", per_usd="0.5"),
    row("rates", 0, day="2026-03-01", currency="EUR", per_usd="0.8"),
]


def test_amounts_are_converted_by_the_last_rate_on_or_before_their_day() -> None:
    spec = with_measure(amount("sum", currency="currency"))
    days = ["2026-02-28T23:30", "2026-03-01T00:30"]
    lines = [row("deals", n, amount="40", currency="EUR", closed_at=day) for n, day in enumerate(days)]
    lines.append(row("deals", 9, amount="1", currency="USD", closed_at="2020-01-01"))
    assert one(spec, deals=lines, rates=RATES) == [[80 + 50 + 1]]


def test_before_the_first_rate_there_is_none() -> None:
    spec = with_measure(amount("sum", currency="currency"))
    lines = [row("deals", 1, amount="40", currency="EUR", closed_at="2025-12-31")]
    with pytest.raises(RefusedError, match="no_rate"):
        one(spec, deals=lines, rates=RATES)
    assert one(spec, {"range": MARCH}, deals=lines, rates=RATES) == [[0]]


# -- cumulative -----------------------------------------------------------------------------------------


def cumulative(metric: str, window: str, last: str | None = None, mean: bool = False) -> Spec:
    return spec_with(Metric("it", Cumulative(metric, window, last, mean)), fiscal=2)


FEBRUARY_ON = {"grain": "month", "range": {"from": "2026-02-01", "to": "2026-04-01"}}


def test_running_begins_at_the_first_row_and_reads_before_the_range() -> None:
    lines = deals("2024-05-05", "2026-02-03", "2026-03-03", "2026-04-03")
    assert one(cumulative("sales", "running"), FEBRUARY_ON, deals=lines) == [[2], [3]]
    assert one(cumulative("sales", "running"), deals=[*lines, row("deals", 9, status="won")]) == [[4]]


def test_to_date_windows_begin_with_the_unit_that_holds_the_buckets_end() -> None:
    lines = deals("2025-12-31", "2026-01-31", "2026-02-03", "2026-03-03")
    assert one(cumulative("sales", "year_to_date"), FEBRUARY_ON, deals=lines) == [[2], [3]]
    assert one(cumulative("sales", "quarter_to_date"), FEBRUARY_ON, deals=lines) == [[2], [3]]
    assert one(cumulative("sales", "fiscal_year_to_date"), FEBRUARY_ON, deals=lines) == [[1], [2]]
    assert one(cumulative("sales", "week_to_date"), FEBRUARY_ON, deals=lines) == [[0], [0]]


def test_a_window_ends_at_now_and_later_buckets_are_null() -> None:
    time = {"grain": "month", "range": {"from": "2026-03-01", "to": "2026-06-01"}}
    lines = deals("2026-03-01", "2026-03-20", "2026-05-05")
    assert one(cumulative("sales", "running"), time, "2026-03-15", deals=lines) == [[1], [None], [None]]


def test_the_last_28_days_and_their_daily_mean() -> None:
    time = {"grain": "day", "range": {"from": "2026-03-28", "to": "2026-03-30"}}
    lines = deals("2026-03-01", "2026-03-02", "2026-03-29", amount="14")
    assert one(cumulative("revenue", "last", "28 days"), time, deals=lines) == [[28], [28]]
    assert one(cumulative("revenue", "last", "28 days", mean=True), time, deals=lines) == [[1], [1]]


def test_distinct_things_are_counted_anew_in_each_window() -> None:
    lines = [*deals("2026-01-05", "2026-02-05", rep_id=7), *deals("2026-03-05", rep_id=8)]
    assert one(cumulative("sellers", "running"), FEBRUARY_ON, deals=lines) == [[1], [2]]


# -- snapshots ------------------------------------------------------------------------------------------


def snapshot(of: str, start: str = "opened_at", end: str = "closed_at") -> Spec:
    return spec_with(Metric("it", Snapshot("deals.all_count", (start, end), of)))


STATES = [
    row("deals", 1, opened_at="2026-02-10", closed_at="2026-03-01"),  # ends as March begins
    row("deals", 2, opened_at="2026-03-01", closed_at="2026-03-02T12:00"),
    row("deals", 3, opened_at="2026-03-03T06:00"),
    row("deals", 4, closed_at="2026-05-05"),  # without a begin
    row("deals", 5, opened_at="2026-04-01"),  # begins as March ends
]


def test_a_state_counts_rows_from_before_the_end_that_end_at_it_or_later() -> None:
    assert one(snapshot("last"), FEBRUARY_ON, deals=STATES) == [[1], [1]]
    assert one(snapshot("first"), {"grain": "month", "range": MARCH}, deals=STATES) == [[1]]


def test_the_mean_is_over_the_days_ends_and_now() -> None:
    time = {"grain": "month", "range": MARCH}
    asked = one(snapshot("avg"), time, "2026-03-04T12:00:00-06:00", deals=STATES)
    assert asked == [[0.75]]  # on the 1st: deal 2; on the 2nd: none; on the 3rd and the 4th, now: deal 3


def test_now_is_earlier_than_the_end_and_what_ends_now_is_over() -> None:
    time = {"range": MARCH}
    at_noon = "2026-03-02T12:00:00-06:00"
    assert one(snapshot("last"), time, at_noon, deals=STATES) == [[0]]
    assert one(snapshot("last"), time, "2026-03-03T06:00:00-06:00", deals=STATES) == [[1]]
    before = ask(
        {
            "metrics": ["it"],
            "time": time,
            "as_of": "2026-03-31T08:00:00-05:00",
            "compare": [{"to": "previous_month"}],
        },
        snapshot("last"),
        deals=STATES,
    )
    assert cells(before) == [[1, 1]]  # on 28 February at 08:00 deal 1 was open


def test_states_by_date_count_whole_days() -> None:
    lines = [
        row("deals", 1, opened_on="2026-03-05"),
        row("deals", 2, opened_on="2026-03-01", closed_on="2026-03-05"),
    ]
    spec = snapshot("last", "opened_on", "closed_on")
    assert one(spec, {"range": MARCH}, "2026-03-05T08:00:00-06:00", deals=lines) == [[1]]
    assert one(spec, {"grain": "day", "range": {"from": "2026-03-04", "to": "2026-03-06"}}, deals=lines) == [
        [1],
        [1],
    ]


# -- conversions ----------------------------------------------------------------------------------------


def conversion(by: str, within: str = "1 month") -> Spec:
    measures = {
        "deals.won_then": Measure("won_then", "count", where=WON, time="closed_at"),
        "leads.came": Measure("came", "count", time="created_at"),
    }
    kind = Conversion("leads.came", "deals.won_then", "lead", within, by)
    return spec_with(Metric("it", kind), measures=measures)


LEADS = [
    row("leads", n, created_at=day) for n, day in enumerate(["2026-01-31", "2026-02-10", "2026-02-11"], 1)
]
WINS = [
    row("deals", 1, lead_id=1, status="won", closed_at="2026-02-27T23:59"),  # within a month of 31 January
    row("deals", 2, lead_id=2, status="won", closed_at="2026-03-10"),  # a month later is too late
    row("deals", 3, lead_id=3, status="won", closed_at="2026-03-10"),
    row("deals", 4, lead_id=3, status="won", closed_at="2026-03-10T12:00"),  # counts once
    row("deals", 5, lead_id=99, status="won", closed_at="2026-02-12"),
    row("deals", 6, lead_id=2, status="lost", closed_at="2026-02-12"),
]
JANUARY_ON = {"grain": "month", "range": {"from": "2026-01-01", "to": "2026-04-01"}}


def test_a_cohort_is_what_becomes_of_its_first_events() -> None:
    found = one(conversion("cohort"), JANUARY_ON, leads=LEADS, deals=WINS)
    assert found == [[1], [0.5], [None]]


def test_by_event_those_that_get_there_stand_over_the_first_events_of_the_same_bucket() -> None:
    found = one(conversion("event"), JANUARY_ON, leads=LEADS, deals=WINS)
    assert found == [[0], [0.5], [None]]


def test_cohorts_that_may_still_grow_are_named() -> None:
    found = ask(
        {"metrics": ["it"], "time": JANUARY_ON, "as_of": "2026-03-15"},
        conversion("cohort"),
        leads=LEADS,
        deals=WINS,
    )
    assert found.immature == [1, 2]


def test_an_earlier_cohort_sees_only_what_was_known_as_early() -> None:
    leads = [row("leads", n, created_at=day) for n, day in enumerate(["2026-02-05", "2026-03-05"], 1)]
    wins = [
        row("deals", 1, lead_id=1, status="won", closed_at="2026-02-20"),
        row("deals", 2, lead_id=2, status="won", closed_at="2026-03-09"),
    ]
    time = {"grain": "month", "range": MARCH}
    asked = {"metrics": ["it"], "time": time, "as_of": "2026-03-10", "compare": [{"to": "previous_month"}]}
    assert [line[1:] for line in cells(ask(asked, conversion("cohort"), leads=leads, deals=wins))] == [[1, 0]]
    whole = {**asked, "compare": [{"to": "previous_month", "cut": False}]}
    assert [line[1:] for line in cells(ask(whole, conversion("cohort"), leads=leads, deals=wins))] == [[1, 1]]


# -- joins valid in time --------------------------------------------------------------------------------


def test_a_partner_holds_from_its_begin_until_before_its_end() -> None:
    assert spec_with().datasets["deals"].links["stint"] == Link(
        "stint", "stints", ("rep_id", "rep_id"), ("since", "until")
    )
    stints = [
        row("stints", 1, rep_id=1, until="2026-03-05", office="Nord"),
        row("stints", 2, rep_id=1, since="2026-03-05", until="2026-03-08", office="Süd"),
    ]
    days = ["2026-03-04T23:59", "2026-03-05", "2026-03-08", "2026-03-09"]
    found = ask(
        {"metrics": ["sales"], "dimensions": ["stint.office"], "sort": [{"by": "stint.office"}]},
        deals=[*deals(*days, rep_id=1), row("deals", 9, rep_id=1, status="won")],
        stints=stints,
    )
    assert cells(found) == [["Nord", 1], ["Süd", 1], ["(none)", 3]]


def test_first_and_last_of_other_columns_keep_their_type() -> None:
    measure = Measure("found", "last", col("deals", "stage"))
    lines = [row("deals", n, stage=stage, closed_at="2026-03-05") for n, stage in enumerate(["b", "a", None])]
    assert one(with_measure(measure), deals=lines) == [["a"]]
