"""Rows of the demo company as lines for COPY, gathered table by table, with ids of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from leadline.embedded.demo.days import DAY, SECOND

COLUMNS = {
    "leads": "id, created_at, source, region, company, rep_id",
    "appointments": "id, lead_id, rep_id, booked_at, starts_at, status",
    "deals": (
        "id, lead_id, rep_id, source, product, status, stage, amount, probability, "
        "opened_at, closed_at, expected_close"
    ),
    "stage_history": "id, deal_id, stage, entered_at, amount, expected_close",
}
"""The tables in the order in which they are loaded, and the columns of a line."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
Cell = int | str | None


@lru_cache(maxsize=16384)
def day_text(day: int) -> str:
    """`2026-11-17` of an ordinal."""
    return date.fromordinal(day).isoformat()


def instant_text(at: int) -> str:
    """An instant as a timestamp with zone, in UTC."""
    days, rest = divmod(at, DAY)
    seconds, micros = divmod(rest, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{day_text(days + _EPOCH_DAY)} {hour:02}:{minute:02}:{second:02}.{micros:06}+00"


def cents_text(cents: int | None) -> str | None:
    """An amount with its two digits."""
    return None if cents is None else f"{cents // 100}.{cents % 100:02}"


def line(*cells: Cell) -> str:
    """One line of COPY's text format. The company's own texts hold nothing that needs escaping."""
    return "\t".join(["\\N" if cell is None else str(cell) for cell in cells]) + "\n"


@dataclass(slots=True)
class Rows:
    """Lines by table. `ids`: the last id given out in each."""

    ids: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, table: str, *cells: Cell) -> int:
        """Adds a row and says its id."""
        number = self.ids[table] + 1
        self.ids[table] = number
        self.lines[table].append(line(number, *cells))
        return number

    def take(self) -> dict[str, str]:
        """All lines so far as one text a table; they are gone afterwards."""
        texts = {table: "".join(lines) for table, lines in self.lines.items()}
        for lines in self.lines.values():
            lines.clear()
        return texts

    def __len__(self) -> int:
        return sum(len(lines) for lines in self.lines.values())
