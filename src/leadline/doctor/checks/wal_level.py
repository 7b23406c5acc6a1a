"""The write-ahead log tells changes."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient


async def check(patient: Patient) -> list[Finding]:
    """Whether the log holds what change capture reads."""
    level = await patient.reader.value("SELECT current_setting('wal_level')")
    if level == "logical":
        return []
    return [
        Finding(
            "advice",
            f"wal_level is {level}.",
            ("ALTER SYSTEM SET wal_level = 'logical';  -- then restart the server",),
            "Numbers that move as the business commits: changes can be read from the write-ahead log.",
            "Numbers are asked for at an interval.",
        )
    ]
