"""The replicas follow, and let long questions end."""

from __future__ import annotations

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient, Server

_FACTS = "SELECT pg_is_in_recovery(), current_setting('hot_standby_feedback')::boolean"


async def check(patient: Patient) -> list[Finding]:
    """Replicas that do not answer, do not follow, or cancel what they are asked."""
    found = [_silent(name, why) for name, why in (patient.silent or {}).items()]
    for one in patient.replicas:
        found += await _of(one)
    return found


async def _of(server: Server) -> list[Finding]:
    [(standby, feedback)] = await server.ask(_FACTS)
    if not standby:
        return [_no_replica(server)]
    return [] if feedback else [_no_feedback(server)]


def _silent(name: str, why: str) -> Finding:
    return Finding(
        "warning",
        f"{name} does not answer: {why}",
        (),
        "Reads are spread over it.",
        "The other servers answer.",
    )


def _no_replica(server: Server) -> Finding:
    return Finding(
        "warning",
        f"{server.name} at {server.login.place} is no replica: it takes writes of its own.",
        (),
        "Reads are spread over it, once it follows the primary again.",
        "It is left out where another server was promoted since; else it may be taken for the primary.",
    )


def _no_feedback(server: Server) -> Finding:
    return Finding(
        "advice",
        f"hot_standby_feedback is off on {server.name} ({server.login.place}).",
        (
            "ALTER SYSTEM SET hot_standby_feedback = on;  -- on the replica",
            "SELECT pg_reload_conf();",
        ),
        "The replica is not made to cancel questions because the primary cleaned up their rows.",
        "A cancelled question is asked once more, of the primary.",
    )
