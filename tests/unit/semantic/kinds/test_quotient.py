"""Quotients are exact: nothing of them passes through a floating-point number."""

from __future__ import annotations

from sqlglot import exp

from leadline.semantic.kinds.base import quotient


def test_a_quotient_stays_numeric() -> None:
    sql = quotient(exp.column("a"), exp.column("b")).sql(dialect="postgres")

    assert "DOUBLE" not in sql
    assert "NULLIF" in sql
