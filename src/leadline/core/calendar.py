"""The calendar of a model: its zone, when weeks and fiscal years begin, and the retail pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RetailPattern = Literal["4-5-4", "4-4-5", "5-4-4"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """`zone`: IANA name. `week_start`: 1 (Monday) to 7. `fiscal_year_start`: a month from 1."""

    zone: str = "UTC"
    week_start: int = 1
    fiscal_year_start: int = 1
    retail: RetailPattern | None = None
