"""The columns of time that metrics count by, and that rollups lie by, have indexes."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.indexes import lacks_index
from leadline.doctor.names import quoted, some, table_sql
from leadline.doctor.patient import Patient


async def check(patient: Patient) -> list[Finding]:
    """Times whose ranges can only be found by reading the whole table."""
    rollups = uses.rollups_by_time(patient.model)
    return [
        _missing(table, column, rollups.get((table, column), []))
        for table, column in uses.time_columns(patient.model)
        if await lacks_index(patient, table, (column,))
    ]


def _missing(table: str, column: str, rollups: list[str]) -> Finding:
    sql = (f"CREATE INDEX CONCURRENTLY ON {table_sql(table)} ({quoted(column)});",)
    why = f"{table} has no index on {column}, a time that metrics count by."
    gain = "Questions about a few days read those days, not the whole table."
    without = "They are answered by reading the whole table."
    if rollups:
        why = f"{table} has no index on {column}, by which the buckets of {some(rollups)} lie."
        gain += (
            " So does a refresh after a change, and a question that a rollup can answer but for some buckets."
        )
        without = "Each of them reads the whole table."
    return Finding("warning", why, sql, gain, without)
