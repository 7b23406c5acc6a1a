"""A connection for writing to the demo source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection

from leadline.core.errors import LeadlineError


@contextmanager
def connected(dsn: str) -> Iterator[Connection]:
    """An autocommit connection in UTC; `source_unavailable` if there is none or it breaks."""
    try:
        with psycopg.connect(
            dsn, autocommit=True, connect_timeout=10, options="-c timezone=UTC"
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise LeadlineError(
            "source_unavailable",
            f"the source cannot be reached: {str(error).strip().splitlines()[0]}",
            "Check that it runs and that the address is right.",
        ) from error
