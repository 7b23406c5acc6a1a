"""The checks of a model, one file each, found by folder: `check(model, schema)` gives what all find."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, in_order
from leadline.semantic.loader.load import Loaded
from leadline.semantic.model import Model

Check = Callable[[Model, SourceSchema | None], Iterable[Issue]]


@cache
def registry() -> tuple[Check, ...]:
    """The `check` of every module of this folder; `data` has none, its statements need a database."""
    modules = (importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    return tuple(module.check for module in modules if module.__name__ != f"{__name__}.data")


def check(model: Model, schema: SourceSchema | None = None) -> tuple[Issue, ...]:
    """All that is wrong or doubtful in a model, by file and line.

    Without `schema` columns and types are taken for granted.
    """
    return in_order([issue for one in registry() for issue in one(model, schema)])


def check_loaded(loaded: Loaded, schema: SourceSchema | None = None) -> tuple[Issue, ...]:
    """The loader's issues and those of the checks, over what could be loaded.

    What refers to a part that was left out for its own mistake is not reported a second time.
    """
    if loaded.partial is None:
        return loaded.issues
    found = [issue for issue in check(loaded.partial, schema) if not _follows(issue, loaded.left_out)]
    return in_order([*loaded.issues, *found])


def _follows(issue: Issue, left_out: frozenset[str]) -> bool:
    words = issue.why.replace(".", " ").replace(",", " ").replace(":", " ").split()
    return any(word in left_out for word in words)
