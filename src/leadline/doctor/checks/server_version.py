"""PostgreSQL 15 or later."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

OLDEST = 150_000


async def check(patient: Patient) -> list[Finding]:
    """Whether the server is too old for our SQL."""
    number = int(await patient.reader.value("SELECT current_setting('server_version_num')"))
    if number >= OLDEST:
        return []
    return [
        Finding(
            "error",
            f"The server is PostgreSQL {number // 10_000}; version 15 or later is needed.",
            (),
            "Everything: our SQL uses what version 15 brought.",
            "Nothing that is promised; some questions may still be answered.",
        )
    ]
