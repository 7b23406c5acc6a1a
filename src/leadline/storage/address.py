"""Where our own database is: a URL or libpq keywords, taken apart into separate connection settings."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from leadline.core.errors import LeadlineError

DRIVER = "postgresql+psycopg://"
"""SQLAlchemy's name of the driver; everything else travels as separate connection settings."""


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
    return {"connect_timeout": 5, "application_name": "leadline", **given}
