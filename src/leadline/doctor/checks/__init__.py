"""The checks of a source, one file each, found by folder; a file's name is the check's."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from functools import cache

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

Check = Callable[[Patient], Awaitable[Sequence[Finding]]]


@cache
def registry() -> dict[str, Check]:
    """The `check` of every module of this folder, by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").check for name in names}
