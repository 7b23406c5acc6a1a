"""Comparisons: every form of the grammar, and every mixture that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.core.grain import RANGE_UNITS, Step
from leadline.core.ranges import RangeSpec
from leadline.planner.query import Compare, Comparison, Growth, value_columns
from tests.unit.planner.parsing import ask, parse, refusal

DAILY = {"grain": "day"}


def compare(*entries: dict[str, Any]) -> tuple[Comparison, ...]:
    return parse(ask(compare=list(entries), time=DAILY)).compare


def refused(entry: object, time: dict[str, Any] = DAILY) -> tuple[str, str]:
    code, at = refusal(ask(compare=[entry], time=time))
    assert at.startswith("/compare/0")
    return code, at.removeprefix("/compare/0")


@pytest.mark.parametrize("unit", [*RANGE_UNITS, "period"])
def test_every_earlier_unit_is_known(unit: str) -> None:
    assert compare({"to": f"previous_{unit}"}) == (Compare(f"previous_{unit}"),)


@pytest.mark.parametrize(
    ("written", "step", "shown"),
    [
        ("28 days", Step(days=28), "28 days"),
        ("28 day", Step(days=28), "28 days"),
        ("1 day", Step(days=1), "1 day"),
        ("1 days", Step(days=1), "1 day"),
        ("0007 weeks", Step(days=49), "7 weeks"),
        ("1000 minutes", Step(seconds=60_000), "1000 minutes"),
        ("36 hours", Step(seconds=129_600), "36 hours"),
        ("3 months", Step(months=3), "3 months"),
        ("2 quarters", Step(months=6), "2 quarters"),
        ("10 years", Step(months=120), "10 years"),
    ],
)
def test_shifts(written: str, step: Step, shown: str) -> None:
    (found,) = compare({"to": {"shift": written}})
    assert found == Compare("shift", shift=step, shown=shown)
    assert found.suffix == f"shift:{shown.replace(' ', '_')}"


@pytest.mark.parametrize(
    "shift",
    [
        "0 days", "1001 days", "-1 days", "28", "days", "", "28days", "28  days", " 28 days", "28 days ",
        "1.5 days", "28 decades", "28 retail_weeks", "٢٨ days", "1e2 days", "28 DAYS", "9" * 5000 + " days",
        28, ["1 day"], "28 days'; select 1",
    ],
)  # fmt: skip
def test_what_is_no_shift(shift: object) -> None:
    assert refused({"to": {"shift": shift, "preset": None}}) == ("not_comparable", "/to/shift")


def test_another_range_and_growth() -> None:
    found = compare(
        {"to": {"preset": "last_month"}, "as": "percent"},
        {"to": {"from": "2026-01-01", "to": "2026-02-01"}},
        {"growth": "compound", "periods": 12},
        {"growth": "rolling", "periods": 1},
        {"to": "total", "as": "share"},
        {"to": "target", "as": "share"},
        {"to": "previous_year", "align": "weekday", "as": "percent"},
        {"to": {"shift": "28 days"}, "align": "weekday", "cut": False},
    )
    assert found[0] == Compare("range", as_="percent", range=RangeSpec("last_1_months"))
    assert found[1] == Compare("range", range=RangeSpec(None, "2026-01-01", "2026-02-01"))
    assert found[2:4] == (Growth("compound", 12), Growth("rolling", 1))
    assert [one.suffix for one in found] == [
        "range:percent", "range", "compound:12", "rolling:1", "total:share", "target:share",
        "previous_year:weekday:percent", "shift:28_days:weekday:whole",
    ]  # fmt: skip


def test_columns_of_values_are_named_as_the_reference_has_them() -> None:
    query = parse(ask(metrics=["revenue", "sales"], compare=[{"to": "previous_year"}]))
    assert value_columns(query) == ("revenue", "revenue:previous_year", "sales", "sales:previous_year")


@pytest.mark.parametrize(
    ("entry", "code", "at"),
    [
        ({}, "not_comparable", "/to"),
        ("previous_year", "bad_json", ""),
        ({"to": "previous_decade"}, "not_comparable", "/to"),
        ({"to": "previous_hour"}, "not_comparable", "/to"),
        ({"to": "range"}, "not_comparable", "/to"),
        ({"to": "shift"}, "not_comparable", "/to"),
        ({"to": ["previous_year"]}, "not_comparable", "/to"),
        ({"to": "previous_year; --"}, "not_comparable", "/to"),
        ({"to": "previous_year", "than": 1}, "unknown_key", "/than"),
        ({"to": {"shft": "28 days"}}, "unknown_key", "/to/shft"),
        ({"to": {"shift": "28 days", "preset": "today"}}, "unknown_key", "/to/preset"),
        ({"to": {"preset": "ever"}}, "unknown_preset", "/to/preset"),
        ({"to": {"preset": "today", "from": "2026-01-01"}}, "bad_range", "/to"),
        ({"to": {"from": 7}}, "bad_range", "/to/from"),
        ({"to": "previous_year", "as": "share"}, "not_comparable", "/as"),
        ({"to": {"shift": "28 days"}, "as": "share"}, "not_comparable", "/as"),
        ({"to": "previous_year", "as": "ratio"}, "not_comparable", "/as"),
        ({"to": "previous_year", "as": ["percent"]}, "not_comparable", "/as"),
        ({"to": "previous_year", "align": "date"}, "not_comparable", "/align"),
        ({"to": "target", "align": "weekday"}, "not_comparable", "/align"),
        ({"to": "total", "align": "weekday"}, "not_comparable", "/align"),
        ({"to": {"preset": "last_month"}, "align": "weekday"}, "not_comparable", "/align"),
        ({"to": "previous_year", "cut": "no"}, "bad_json", "/cut"),
        ({"to": "target", "cut": False}, "not_comparable", "/cut"),
        ({"to": "previous_year", "pace": "days"}, "not_comparable", "/pace"),
        ({"to": "target", "pace": "weeks"}, "not_comparable", "/pace"),
        ({"to": "target", "pace": "working_days"}, "not_supported", "/pace"),
        ({"to": {"shift": "5 working days"}}, "not_supported", "/to/shift"),
        ({"to": {"preset": "last_5_working_days"}}, "not_supported", "/to/preset"),
        ({"growth": "linear", "periods": 3}, "not_comparable", "/growth"),
        ({"growth": "compound"}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": 0}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": 1001}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": 1.0}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": "3"}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": 10**400}, "not_comparable", "/periods"),
        ({"growth": "compound", "periods": 3, "to": "previous_year"}, "unknown_key", "/to"),
        ({"growth": "compound", "periods": 3, "as": "percent"}, "unknown_key", "/as"),
        ({"to": "previous_year", "periods": 3}, "unknown_key", "/periods"),
    ],
)
def test_refusals(entry: object, code: str, at: str) -> None:
    assert refused(entry) == (code, at)


def test_a_growth_needs_buckets() -> None:
    assert refused({"growth": "compound", "periods": 3}, {}) == ("not_comparable", "")


@pytest.mark.parametrize(
    "twice",
    [
        [{"to": "previous_year"}, {"to": "previous_year", "as": "value", "cut": True}],
        [{"to": {"shift": "1 day"}}, {"to": {"shift": "1 days"}}],
        [{"to": {"preset": "today"}}, {"to": {"preset": "yesterday"}}],
        [{"growth": "rolling", "periods": 2}] * 2,
    ],
)
def test_no_two_may_name_one_column(twice: list[dict[str, Any]]) -> None:
    assert refusal(ask(compare=twice, time=DAILY)) == ("bad_json", "/compare/1")


@pytest.mark.parametrize("wrong", [{}, "x", 0, False, {"to": "previous_year"}])
def test_comparisons_are_a_list(wrong: object) -> None:
    assert refusal(ask(compare=wrong)) == ("bad_json", "/compare")
