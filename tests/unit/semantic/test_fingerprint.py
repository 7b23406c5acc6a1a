"""One meaning, one fingerprint; another meaning, another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leadline.semantic.loader import Loaded

LoadText = Callable[[str], Loaded]

TEXT = """leadline: 1
source: crm
datasets:
  deals:
    table: public.deals
    key: [id]
    dimensions: {stage: {column: stage, order: [a, b]}, closed_at: {column: closed_at, type: time}}
    measures:
      won: {count: rows, where: "status = 'won' and amount > 5", time: closed_at}
      value: {sum: amount * probability}
metrics:
  sales: {measure: deals.won, unit: currency}
  twice: {derived: "sales * 2"}
rollups:
  r: {dataset: deals, time: {closed_at: day}, measures: [won], refresh: {every: 5m}}
row_rules: {a: {when: "viewer.job = 'x'", rows: "stage = viewer.name"}}
"""
OTHERWISE = """
# the same in other words
source: crm
row_rules:
  a:
    rows: (stage) = viewer.name
    when: "viewer.job='x'"
metrics:
  twice: {derived: sales*2}
  sales:
    unit: currency
    measure: deals.won
rollups:
  r: {dataset: deals, refresh: {every: 300s}, measures: [won], time: {closed_at: day}}
datasets:
  deals:
    measures:
      value: {sum: "amount*(probability)"}
      won: {time: closed_at, count: rows, where: "AMOUNT > 5 and STATUS = 'won'"}
    table: deals
    key: [id]
    dimensions:
      closed_at: {type: time, column: closed_at, label: Closed at}
      stage: {order: ["a", 'b'], column: stage}
leadline: 1
""".replace("AMOUNT", "amount").replace("STATUS", "status")


def of(load_text: LoadText, text: str) -> str:
    """The fingerprint of a model's text."""
    model = load_text(text).model
    assert model is not None
    return model.fingerprint


def test_order_spelling_comments_and_defaults_do_not_count(load_text: LoadText) -> None:
    assert of(load_text, TEXT) == of(load_text, OTHERWISE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("amount > 5", "amount > 6"),
        ("amount > 5", "amount >= 5"),
        ("count: rows", "count: amount"),
        ("[a, b]", "[b, a]"),
        ("public.deals", "other.deals"),
        ("time: closed_at}", "time: opened_at}"),
        ("unit: currency", "unit: percent"),
        ("unit: currency", "unit: currency, label: Deals"),
        ("every: 5m", "every: 6m"),
        ("source: crm", "source: erp"),
        ("sales * 2", "sales * 3"),
        ("stage = viewer.name", "stage = viewer.email"),
        ("leadline: 1", "leadline: 1\ncalendar: {week_start: sunday}"),
    ],
)
def test_every_other_meaning_counts(load_text: LoadText, before: str, after: str) -> None:
    assert before in TEXT
    assert of(load_text, TEXT) != of(load_text, TEXT.replace(before, after))
