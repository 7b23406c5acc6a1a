"""The owner may have the schema `leadline`."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.names import quoted
from leadline.doctor.patient import Patient

_MAY = """
SELECT n.oid IS NOT NULL,
       CASE WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
            ELSE has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE') END
  FROM (SELECT (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'leadline')) AS n (oid)
"""


async def check(patient: Patient) -> list[Finding]:
    """Whether rollups can be kept in the source."""
    [(there, may)] = await patient.owner.ask(_MAY)
    if may:
        return []
    role = quoted(patient.owner.role)
    grant = "GRANT USAGE, CREATE ON SCHEMA leadline TO" if there else "CREATE SCHEMA leadline AUTHORIZATION"
    return [
        Finding(
            "warning",
            f"The role {patient.owner.role} may not keep rollups in the schema leadline.",
            (f"{grant} {role};",),
            "Rollups: answers over millions of rows in milliseconds, from materialized views.",
            "Copies in our own database answer, as of their last refresh; else the tables themselves: "
            "right, but slower.",
        )
    ]
