"""No replication slot holds back the log for nobody, until the disk is full and the server stops."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

_IDLE = """
SELECT slot_name, wal_status, pg_size_pretty(held)
  FROM (SELECT slot_name::text, wal_status,
               pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                                    ELSE pg_current_wal_lsn() END, restart_lsn) AS held
          FROM pg_catalog.pg_replication_slots WHERE NOT active) AS idle
 ORDER BY held DESC NULLS LAST, 1
"""
_UNBOUNDED = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_replication_slots)
   AND current_setting('max_slot_wal_keep_size') = '-1'
"""
_KEEP = "10GB"


async def check(patient: Patient) -> list[Finding]:
    """Slots that nobody reads, and whether they may fill the disk."""
    found = [_idle(*row) for row in await patient.reader.ask(_IDLE)]
    if await patient.reader.value(_UNBOUNDED):
        found.append(_unbounded())
    return found


def _idle(name: str, status: str | None, held: str | None) -> Finding:
    literal = "'" + name.replace("'", "''") + "'"
    lost = status in ("lost", "unreserved")
    holds = f"and holds {held} of the log" if held else "and holds no log yet"
    return Finding(
        "error" if lost else "warning",
        f"Nobody reads the replication slot {name} {holds}" + (f" (it is {status})." if lost else "."),
        (f"SELECT pg_drop_replication_slot({literal});  -- if its reader does not come back",),
        "The log does not grow until the disk is full and the server stops.",
        "Everything, as long as there is room on the disk.",
    )


def _unbounded() -> Finding:
    return Finding(
        "warning",
        "max_slot_wal_keep_size is unlimited: a slot that nobody reads can fill the disk.",
        (f"ALTER SYSTEM SET max_slot_wal_keep_size = '{_KEEP}';", "SELECT pg_reload_conf();"),
        "A replica or a capture that stays away can never stop the primary.",
        "Everything, as long as every reader of a slot comes back in time.",
    )
