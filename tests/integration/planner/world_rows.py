"""The rows of the world: NULLs, orphans, doubles, bounds, nights when clocks change. The same every time."""

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
]


def _moment(pick: random.Random) -> datetime | None:
    kind = pick.random()
    if kind < 0.08:
        return None
    if kind < 0.3:
        return pick.choice(_NIGHTS)
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
    }


def _lead(pick: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "rep_id": pick.choice([None, 1, 2, 3, 99]),
        "source": pick.choice([None, "", "web", "Web", "web ", "ärger", "referral"]),
        "created_at": _moment(pick),
        "score": pick.choice([None, 0.1, 0.7, 2.5]),
    }


def rows(seed: int = 1, deals: int = 260, leads: int = 120) -> Rows:
    """The rows of all tables. `visits` stays empty."""
    pick = random.Random(seed)  # noqa: S311  (no secret: the same rows every time)
    months = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2025, 12, 1)]
    return {
        "teams": [{"id": 1, "name": "Red"}, {"id": 2, "name": None}],
        "reps": [
            _rep(1, "Ann", 1, "East", True, 3, date(2020, 2, 29)),
            _rep(2, "Bob", 2, "West", False, None, None),
            _rep(3, "ann", 9, None, None, 5, date(2024, 12, 31)),
            _rep(4, "Zoë", None, "East ", True, 3, date(2025, 1, 1)),
            _rep(5, "Ann", 1, "east", True, 1, date(2020, 2, 29)),
            _rep(6, "Idle", 1, "North", True, 1, date(2026, 3, 1)),
        ],
        "leads": [_lead(pick, n) for n in range(1, leads + 1)],
        "deals": [_deal(pick, n) for n in range(1, deals + 1)],
        "visits": [],
        "targets": [
            {"rep_id": rep, "month_start": month, "amount": f"{100 * position + 10}.50"}
            for position, rep in enumerate([1, 2, 3, 6, None, 99])
            for month in months
        ],
    }


def _rep(  # noqa: PLR0917
    number: int, name: str, team: int | None, region: str | None, active: bool | None, grade: int | None,
    hired: date | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": number, "name": name, "team_id": team, "region": region, "active": active, "grade": grade,
        "hired": hired,
    }  # fmt: skip
