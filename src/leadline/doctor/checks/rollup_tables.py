"""The owner of the rollups may read their tables and mark their changes."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.names import quoted, some, table_sql
from leadline.doctor.patient import Patient

_LACKS = """
SELECT n.nspname || '.' || c.relname, has_table_privilege(c.oid, 'SELECT'), n.nspname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname || '.' || c.relname = ANY (%(tables)s::text[]) AND c.relkind IN ('r', 'p')
   AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            AND has_table_privilege(c.oid, 'TRIGGER'))
 ORDER BY 1
"""


async def check(patient: Patient) -> list[Finding]:
    """Whether rollups cannot be built, or cannot notice that their tables changed."""
    rows = await patient.owner.ask(_LACKS, tables=uses.rollup_tables(patient.model))
    if not rows:
        return []
    role, names = quoted(patient.owner.role), [name for name, _, _ in rows]
    schemas = [f"GRANT USAGE ON SCHEMA {quoted(one)} TO {role};" for one in sorted({row[2] for row in rows})]
    tables = [f"GRANT SELECT, TRIGGER ON TABLE {table_sql(name)} TO {role};" for name in names]
    readable = all(row[1] for row in rows)
    lacked = "mark changes of" if readable else "read"
    return [
        Finding(
            "warning",
            f"The role {patient.owner.role} may not {lacked} {some(names)}.",
            (*schemas, *tables),
            "Rollups of these tables that know of every change as it commits, and so are used all the time.",
            "Such a rollup is used for seconds after each refresh (a copy in our own database until the "
            "next); else the table itself answers."
            if readable
            else "Rollups of these tables cannot be built; the tables themselves answer.",
        )
    ]
