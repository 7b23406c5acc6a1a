"""A Result (JSON) on the terminal: a table for people, CSV with raw values, and how it came about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_NUMBERS = ("integer", "decimal")
_DAY = "%Y-%m-%d"
_BUCKET_FORMATS = {"day": _DAY, "week": _DAY, "month": "%Y-%m", "year": "%Y"}
_BY_FIRST_DAY = ("fiscal_", "retail_")
_MARKS = (
    ("partial_rows", "*", "not over yet, or cut by the range"),
    ("immature_rows", "~", "may still convert"),
)
_SHORTEST = 2
_LONGEST = 6
_PIPE_WIDTH = 4_000

Json = Mapping[str, Any]


def as_csv(result: Json) -> str:
    """Names, then rows; values as they travel, missing ones empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column["name"] for column in result["columns"]])
    writer.writerows(_rows(result))
    return out.getvalue()


def as_table(result: Json) -> Table:
    """Labels, rows and totals; numbers to the right, with separators."""
    columns = result["columns"]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        right = column["type"] in _NUMBERS
        table.add_column(Text(column["label"]), justify="right" if right else "left", overflow="fold")
    for place, row in enumerate(_rows(result)):
        cells = [_cell(column, value) for column, value in zip(columns, row, strict=True)]
        table.add_row(*map(Text, [cells[0] + _marks(result, place), *cells[1:]]))
    totals = result.get("totals")
    if totals:
        table.add_section()
        sums = [_total(column, totals) for column in columns]
        table.add_row(*map(Text, [sums[0] or "Total", *sums[1:]]), style="bold")
    return table


def _marks(result: Json, place: int) -> str:
    return "".join(mark for name, mark, _ in _MARKS if place in (result.get(name) or ()))


def console() -> Console:
    """Standard output; where it is no terminal, lines may be as long as they are."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=_PIPE_WIDTH)


def show(result: Json) -> None:
    """The table and a line about its age."""
    out = console()
    out.print(as_table(result))
    more = ", more rows were left out (limit)" if result["truncated"] else ""
    rows = "1 row" if result["rows"] == 1 else f"{result['rows']} rows"
    out.print(f"{rows}, as of {result['as_of']}{more}", style="dim")
    for name, mark, meaning in _MARKS:
        if result.get(name):
            out.print(f"{mark} {meaning}", style="dim")


def served(result: Json) -> Iterator[str]:
    """How this answer was served: its range, layer, node, and times."""
    span, by, ms = result["range"], result["served_by"], result["ms"]
    if span:
        yield f"range     {span['from'] or '…'} to {span['to'] or '…'} ({span['zone']})"
    lag = "" if by["lag_ms"] is None else f", {by['lag_ms']} ms behind"
    rollup = f" {by['rollup']}" if by["rollup"] else ""
    yield f"served by {by['layer']}{rollup} on {by['node']}{lag}, cache {by['cache']}"
    yield "ms        " + ", ".join(f"{step} {value:g}" for step, value in ms.items())


def _rows(result: Json) -> Iterator[Sequence[Any]]:
    return zip(*result["data"], strict=True)


def _total(column: Json, totals: Json) -> str:
    return _cell(column, totals[column["name"]]) if column["name"] in totals else ""


def _cell(column: Json, value: Any) -> str:
    if value is None:
        return ""
    if column["type"] in _NUMBERS:
        return _number(column, str(value))
    if column["type"] == "time" and column.get("grain"):
        return _bucket(column["grain"], datetime.fromisoformat(value))
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))


def _bucket(grain: str, start: datetime) -> str:
    """A bucket by its name; those of a fiscal or retail calendar by their first day."""
    if grain == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    if grain.startswith(_BY_FIRST_DAY):
        return start.strftime(_DAY)
    return start.strftime(_BUCKET_FORMATS[grain]) if grain in _BUCKET_FORMATS else start.isoformat()


def _number(column: Json, text: str) -> str:
    """Separators of thousands; of many digits after the point only as many as tell something."""
    number = Decimal(text)
    if column.get("unit") == "percent" or column.get("as") in ("percent", "share"):
        return f"{number * 100:,.2f} %"
    if column["type"] == "integer":
        return f"{number:,.0f}"
    scale = column.get("scale") or 0
    return f"{number:,.{min(scale, _SHORTEST if scale > _LONGEST else scale)}f}"
