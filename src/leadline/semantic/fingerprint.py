"""The hash of a model's meaning: equal for models that differ only in order, spelling and comments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from leadline.semantic.expressions.tree import Expression
from leadline.semantic.model import Model

_PLACES = frozenset(("place", "places"))
VERSION = "m1"
"""Changes when the same model comes to mean something else."""


def fingerprint(model: Model) -> str:
    """32 hexadecimal digits, behind the version of this computation."""
    text = json.dumps(_plain(replace(model, fingerprint="")), sort_keys=True, ensure_ascii=True)
    return f"{VERSION}-{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def _plain(value: Any) -> Any:
    """The value as JSON: expressions by their canonical text, and no places."""
    if isinstance(value, Expression):
        return value.canonical
    if is_dataclass(value):
        named = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _PLACES}
        return {"is": type(value).__name__} | {name: _plain(part) for name, part in named.items()}
    if isinstance(value, Mapping):
        return {str(key or ""): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
