"""The functions and operators of expressions: what the modules of this folder list in `ENTRIES`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from leadline.semantic.expressions.functions.base import Function, Node

_HELPERS = frozenset(("base", "kinds"))


@cache
def entries() -> dict[type[Node], Function]:
    """Every entry by the class of its node."""
    found: dict[type[Node], Function] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name not in _HELPERS:
            listed = importlib.import_module(f"{__name__}.{module.name}").ENTRIES
            found.update({entry.node: entry for entry in listed})
    return found


@cache
def called() -> frozenset[str]:
    """The names that may stand before a bracket."""
    return frozenset(entry.name for entry in entries().values() if entry.called)
