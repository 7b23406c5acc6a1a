"""The shipped model, loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from leadline.semantic.loader import load
from leadline.semantic.model import Model

REPOSITORY = Path(__file__).parents[2]
SALES = REPOSITORY / "models" / "sales"


@cache
def sales_model() -> Model:
    """`models/sales`."""
    model = load(SALES).model
    assert model is not None
    return model
