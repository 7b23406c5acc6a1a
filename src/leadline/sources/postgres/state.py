"""What a server says of itself: primary or standby, how far its log goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadline.sources.postgres.lag import position
from leadline.sources.postgres.session import Connection

# The clock is read before the position: whatever was committed (or replayed) by then lies before it.
_ASK = """
SELECT clock_timestamp(), pg_is_in_recovery(),
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text,
       pg_last_xact_replay_timestamp(),
       CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END
"""
_TIMELINE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class State:
    """One look at a server. `position`: written or (standby) replayed. `timeline`: only a primary's."""

    now: datetime
    standby: bool
    position: int | None
    last_commit: datetime | None
    timeline: int | None


async def look(connection: Connection) -> State:
    """Asks the server at the other end. Raises the driver's errors."""
    row = await (await connection.execute(_ASK)).fetchone()
    if row is None:
        raise RuntimeError("a SELECT without FROM gave no row")
    now, standby, reached, last_commit, file = row
    timeline = int(file[:_TIMELINE_DIGITS], 16) if file else None
    return State(now, standby, position(reached) if reached else None, last_commit, timeline)
