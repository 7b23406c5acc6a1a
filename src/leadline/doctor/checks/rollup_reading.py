"""The reading role may read what the owner keeps in the schema `leadline`."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.names import quoted
from leadline.doctor.patient import Patient

_CLOSED = """
SELECT NOT has_schema_privilege(n.oid, 'USAGE') OR EXISTS (
           SELECT FROM pg_catalog.pg_class AS c
            WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'm', 'p')
              AND NOT has_table_privilege(c.oid, 'SELECT'))
  FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'leadline'
"""


async def check(patient: Patient) -> list[Finding]:
    """Whether rollups are there that the reader cannot use."""
    if not await patient.reader.value(_CLOSED):
        return []
    reader, owner = quoted(patient.reader.role), quoted(patient.owner.role)
    return [
        Finding(
            "warning",
            f"The role {patient.reader.role} may not read the rollups in the schema leadline.",
            (
                f"GRANT USAGE ON SCHEMA leadline TO {reader};",
                f"GRANT SELECT ON ALL TABLES IN SCHEMA leadline TO {reader};",
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA leadline "
                f"GRANT SELECT ON TABLES TO {reader};",
            ),
            "Answers from the rollups that are kept there.",
            "Every question is answered from the tables themselves.",
        )
    ]
