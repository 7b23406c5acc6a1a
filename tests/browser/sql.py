"""Hand-written SQL for the tiles of the shipped overview. It shares nothing with the planner."""

from __future__ import annotations

_END = "date_trunc('minute', now()) + interval '1 minute'"
"""Now is the end of the running minute."""


def to_date(column: str, unit: str) -> str:
    """The condition for a range to date."""
    return f"{column} >= date_trunc('{unit}', now(), 'America/Chicago') AND {column} < {_END}"


def won(unit: str, what: str = "coalesce(sum(amount), 0)", more: str = "") -> str:
    """What was won in a unit to date; nothing is dated in the future."""
    return f"SELECT {what} FROM deals WHERE status = 'won' AND {to_date('closed_at', unit)} {more}"


MONTH = {
    "leads": f"SELECT count(*) FROM leads WHERE {to_date('created_at', 'month')}",
    "appointments": f"SELECT count(*) FROM appointments WHERE {to_date('starts_at', 'month')}",
    "sales": won("month", "count(*)"),
    "avg_deal_size": won("month", "round(sum(amount) / count(amount), 10)"),
    "win_rate": f"""SELECT round(count(*) FILTER (WHERE status = 'won')::numeric / count(*), 10)
        FROM deals WHERE status IN ('won', 'lost') AND {to_date("closed_at", "month")}""",
    "show_rate": f"""SELECT round(count(*) FILTER (WHERE status = 'held')::numeric / count(*), 10)
        FROM appointments WHERE status IN ('held', 'no_show') AND {to_date("starts_at", "month")}""",
}
"""Tiles of one number over the month to date, by tile (which is named as its metric)."""

REVENUE = {
    "revenue_today": "day",
    "revenue_week": "week",
    "revenue_month": "month",
    "revenue_quarter": "quarter",
    "revenue_year": "year",
}
"""Tiles of revenue to date, with their unit."""

BY_DAY = won("month", "date_trunc('day', closed_at, 'America/Chicago'), sum(amount)", "GROUP BY 1")
BY_REP = f"""SELECT name,
        coalesce(sum(amount) FILTER (WHERE status = 'won' AND {to_date("closed_at", "month")}), 0)
    FROM reps LEFT JOIN deals ON deals.rep_id = reps.id GROUP BY name"""
OPEN_BY_STAGE = """SELECT stage, count(*), sum(amount) FROM deals
    WHERE opened_at <= now() AND (closed_at IS NULL OR closed_at > now()) GROUP BY stage"""
TARGET = """SELECT sum(amount) FROM targets
    WHERE month_start = date_trunc('month', now() AT TIME ZONE 'America/Chicago')::date"""
WIN = """INSERT INTO deals (id, rep_id, source, status, stage, amount, probability, opened_at, closed_at)
    SELECT max(id) + 1, 1, 'referral', 'won', 'negotiation', {amount}, 0.78, now() - interval '9 days', now()
    FROM deals"""
