"""The tables have been analysed, so that PostgreSQL can plan."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.names import some, table_sql
from leadline.doctor.patient import Patient

_NEVER = """
SELECT n.nspname || '.' || c.relname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname || '.' || c.relname = ANY (%(tables)s::text[]) AND c.relkind IN ('r', 'p', 'm')
   AND CASE WHEN has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            THEN (c.relkind = 'p' OR pg_relation_size(c.oid) > 0) AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_stats AS s
                 WHERE s.schemaname = n.nspname AND s.tablename = c.relname)
            ELSE false END
 ORDER BY 1
"""


async def check(patient: Patient) -> list[Finding]:
    """Tables with rows of which PostgreSQL knows nothing."""
    names = [name for (name,) in await patient.reader.ask(_NEVER, tables=uses.tables(patient.model))]
    if not names:
        return []
    return [
        Finding(
            "warning",
            f"PostgreSQL has never analysed {some(names)}.",
            tuple(f"ANALYZE {table_sql(name)};" for name in names),
            "Plans that fit the data: often ten times faster.",
            "Everything, on plans that were guessed.",
        )
    ]
