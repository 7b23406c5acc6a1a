"""What there is to act upon right now, fetched every few seconds so that an action costs no search."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from psycopg import Connection

_MANY = 4000


@dataclass(slots=True)
class Pools:
    """Ids by what may happen to them. They may be out of date: every action says what it expects to find."""

    open_deals: list[int] = field(default_factory=list)
    closed_deals: list[int] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)
    fresh_leads: list[int] = field(default_factory=list)

    @staticmethod
    def pick(rng: Random, ids: list[int]) -> int | None:
        """One of them, or None."""
        return ids[int(rng.random() * len(ids))] if ids else None

    @staticmethod
    def take(rng: Random, ids: list[int]) -> int | None:
        """One of them, which is then gone."""
        if not ids:
            return None
        spot = int(rng.random() * len(ids))
        ids[spot], ids[-1] = ids[-1], ids[spot]
        return ids.pop()


def pools_at(connection: Connection, now: datetime) -> Pools:
    """Open deals and those of the last day, appointments due and to come, leads of two days without one."""
    day, days = now - timedelta(days=1), now - timedelta(days=2)
    return Pools(
        open_deals=_ids(
            connection, "deals t WHERE status = 'open' AND amount IS NOT NULL AND opened_at <= %s", now
        ),
        closed_deals=_ids(connection, "deals t WHERE closed_at BETWEEN %s AND %s", day, now),
        due=_ids(connection, "appointments t WHERE status = 'booked' AND starts_at <= %s", now),
        booked=_ids(connection, "appointments t WHERE status = 'booked' AND starts_at > %s", now),
        fresh_leads=_ids(
            connection,
            "leads t WHERE created_at BETWEEN %s AND %s"
            " AND NOT EXISTS (SELECT FROM public.appointments a WHERE a.lead_id = t.id)"
            " AND NOT EXISTS (SELECT FROM public.deals d WHERE d.lead_id = t.id)",
            days,
            now,
        ),
    )


def _ids(connection: Connection, where: str, *values: datetime) -> list[int]:
    query = f"SELECT t.id FROM public.{where} LIMIT {_MANY}"  # noqa: S608  only texts of this file
    return [number for (number,) in connection.execute(query, values).fetchall()]
