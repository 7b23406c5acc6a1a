"""How an answer came about, line by line."""

from __future__ import annotations

from typing import Any

from leadline.cli.explanations import explanation, pretty

TOLD: dict[str, Any] = {
    "definition": [
        {"column": "revenue", "kind": "simple", "definition": "deals.won_amount", "time": "deals.closed_at",
         "measures": {"deals.won_amount": "sum of amount where status = 'won'"}, "filter": None},
        {"column": "revenue:previous_year", "definition": "value of revenue beside previous year"},
    ],
    "rollups": [
        {"name": "daily", "used": True, "reason": None, "detail": "it answers exactly, and cheapest"},
        {"name": "hourly", "used": False, "reason": "stale", "detail": "Its tables changed."},
    ],
    "rules": ["own"],
    "scope": "0123456789abcdef",
    "cache": {"state": "stale", "age": 1.5, "key": "k" * 40, "live_key": "l" * 40},
    "ms": {"plan": 0.5, "total": 3.0},
    "part": "rows",
    "sql": "SELECT a, 100 %% 7 FROM t WHERE b = CAST(%(p0)s AS text)",
    "params": {"p0": "viewer.email", "p1": [1, 2, 3, 4, 5]},
    "plan": ["Seq Scan on t", "  Filter: (b = viewer.email)"],
    "more": [],
}  # fmt: skip


def test_it_is_told_line_by_line() -> None:
    lines = list(explanation(TOLD))
    assert lines[:9] == [
        "column    revenue (simple): deals.won_amount",
        "          deals.won_amount: sum of amount where status = 'won'",
        "          time: deals.closed_at",
        "column    revenue:previous_year: value of revenue beside previous year",
        "used      daily: it answers exactly, and cheapest",
        "not used  hourly: stale. Its tables changed.",
        "rules     own (scope 0123456789ab)",
        f"cache     stale, 1.5 s old (key {'k' * 12}, live key {'l' * 12})",
        "steps     plan 0.5, total 3 ms",
    ]
    assert lines[-4:-2] == ["-- p0 = viewer.email", "-- p1 = [1, … 3 more …, 5]"]
    assert lines[-2:] == TOLD["plan"]


def test_a_statement_that_may_not_be_seen_is_left_out() -> None:
    lines = list(explanation({**TOLD, "sql": None, "params": None, "plan": None}))
    assert not any("SELECT" in line or line.startswith("--") for line in lines)


def test_statements_are_broken_into_lines() -> None:
    made = pretty(TOLD["sql"])
    assert len(made.splitlines()) > 4 and "100 % 7" in made and "%(p0)s" in made
    assert pretty("this is (no SQL") == "this is (no SQL"
