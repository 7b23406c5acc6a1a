"""Changes of a world's deals after its rollups were built, and the stored buckets that they touch."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.integration.planner.oracle_calendar import Calendar
from tests.integration.planner.oracle_ranges import Clock
from tests.integration.planner.spec import Row, Spec
from tests.integration.planner.world import NOW
from tests.integration.planner.world_rows import Rows, rows
from tests.integration.planner.world_tables import insert

Touched = dict[str, frozenset[datetime | date | None]]
"""By rollup: the buckets as its time column names them; None: rows without a time."""


def change(connection: psycopg.Connection[Any], spec: Spec, data: Rows, seed: int) -> Touched:
    """Deletes some deals, writes others anew, adds some: in the database and in `data`."""
    pick = random.Random(seed)  # noqa: S311  (no secret: the same changes every time)
    gone = pick.sample(data["deals"], 6)
    again = rows(seed + 1000, 6, 0)["deals"]
    for old, new in zip(gone[:4], again[:4], strict=True):
        new["id"] = old["id"]
    for number, new in enumerate(again[4:], 1000):
        new["id"] = number
    ids = [row["id"] for row in gone]
    connection.execute("DELETE FROM public.deals WHERE id = ANY(%s)", [ids])
    insert(connection, {"deals": again})
    data["deals"] = [row for row in data["deals"] if row["id"] not in ids] + again
    return {name: _touched(spec, one["time"], [*gone, *again]) for name, one in spec.rollups.items()}


def _touched(spec: Spec, time: dict[str, str], changed: list[Row]) -> frozenset[datetime | date | None]:
    """The buckets of a rollup in which a changed deal was or is."""
    ((name, grain),) = time.items()
    clock = Clock(NOW, ZoneInfo(spec.zone), Calendar(spec.week_start, spec.fiscal, spec.retail))
    return frozenset(_bucket(clock, grain, row[name]) for row in changed)


def _bucket(clock: Clock, grain: str, value: datetime | date | None) -> datetime | date | None:
    if value is None:
        return None
    start = clock.bucket(grain, value).start
    return start.instant if isinstance(value, datetime) else start.local.date()
