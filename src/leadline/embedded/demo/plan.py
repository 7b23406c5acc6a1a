"""The company's plan: what each rep should sell in each month, set from what is usual, never from results."""

from __future__ import annotations

from datetime import date
from math import exp, sqrt

from leadline.embedded.demo.company import Company
from leadline.embedded.demo.days import midnight
from leadline.embedded.demo.world import (
    BOOKS,
    MISSES,
    OPENS,
    PRICE,
    PRODUCT_SHARE,
    REGION_SHARE,
    REGIONS,
    SOURCE_SHARE,
    SOURCES,
    SPREAD,
    WHALE,
    WHALE_TIMES,
    WINS,
    Rep,
)

_STRETCH = 1.03
_WEEK_MEAN = 0.83
"""Leads of a mean day of the week, holidays included, against a usual day."""
_LEAD_TO_CLOSE = 34
"""Days from a lead to its sale, on average."""


def month_after(month: date, by: int = 1) -> date:
    """The first day of the month `by` months later."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def quotas(company: Company, volume: float, month: date) -> dict[int, int]:
    """Cents by rep id of a month (its first day), for those hired before it ends."""
    end = month_after(month).toordinal()
    plan: dict[int, int] = {}
    for region in REGIONS:
        team = company.team(region, end - 1)
        weights = [0.35 + 0.65 * rep.skill for rep in team]
        total = _region(company, volume, region, team, month)
        for rep, weight in zip(team, weights, strict=True):
            plan[rep.id] = _rounded(total * weight / sum(weights))
    return plan


def _rounded(dollars: float) -> int:
    step = 1000 if dollars > 20_000 else 10
    return max(step, round(dollars / step) * step) * 100


def _region(company: Company, volume: float, region: str, team: list[Rep], month: date) -> float:
    first, last = month.toordinal(), month_after(month).toordinal()
    middle = (first + last) // 2
    leads = volume * _WEEK_MEAN * (last - first) * company.season(middle - _LEAD_TO_CLOSE)
    price = _mean_price() * company.price_level(midnight(middle))
    return _STRETCH * leads * REGION_SHARE[region] * _conversion(region, team) * price


def _mean_price() -> float:
    usual = sum(share * price for share, price in zip(PRODUCT_SHARE, PRICE, strict=True))
    return usual * exp(SPREAD**2 / 2) * (1 + WHALE * (WHALE_TIMES - 1)) * 0.97


def _conversion(region: str, team: list[Rep]) -> float:
    shares = zip(SOURCES, SOURCE_SHARE[region], strict=True)
    usual = sum(share * BOOKS[source] * WINS[source] for source, share in shares)
    calls = [sqrt(rep.skill) for rep in team]
    skill = sum(
        call * max(0.3, min(1.35, 0.4 + 0.6 * rep.skill)) for call, rep in zip(calls, team, strict=True)
    )
    return usual * (1 - MISSES) * OPENS * skill / sum(calls)
