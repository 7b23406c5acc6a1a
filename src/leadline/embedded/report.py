"""An error as its user sees it: one line, or one JSON object where programs read."""

from __future__ import annotations

import json
import sys

from leadline.core.errors import LeadlineError


def report(error: LeadlineError, as_json: bool) -> None:
    """Writes it to standard error."""
    sys.stderr.write((json.dumps(error.to_json()) if as_json else line(error)) + "\n")


def line(error: LeadlineError) -> str:
    """Code, cause, place and way out in one line."""
    place = f" ({error.at})" if error.at else ""
    fix = f" Fix: {error.fix}" if error.fix else ""
    return " ".join(f"leadline: {error.code}: {error.why}{place}{fix}".split())
