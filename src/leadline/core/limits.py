"""The first and the last day that can be told: a question that needs others is refused, not a bug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from leadline.core.errors import LeadlineError

_BEYOND = re.compile(r"year -?\d+ is out of range|ordinal must be|date value out of range")
"""What the standard library says of days before the year 1 or after 9999, where it is no OverflowError."""


@contextmanager
def within_the_calendar(at: str = "/time/range") -> Iterator[None]:
    """Turns arithmetic beyond the years 1 to 9999 into `bad_range`; any other error passes."""
    try:
        yield
    except OverflowError:
        raise _beyond(at) from None
    except ValueError as error:
        if not _BEYOND.search(str(error)):
            raise
        raise _beyond(at) from None


def _beyond(at: str) -> LeadlineError:
    why = "This needs days before the year 1 or after the year 9999."
    return LeadlineError("bad_range", why, "Ask a range further from there, or a finer grain.", at)
