"""The demo company: a seeded history that ends at the present, and goes on whenever it is opened again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from leadline.embedded.demo import catchup, load
from leadline.embedded.demo.connect import connected
from leadline.embedded.demo.incidents import write_incidents
from leadline.embedded.demo.load import Created, Progress

__all__ = ["Created", "catch_up", "create", "is_created"]

LEADS, SEED = 300_000, 7
"""What is made unless something else is asked for."""


def create(
    dsn: str,
    *,
    as_of: datetime,
    seed: int = SEED,
    leads: int = LEADS,
    progress: Progress | None = None,
    incidents: Path | None = None,
) -> Created:
    """Makes the company in an empty source, up to `as_of` (aware).

    `dsn` may write. `progress(made, all)` is called while leads are made. `incidents`: a JSON file to be
    written, which says what was done on purpose. Errors: `conflict` where tables of those names exist,
    `disk_full`, `source_unavailable`.
    """
    with connected(dsn) as connection:
        created = load.create(connection, seed=seed, leads=leads, as_of=as_of, progress=progress)
        connection.execute("VACUUM ANALYZE")
    if incidents:
        write_incidents(incidents, created.incidents)
    return created


def is_created(dsn: str) -> bool:
    """Whether the source holds a company of ours."""
    with connected(dsn) as connection:
        return connection.execute("SELECT to_regclass('demo_company.state')").fetchone() != (None,)


def catch_up(dsn: str, now: datetime) -> int:
    """Writes what happened between the last generated instant and `now`; says how many rows changed.

    Booked appointments take place, open deals go on, new leads come. Nothing where `now` is not later.
    """
    with connected(dsn) as connection:
        return catchup.catch_up(connection, now)
