"""A model file or folder -> a model, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from leadline.semantic.fingerprint import fingerprint
from leadline.semantic.issues import Issue, in_order
from leadline.semantic.loader.explicit import explicit
from leadline.semantic.loader.files import Merged, read_all
from leadline.semantic.loader.format.base import Spot
from leadline.semantic.loader.format.top import ModelFormat
from leadline.semantic.loader.problems import UNKNOWN_KEY, issue_of, without
from leadline.semantic.loader.yaml12 import YamlPath
from leadline.semantic.model import Model, Place

_ROUNDS = 8
"""How often wrong parts are left out before going on is given up."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a model folder holds. `model` is None where there is an error among the issues.

    `partial`: what can be checked all the same, without the wrong parts; `left_out`: their names.
    """

    model: Model | None
    issues: tuple[Issue, ...]
    partial: Model | None = None
    left_out: frozenset[str] = frozenset()


def load(path: Path) -> Loaded:
    """The model at a file, or in every `*.yaml` and `*.yml` directly in a folder.

    Raises nothing for what the files hold; a path that is neither is among the issues.
    """
    merged = read_all(path)
    if merged.data is None:
        return Loaded(None, in_order(list(merged.issues)))
    top = Spot(merged.place)
    found = _errors(merged.data)
    issues = [*merged.issues, *(issue_of(one, merged.data, top) for one in found)]
    whole = None if issues else _built(ModelFormat.model_validate(merged.data), top, merged.places)
    if whole is not None:
        return Loaded(whole, (), whole)
    partial, left_out = _partial(merged, top)
    return Loaded(None, in_order(issues), partial, left_out)


def _errors(data: Any) -> list[Mapping[str, Any]]:
    try:
        ModelFormat.model_validate(data)
    except ValidationError as failure:
        return [dict(one) for one in failure.errors(include_url=False)]
    return []


def _built(form: ModelFormat, top: Spot, places: Mapping[YamlPath, Place]) -> Model:
    model = explicit(replace(form.build(top), places=dict(places)))
    return replace(model, fingerprint=fingerprint(model))


def _partial(merged: Merged, top: Spot) -> tuple[Model | None, frozenset[str]]:
    """The model without its wrong parts, so that mistakes of another sort are reported in the same run."""
    data = deepcopy(merged.data)
    left_out: set[str | int] = set()
    for _ in range(_ROUNDS):
        found = _errors(data)
        if not found:
            return _built(ModelFormat.model_validate(data), top, merged.places), frozenset(map(str, left_out))
        for path, only_key in [(without(one, data), one["type"] == UNKNOWN_KEY) for one in found]:
            left_out.update(() if only_key else path[-1:])  # what had a wrong key is still there
            _remove(data, path)
        if isinstance(data, dict):
            data.setdefault("leadline", 1)
            data.setdefault("source", "unknown")
    return None, frozenset(map(str, left_out))


def _remove(data: Any, path: YamlPath) -> None:
    """Takes out the key at the path, unless something above it has been taken out already."""
    for part in path[:-1]:
        data = data.get(part) if isinstance(data, dict) else None
    if isinstance(data, dict) and path:
        data.pop(path[-1], None)
