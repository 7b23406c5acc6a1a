"""Random ranges, grains and comparisons."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.integration.planner.answered import answers
from tests.integration.planner.shards import seldom

PLAIN = ["day", "week", "month", "quarter", "year"]
FISCAL = ["fiscal_quarter", "fiscal_year"]
RETAIL = ["retail_week", "retail_month", "retail_quarter", "retail_year"]
SHORT = ["minute", "quarter_hour", "hour"]
NOWS = [
    "2026-03-31", "2026-02-28", "2026-03-31T12:00:00-05:00", "2026-02-28T15:30:00-06:00", "2024-02-29",
    "2026-03-08T03:30:00-05:00", "2025-12-31T23:59:59-06:00", "2026-03-01T00:00:00-06:00",
]  # fmt: skip
_MORE_NOWS = ["2024-02-01", "2024-02-04T00:00:00-06:00", "2025-11-02T01:30:00-05:00"]
ZONES = ["America/Chicago", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Auckland", "America/Santiago"]
_FROM = [
    "2024-02-28",
    "2025-03-01",
    "2025-11-01",
    "2025-12-15",
    "2026-01-01",
    "2026-01-31T06:00",
    "2026-03-08",
]
_TO = ["2026-03-09", "2026-03-31", "2026-04-01", "2026-03-31T15:32", "2026-05-01", "2026-03-08T02:30"]
_DAYS = [
    {"from": "2026-02-20", "to": "2026-03-15"}, {"from": "2025-10-25", "to": "2025-11-10"},
    {"from": "2024-02-27", "to": "2024-03-02"}, {"from": "2026-03-20T12:00", "to": "2026-04-03"},
]  # fmt: skip
_NIGHTS = [
    {"from": "2026-03-08", "to": "2026-03-09"}, {"from": "2025-11-02", "to": "2025-11-03T03:00"},
    {"from": "2026-03-07T22:10", "to": "2026-03-08T04:00"}, {"preset": "today"}, {"preset": "day_to_date"},
    {"preset": "last_5_hours"}, {"preset": "last_1_days"},
]  # fmt: skip
_MINUTES = [
    {"from": "2025-11-02T00:50", "to": "2025-11-02T02:05"},
    {"from": "2026-03-31T15:20", "to": "2026-03-31T16:00"},
]


def units() -> list[str]:
    """The units of ranges, buckets and comparisons."""
    return [*PLAIN, *(FISCAL if answers("fiscal") else []), *(RETAIL if answers("retail") else [])]


def short() -> list[str]:
    """The grains below the day."""
    return SHORT if answers("short_grains") else []


def zones() -> list[str]:
    """The zones in which one asks."""
    return [*ZONES, *(["America/Havana"] if answers("double_midnight") else [])]


def nows() -> list[str]:
    """What now may be."""
    return [*NOWS, *(_MORE_NOWS if answers("retail") or answers("short_grains") else [])]


def _presets(units: list[str], most: int) -> st.SearchStrategy[str]:
    found = [
        st.sampled_from(units).map("this_{}".format),
        st.sampled_from(units).map("{}_to_date".format),
        st.tuples(st.integers(1, most), st.sampled_from(units)).map(lambda x: f"last_{x[0]}_{x[1]}s"),
        st.sampled_from(units).map("last_{}".format),
    ]
    if answers("next_ranges"):
        ahead = st.tuples(st.integers(1, 3), st.sampled_from(units)).map(lambda x: f"next_{x[0]}_{x[1]}s")
        found += [ahead, st.sampled_from(["yesterday", "tomorrow"])]
    return st.one_of(found)


def ranges(closed: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Any range; with both ends where `closed`."""
    bounds = {"from": st.sampled_from(_FROM), "to": st.sampled_from(_TO)}
    found = [_presets(units(), 5).map(lambda name: {"preset": name}), st.fixed_dictionaries(bounds)]
    if not closed:
        hours = ["all", "today", "last_3_hours", *(["last_90_minutes"] if answers("next_ranges") else [])]
        found.append(st.sampled_from(hours).map(lambda name: {"preset": name}))
        found.append(st.fixed_dictionaries({}, optional=bounds))
    return st.one_of(found)


def ranges_for(grain: str | None, closed: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """A range of not too many buckets of the grain."""
    if grain == "minute":
        return st.sampled_from(_MINUTES)
    if grain in SHORT:
        return st.sampled_from(_NIGHTS)
    if grain == "day":
        few = [one for one in units() if "year" not in one and "quarter" not in one]
        near = _presets(few, 2).map(lambda name: {"preset": name})
        return st.one_of(st.sampled_from(_DAYS), near)
    return ranges(closed)


def whole_ranges(grain: str) -> st.SearchStrategy[dict[str, Any]]:
    """Ranges that cut no bucket of the grain."""
    names = [f"this_{grain}", f"last_4_{grain}s", f"last_2_{grain}s", f"{grain}_to_date"]
    return st.sampled_from([{"preset": name} for name in names])


_ALIGNED = ("month", "quarter", "year", "fiscal_quarter", "fiscal_year")
_FITTING = {
    "week": ["week", "year"], "month": ["month", "quarter", "year"], "quarter": ["quarter", "year"],
    "year": ["year"], "fiscal_quarter": ["quarter", "fiscal_year", "year"],
    "fiscal_year": ["year", "fiscal_year"],
    "retail_week": ["week", "retail_week", "retail_month", "retail_quarter", "retail_year"],
    "retail_month": ["retail_month", "retail_quarter", "retail_year"],
    "retail_quarter": ["retail_quarter", "retail_year"], "retail_year": ["retail_year"],
}  # fmt: skip


@st.composite
def compares(draw: st.DrawFn, grain: str | None, planned: bool, numbers: bool) -> dict[str, Any]:
    """A comparison; most of them fit the grain."""
    shapes = ["value", "change", "percent"] if numbers else ["value"]
    if planned and draw(st.booleans()):
        found: dict[str, Any] = {"to": "target", "as": draw(st.sampled_from([*shapes, "share"]))}
        return {**found, "pace": "days"} if draw(st.booleans()) else found
    if numbers and answers("total") and seldom(draw, 4):
        return {"to": "total", "as": draw(st.sampled_from(["share", "value"]))}
    found = {**draw(_to(grain)), "as": draw(st.sampled_from(shapes))}
    return {**found, "cut": False} if seldom(draw, 3) else found


@st.composite
def _to(draw: st.DrawFn, grain: str | None) -> dict[str, Any]:
    fitting = [one for one in _FITTING.get(grain or "", units()) if one in units()]
    unit = draw(st.sampled_from(units() if seldom(draw, 6) else fitting))
    kinds = ["unit", "unit", "period", *(one for one in ("shift", "range", "weekday") if answers(one))]
    kind = draw(st.sampled_from(kinds))
    if kind == "period":
        return {"to": "previous_period"}
    if kind == "shift":
        texts = ["28 days", "1 month", "1 year", "7 days", "36 hours", "1 day", "2 weeks", "3 months"]
        return {"to": {"shift": draw(st.sampled_from(texts))}}
    if kind == "range":
        return {"to": draw(ranges_for(grain, closed=True))}
    to = {"to": f"previous_{unit}"}
    return {**to, "align": "weekday"} if kind == "weekday" and unit in _ALIGNED else to
