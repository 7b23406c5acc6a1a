"""A Result on the terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from leadline.cli.answers import as_csv, as_table, served

RESULT: dict[str, Any] = {
    "columns": [
        {"name": "time", "type": "time", "label": "Month", "grain": "month"},
        {"name": "rep.name", "type": "text", "label": "Name"},
        {"name": "revenue", "type": "decimal", "label": "Revenue", "scale": 2, "unit": "USD"},
        {"name": "win_rate", "type": "decimal", "label": "Win rate", "scale": 10, "unit": "percent"},
        {"name": "days", "type": "decimal", "label": "Days", "scale": 10},
        {"name": "sales", "type": "integer", "label": "Sales"},
    ],
    "data": [
        ["2026-03-01T00:00:00-06:00", None],
        ["[red]Ann\x1b[2J", "Bob"],
        ["1234567.50", None],
        ["0.6315000000", "0.0000000000"],
        ["51.7800000000", "1.0000000000"],
        [12345, 0],
    ],
    "rows": 2,
    "totals": {"revenue": "1.00", "win_rate": None, "days": "2.0000000000", "sales": "9007199254740993"},
    "as_of": "2026-05-31T23:59:59.999-05:00",
    "truncated": True,
    "range": {"from": None, "to": "2026-06-01T00:00:00-05:00", "zone": "America/Chicago", "partial": True},
    "served_by": {"cache": "miss", "layer": "rollup", "rollup": "daily", "node": "replica-1", "lag_ms": 3},
    "ms": {"plan": 0.1, "total": 3.9},
}


def _printed(result: dict[str, Any] = RESULT) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(as_table(result))
    return out.getvalue().splitlines()


def test_the_table_is_for_people() -> None:
    head, first, second, *_, totals = [line.split("  ") for line in _printed()]
    assert [cell.strip() for cell in head if cell.strip()] == [
        "Month", "Name", "Revenue", "Win rate", "Days", "Sales"
    ]  # fmt: skip
    assert [cell.strip() for cell in first if cell.strip()] == [
        "2026-03", "[red]Ann\\x1b[2J", "1,234,567.50", "63.15 %", "51.78", "12,345"
    ]  # fmt: skip
    assert [cell.strip() for cell in second if cell.strip()] == ["Bob", "0.00 %", "1.00", "0"]
    assert totals[-1].strip() == "9,007,199,254,740,993"


def test_what_is_not_over_is_marked_and_sums_are_named() -> None:
    quarter = {"name": "time", "type": "time", "label": "Quarter", "grain": "quarter"}
    result = RESULT | {
        "columns": [quarter, *RESULT["columns"][1:]],
        "partial_rows": [0],
        "immature_rows": [0],
    }
    _, first, second, *_, totals = _printed(result)
    assert first.startswith("2026-Q1*~ ")
    assert "*" not in second
    assert totals.startswith("Total ")


def test_csv_is_raw() -> None:
    assert as_csv(RESULT).splitlines() == [
        "time,rep.name,revenue,win_rate,days,sales",
        "2026-03-01T00:00:00-06:00,[red]Ann\x1b[2J,1234567.50,0.6315000000,51.7800000000,12345",
        ",Bob,,0.0000000000,1.0000000000,0",
    ]


def test_how_it_was_served_names_layer_node_and_times() -> None:
    assert list(served(RESULT)) == [
        "range     … to 2026-06-01T00:00:00-05:00 (America/Chicago)",
        "served by rollup daily on replica-1, 3 ms behind, cache miss",
        "ms        plan 0.1, total 3.9",
    ]
