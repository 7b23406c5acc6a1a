"""The reading role may read the tables that the model names."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.names import quoted, some, table_sql
from leadline.doctor.patient import Patient

_CLOSED = """
SELECT n.nspname || '.' || c.relname, n.nspname, has_schema_privilege(n.oid, 'USAGE')
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname || '.' || c.relname = ANY (%(tables)s::text[])
   AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
 ORDER BY 1
"""


async def check(patient: Patient) -> list[Finding]:
    """Whether some may not be read."""
    rows = await patient.reader.ask(_CLOSED, tables=uses.tables(patient.model))
    if not rows:
        return []
    role, names = quoted(patient.reader.role), [name for name, _, _ in rows]
    schemas = sorted({schema for _, schema, open_ in rows if not open_})
    uses_sql = [f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {role};" for schema in schemas]
    return [
        Finding(
            "error",
            f"The role {patient.reader.role} may not read {some(names)}.",
            (*uses_sql, *(f"GRANT SELECT ON TABLE {table_sql(name)} TO {role};" for name in names)),
            "The metrics over these tables.",
            "Questions that need them are refused; all others are answered.",
        )
    ]
