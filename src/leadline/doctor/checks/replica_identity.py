"""Rows can be told apart in the log: by a key, or as a whole."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.names import table_sql
from leadline.doctor.patient import Patient

_WITHOUT = """
SELECT n.nspname || '.' || c.relname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname || '.' || c.relname = ANY (%(tables)s::text[]) AND c.relkind IN ('r', 'p')
   AND (c.relreplident = 'n' OR (c.relreplident = 'd' AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)))
 ORDER BY 1
"""


async def check(patient: Patient) -> list[Finding]:
    """Tables whose changes could not be captured."""
    rows = await patient.reader.ask(_WITHOUT, tables=uses.dataset_tables(patient.model))
    return [
        Finding(
            "advice",
            f"{name} has no replica identity (no primary key).",
            (f"ALTER TABLE {table_sql(name)} REPLICA IDENTITY FULL;  -- or, better, give it a primary key",),
            "Its changes can be captured. (In a publication, its own updates would fail without it.)",
            "Its numbers are asked for at an interval.",
        )
        for (name,) in rows
    ]
