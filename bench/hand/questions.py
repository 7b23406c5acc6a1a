"""Which query by hand answers which question of the dashboard, and over which days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from bench.stack.sizes import AS_OF

Days = dict[str, Any]
TODAY = date.fromisoformat(AS_OF)
_END = TODAY + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ByHand:
    """The SQL of one question and its parameters. `totals`: that of its totals, where it asks for them."""

    sql: str
    days: Days
    totals: str | None = None


def blocks() -> dict[str, str]:
    """The queries by name."""
    text = files("bench.hand").joinpath("queries.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def views() -> str:
    """The statements that make the views."""
    return files("bench.hand").joinpath("views.sql").read_text(encoding="utf-8")


def by_hand() -> dict[str, ByHand]:
    """All questions by `tile/query`."""
    sql = blocks()
    month, quarter, year = _to_date(1, 11), _to_date(3, 10), _to_date(12, 1)
    week_start = TODAY - timedelta(days=TODAY.weekday())
    day, week = _moved(TODAY, timedelta(days=1)), _moved(week_start, timedelta(days=7))
    spans = {"revenue_month": month, "revenue_quarter": quarter, "revenue_year": year}
    one = {f"{tile}/main": ByHand(sql["revenue_target"], days) for tile, days in spans.items()}
    one |= {
        "revenue_today/main": ByHand(sql["revenue"], day),
        "revenue_week/main": ByHand(sql["revenue"], week),
    }
    sparks = {
        "today": _spark("day", TODAY - timedelta(days=14), TODAY),
        "week": _spark("week", week_start - timedelta(weeks=13), week_start),
        "month": _spark("day", month["a"], _END),
        "quarter": _spark("week", quarter["a"], _END),
        "year": _spark("month", year["a"], _END),
    }
    one |= {f"revenue_{name}/spark": ByHand(sql["revenue_spark"], days) for name, days in sparks.items()}
    for tile in ("leads", "appointments", "sales"):
        one[f"{tile}/main"] = ByHand(sql[tile], month)
        one[f"{tile}/spark"] = ByHand(sql[f"{tile}_spark"], month)
    one["revenue_series/main"] = ByHand(sql["revenue_series"], month)
    for query, block in {"main": "flow", "rate": "flow_rate", "by": "flow_by"}.items():
        one[f"lead_flow/{query}"] = ByHand(sql[block], month)
    one["ranking/main"] = ByHand(sql["ranking"], month, sql["revenue_target"])
    one["ranking/more"] = ByHand(sql["ranking_more"], month, sql["ranking_more_totals"])
    one["pipeline/main"] = ByHand(sql["pipeline"], {}, sql["pipeline_totals"])
    return one


def _to_date(months: int, first: int) -> Days:
    """This month, quarter or year so far: it has so many months and began in the month `first`."""
    start, before = date(TODAY.year, first, 1), _months_before(date(TODAY.year, first, 1), months)
    cut = _months_before(TODAY, months) + timedelta(days=1)
    whole = {"ma": start, "mb": _months_before(start, -months)}
    return {"a": start, "b": _END, "pa": before, "pb": cut, **_last_year(start), **whole}


def _moved(start: date, back: timedelta) -> Days:
    """A day or week so far, the one before, and the same dates a year earlier."""
    return {"a": start, "b": _END, "pa": start - back, "pb": _END - back, **_last_year(start)}


def _last_year(start: date) -> Days:
    end = TODAY.replace(year=TODAY.year - 1) + timedelta(days=1)
    return {"ya": start.replace(year=start.year - 1), "yb": end}


def _spark(grain: str, start: date, end: date) -> Days:
    return {"grain": grain, "a": start, "b": end}


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, day.day)
