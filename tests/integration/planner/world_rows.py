"""The rows of worlds: NULLs, orphans, doubles, bounds, nights when clocks change. The same for each seed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

STAGES = ("new", "qualified", "proposal")
Rows = dict[str, list[dict[str, Any]]]
_NIGHTS = [
    datetime(2026, 3, 8, 7, 59, 59, 999999, tzinfo=UTC),  # the last instant before the gap in Chicago
    datetime(2026, 3, 8, 8, 0, tzinfo=UTC),
    datetime(2025, 11, 2, 6, 30, tzinfo=UTC),  # 01:30 for the first time
    datetime(2025, 11, 2, 7, 30, tzinfo=UTC),  # 01:30 for the second
    datetime(2026, 3, 1, 6, 0, tzinfo=UTC),  # midnight of the first of a month
    datetime(2026, 3, 1, 5, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 31, 20, 32, tzinfo=UTC),
    datetime(2026, 3, 31, 20, 33, tzinfo=UTC),  # just now, which is not before now
    datetime(2026, 4, 1, 5, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 18, 0, tzinfo=UTC),
    datetime(2026, 1, 31, 12, 0, tzinfo=UTC),
    datetime(2026, 2, 28, 12, 0, tzinfo=UTC),
    datetime(2026, 1, 29, 12, 0, tzinfo=UTC),
    datetime(2025, 11, 2, 4, 30, tzinfo=UTC),  # 00:30 in Havana for the first time
    datetime(2025, 11, 2, 5, 30, tzinfo=UTC),  # and for the second
    datetime(2025, 9, 7, 4, 0, tzinfo=UTC),  # the day begins at 01:00 in Santiago
]
_RETAIL = [
    datetime(2024, 1, day, 18, 0, tzinfo=UTC) for day in (27, 28, 31)
]  # in week 53 of 2023, or next to it
_CURRENCIES = ["USD", "USD", "EUR", "JPY", None]


def _moment(pick: random.Random) -> datetime | None:
    kind = pick.random()
    if kind < 0.08:
        return None
    if kind < 0.3:
        return pick.choice(_NIGHTS if kind > 0.1 else _RETAIL)
    days, seconds = pick.randrange(-420, 40), pick.randrange(86_400)
    return datetime(2026, 3, 31, tzinfo=UTC) + timedelta(days=days, seconds=seconds)


def _day(pick: random.Random) -> date | None:
    moment = _moment(pick)
    return moment.date() if moment else None


def _wall(pick: random.Random) -> datetime | None:
    moment = _moment(pick)
    return moment.replace(tzinfo=None) if moment else None


def _deal(pick: random.Random, number: int) -> dict[str, Any]:
    cents = pick.choice([0, 1, 50, 25, 99])
    return {
        "id": number,
        "rep_id": pick.choice([None, 1, 1, 2, 3, 4, 5, 99]),
        "lead_id": pick.choice([None, *range(1, 40), 999]),
        "status": pick.choice(["won", "won", "won", "lost", "open", None]),
        "stage": pick.choice([None, "", *STAGES, "Zz", "(none)"]),
        "amount": pick.choice([None, f"{pick.randrange(-5, 2000)}.{cents:02}", "0"]),
        "weight": pick.choice([None, "0.1", "0.25", "12.345678", "3"]),
        "share": pick.choice([None, 0.1, 0.2, 1e-7, 33.333333333333336, -4.0]),
        "units": pick.choice([None, 0, 1, 2, 7]),
        "urgent": pick.choice([None, True, False]),
        "opened_at": _moment(pick),
        "closed_at": _moment(pick),
        "opened_on": _day(pick),
        "closed_on": _day(pick),
        "logged_at": _wall(pick),
        "account_id": pick.choice([None, 1, 2, 3, 4]),
        "currency": pick.choice(_CURRENCIES),
    }


def _lead(pick: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "rep_id": pick.choice([None, 1, 2, 3, 99]),
        "source": pick.choice([None, "", "web", "Web", "web ", "ärger", "referral"]),
        "created_at": _moment(pick),
        "score": pick.choice([None, 0.1, 0.7, 2.5]),
        "account_id": pick.choice([None, 1, 2, 3, 5]),
        "came_on": _day(pick),
    }


def _visit(pick: random.Random, number: int) -> dict[str, Any]:
    return {"id": number, "rep_id": pick.choice([None, 1, 2, 99]), "day": _day(pick), "note": None}


def _rates(pick: random.Random) -> list[dict[str, Any]]:
    """A rate holds until the next one; all begin before the first row does."""
    days = [date(2023, 1, 1), *(date(2025, 1, 1) + timedelta(days=pick.randrange(450)) for _ in range(4))]
    return [
        {
            "day": day,
            "currency": currency,
            "per_usd": f"{base + pick.randrange(9)}.{pick.randrange(1, 9999):04}",
        }
        for currency, base in (("EUR", 0), ("JPY", 140))
        for day in sorted(set(days))
    ]


def _stints(pick: random.Random) -> list[dict[str, Any]]:
    """Each seller's offices, one after the other; some with a gap, some that have not ended."""
    found: list[dict[str, Any]] = []
    for rep in (1, 2, 4, 5):
        since: datetime | None = None if pick.random() < 0.3 else datetime(2025, 1, 10, tzinfo=UTC)
        for office in pick.sample(["Nord", "Süd", None], pick.randrange(1, 4)):
            until = datetime(2025, 6, 1, 7, tzinfo=UTC) + timedelta(days=90 * len(found) % 300)
            until = max(until, since + timedelta(days=30)) if since else until
            last = pick.random() < 0.3
            row = {"rep_id": rep, "since": since, "until": None if last else until, "office": office}
            found.append({"id": len(found) + 1, **row})
            if last:
                break
            since = until + timedelta(days=pick.choice([0, 10]))
    return found


def rows(seed: int = 1, deals: int = 260, leads: int = 120, visits: int = 0) -> Rows:
    """The rows of all tables."""
    pick = random.Random(seed)  # noqa: S311  (no secret: the same rows every time)
    months = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2025, 12, 1)]
    return {
        "teams": [{"id": 1, "name": "Red"}, {"id": 2, "name": None}],
        "reps": [
            _rep(1, "Ann", 1, "East", True, 3, date(2020, 2, 29), 4),
            _rep(2, "Bob", 2, "West", False, None, None, 4),
            _rep(3, "ann", 9, None, None, 5, date(2024, 12, 31), 2),
            _rep(4, "Zoë", None, "East ", True, 3, date(2025, 1, 1), None),
            _rep(5, "Ann", 1, "east", True, 1, date(2020, 2, 29), 99),
            _rep(6, "Idle", 1, "North", True, 1, date(2026, 3, 1), 1),
        ],
        "leads": [_lead(pick, n) for n in range(1, leads + 1)],
        "deals": [_deal(pick, n) for n in range(1, deals + 1)],
        "visits": [_visit(pick, n) for n in range(1, visits + 1)],
        "targets": [
            {"rep_id": rep, "month_start": month, "amount": f"{100 * position + 10}.50"}
            for position, rep in enumerate([1, 2, 3, 6, None, 99])
            for month in months
        ],
        "rates": _rates(pick),
        "stints": _stints(pick),
    }


def _rep(  # noqa: PLR0917
    number: int, name: str, team: int | None, region: str | None, active: bool | None, grade: int | None,
    hired: date | None, manager: int | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": number, "name": name, "team_id": team, "region": region, "active": active, "grade": grade,
        "hired": hired, "manager_id": manager, "email": f"{name.lower()}{number}@example.com",
    }  # fmt: skip
