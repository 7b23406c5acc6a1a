"""The owner may have temporary tables, in which PostgreSQL compares old and new rows of a rollup."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.names import quoted
from leadline.doctor.patient import Patient


async def check(patient: Patient) -> list[Finding]:
    """Whether a rollup is built anew each time instead of being changed in place."""
    if await patient.owner.value("SELECT has_database_privilege(current_database(), 'TEMPORARY')"):
        return []
    database, role = quoted(patient.owner.login.dbname), quoted(patient.owner.role)
    return [
        Finding(
            "advice",
            f"The role {patient.owner.role} may not have temporary tables.",
            (f"GRANT TEMPORARY ON DATABASE {database} TO {role};",),
            "Rollups are refreshed in place while everybody reads on: only changed rows are written.",
            "Each refresh builds the rollup anew beside the old one and swaps them.",
        )
    ]
