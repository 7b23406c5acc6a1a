"""The aggregations, one per file, found by folder: `aggregation("sum")`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from leadline.semantic.aggregations.base import Aggregation


@cache
def registry() -> dict[str, Aggregation]:
    """Every aggregation by its name in a model."""
    found: dict[str, Aggregation] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name != "base":
            one = importlib.import_module(f"{__name__}.{module.name}").AGGREGATION
            found[one.name] = one
    return found


def aggregation(name: str) -> Aggregation:
    """The aggregation of a checked measure."""
    return registry()[name]
