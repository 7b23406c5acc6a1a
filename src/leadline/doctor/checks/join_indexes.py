"""The keys that joins look their partners up by have indexes."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.indexes import lacks_index
from leadline.doctor.names import quoted, table_sql
from leadline.doctor.patient import Patient


async def check(patient: Patient) -> list[Finding]:
    """Keys whose partners can only be found by reading the whole table."""
    return [
        Finding(
            "warning",
            f"{table} has no index on {', '.join(columns)}, which joins look it up by.",
            (
                f"CREATE UNIQUE INDEX CONCURRENTLY ON {table_sql(table)} "
                f"({', '.join(quoted(column) for column in columns)});",
            ),
            "Joins find their partner at once, and no key can be there twice (which would count rows twice).",
            "Each join reads the whole table; leadline check --data tells keys that are there twice.",
        )
        for table, columns in uses.join_keys(patient.model)
        if await lacks_index(patient, table, columns)
    ]
