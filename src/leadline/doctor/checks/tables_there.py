"""The tables that the model names exist."""

from __future__ import annotations

from leadline.doctor import uses
from leadline.doctor.finding import Finding
from leadline.doctor.names import some
from leadline.doctor.patient import Patient

_MISSING = """
SELECT named FROM unnest(%(tables)s::text[]) AS named
 WHERE NOT EXISTS (
     SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname || '.' || c.relname = named AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))
 ORDER BY 1
"""


async def check(patient: Patient) -> list[Finding]:
    """Whether some are not there at all."""
    missing = [name for (name,) in await patient.reader.ask(_MISSING, tables=uses.tables(patient.model))]
    if not missing:
        return []
    return [
        Finding(
            "error",
            f"The model names tables that are not in the database: {some(missing)}.",
            (),
            "The metrics over them. Correct the model (leadline check), or name another database.",
            "Metrics over the other tables are answered.",
        )
    ]
