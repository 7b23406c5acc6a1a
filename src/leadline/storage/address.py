"""Where our own database is: a URL or libpq keywords, taken apart into separate connection settings."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from leadline.core.errors import LeadlineError

DRIVER = "postgresql+psycopg://"
"""SQLAlchemy's name of the driver; everything else travels as separate connection settings."""

_KNOWN = frozenset(
    {"host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "connect_timeout"}
)
"""Not among them: what makes the driver read files and services of this machine, or send options."""


def connection_settings(url: str) -> dict[str, Any]:
    """The settings that `url` names (`postgresql://…` or `host=… dbname=…`), with short time limits.

    Raises `state_unavailable` where it cannot be read, without the text itself: it may hold a password.
    """
    try:
        given = dict(conninfo_to_dict(url))
    except ProgrammingError:
        raise LeadlineError(
            "state_unavailable",
            "The address of our own database cannot be read.",
            "Set LEADLINE_STATE_URL to postgresql://user:password@host:port/database.",
        ) from None
    if given.keys() - _KNOWN:
        unknown = ", ".join(sorted(given.keys() - _KNOWN))
        why = f"The address of our own database has settings that it may not have: {unknown}."
        raise LeadlineError("state_unavailable", why, f"Use only {', '.join(sorted(_KNOWN))}.")
    return {"connect_timeout": 5, "application_name": "leadline", **given}
