"""One more replication slot and one more sender are free."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

_FREE = """
SELECT current_setting('max_replication_slots')::int,
       (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int,
       current_setting('max_wal_senders')::int,
       (SELECT count(*) FROM pg_catalog.pg_stat_get_wal_senders())::int
"""
_MORE = 5


async def check(patient: Patient) -> list[Finding]:
    """Whether change capture would find room."""
    [(slots, used_slots, senders, used_senders)] = await patient.reader.ask(_FREE)
    short = [
        (name, most)
        for name, most, used in (
            ("max_replication_slots", slots, used_slots),
            ("max_wal_senders", senders, used_senders),
        )
        if used >= most
    ]
    return [
        Finding(
            "advice",
            f"All {most} of {name} are in use." if most else f"{name} is 0.",
            (f"ALTER SYSTEM SET {name} = {most + _MORE};  -- then restart the server",),
            "Room for change capture: numbers that move as the business commits.",
            "Numbers are asked for at an interval.",
        )
        for name, most in short
    ]
