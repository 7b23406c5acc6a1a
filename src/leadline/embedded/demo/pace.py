"""How much business a day should bring, so that a busy simulator still tells a believable story.

Rows come far faster than a company of thirty sellers would make them. What adds to today's figures is
therefore held near the plan; the rest of the rate goes into corrections, moves and reversals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg import Connection

from leadline.embedded.demo.days import day_of, instant, midnight, moment, part_gone, weekday

_CLOSING_WEEK = (1.15, 1.23, 1.34, 1.42, 1.07, 0.52, 0.27)
"""Sales of a weekday against those of the mean day."""
_LEAST_PART = 0.04
"""Even in the first minute of a day there may be so much of it."""
_ENOUGH = 1.12


@dataclass(frozen=True, slots=True)
class Pace:
    """Today so far, each against what is usual by now: 1 is on the way, 1.2 is a fifth ahead."""

    revenue: float
    leads: float
    lost: float

    def weights(self, usual: Mapping[str, float]) -> dict[str, float]:
        """The usual mix of actions, turned towards the plan."""
        turned = dict(usual)
        if self.revenue > _ENOUGH:
            turned |= {"win": usual["win"] * 0.1, "reopen": usual["reopen"] * 3}
        elif self.revenue < 1:
            turned |= {"win": usual["win"] * 2, "reopen": usual["reopen"] * 0.4}
        if self.leads > _ENOUGH:
            turned |= {"new_lead": usual["new_lead"] * 0.03, "drop_lead": usual["drop_lead"] * 2}
        if self.lost > _ENOUGH:
            turned |= {"lose": usual["lose"] * 0.05}
        return turned


def pace_at(connection: Connection, now: datetime) -> Pace:
    """Reads today's figures and the plan."""
    at = instant(now)
    day = day_of(at)
    part = max(_LEAST_PART, part_gone(at))
    revenue, won, lost, leads = _today(connection, moment(midnight(day)), now)
    plan, volume = _plan(connection, date.fromordinal(day))
    expected = plan / 30.4 * _CLOSING_WEEK[weekday(day)] * part
    return Pace(
        revenue=revenue / max(1.0, expected),
        leads=leads / max(1.0, volume * part),
        lost=lost / (2.0 * won + 4),
    )


def _today(connection: Connection, start: datetime, now: datetime) -> tuple[float, int, int, int]:
    found = connection.execute(
        """SELECT coalesce(sum(amount) FILTER (WHERE status = 'won'), 0),
                  count(*) FILTER (WHERE status = 'won'),
                  count(*) FILTER (WHERE status = 'lost'),
                  (SELECT count(*) FROM public.leads WHERE created_at >= %(start)s AND created_at <= %(now)s)
           FROM public.deals WHERE closed_at >= %(start)s AND closed_at <= %(now)s""",
        {"start": start, "now": now},
    ).fetchone()
    revenue, won, lost, leads = found or (0, 0, 0, 0)
    return float(revenue), won, lost, leads


def _plan(connection: Connection, day: date) -> tuple[float, float]:
    """This month's plan in dollars, and the leads of a usual day."""
    found = connection.execute(
        """SELECT (SELECT coalesce(sum(amount), 0) FROM public.targets WHERE month_start = %s),
                  (SELECT volume FROM demo_company.state)""",
        [day.replace(day=1)],
    ).fetchone()
    plan, volume = found or (Decimal(0), None)
    return float(plan), float(volume or 1)
