"""What the reference lists under "Later" and can be spelled at all: refused with the way round."""

from __future__ import annotations

import re

from leadline.planner.json_reader import Node

_WORKING_DAYS = re.compile(r"(working|business|work)[ _]?days?")
EXISTS = "exists"
"""The key by which a filter would ask for another fact."""


def refuse_working_days(node: Node) -> None:
    """`not_supported` for a preset, shift or pace in working days."""
    if isinstance(node.value, str) and _WORKING_DAYS.search(node.value[:80]):
        raise node.fail(
            "Working days are not answered yet.",
            "Ask by day, and filter by the weekday of a time (`deals.closed_at.weekday`, 1 to 5).",
            "not_supported",
        )


def refuse_exists(node: Node) -> None:
    """`not_supported` for a filter by the existence of another fact."""
    if isinstance(node.value, dict) and EXISTS in node.value:
        raise node.fail(
            "Filters by the existence of another fact are not answered yet.",
            "Ask the other fact as a metric beside this one, and use having.",
            "not_supported",
        )
