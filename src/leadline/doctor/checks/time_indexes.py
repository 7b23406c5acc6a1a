"""The columns of time that metrics count by have indexes."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.indexes import lacks_index
from leadline.doctor.names import quoted, table_sql
from leadline.doctor.patient import Patient


async def check(patient: Patient) -> list[Finding]:
    """Times whose ranges can only be found by reading the whole table."""
    return [
        Finding(
            "warning",
            f"{table} has no index on {column}, a time that metrics count by.",
            (f"CREATE INDEX CONCURRENTLY ON {table_sql(table)} ({quoted(column)});",),
            "Questions about a few days read those days, not the whole table.",
            "They are answered by reading the whole table.",
        )
        for table, column in uses.time_columns(patient.model)
        if await lacks_index(patient, table, (column,))
    ]
