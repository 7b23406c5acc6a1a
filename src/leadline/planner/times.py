"""Instants and ranges as JSON."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.zones import Bound, iso


def range_json(start: Bound | None, end: Bound | None, zone: ZoneInfo) -> dict[str, Any]:
    """`{"from", "to", "zone"}` with null for an open end."""
    return {
        "from": iso(start.instant, zone) if start else None,
        "to": iso(end.instant, zone) if end else None,
        "zone": zone.key,
    }
