"""The model of a scenario: the shipped pack, its overview cut to the twelve tiles of the promise."""

from __future__ import annotations

import shutil
from pathlib import Path

from ruamel.yaml import YAML

from leadline.settings import default_model_dir

DASHBOARD = "executive"
TILES = 12
_RULES = """
row_rules:
  area:
    when: "viewer.job = 'area'"
    rows:
      deals: "rep.region = viewer.area"
      leads: "rep.region = viewer.area"
      appointments: "rep.region = viewer.area"
      reps: "region = viewer.area"
"""
AREAS = ("East", "Central", "West")
"""The three scopes: each viewer sees the rows of one region."""


def write(folder: Path, *, rules: bool) -> Path:
    """Writes the model into a new `folder`. With `rules`, viewers see their own region only."""
    shutil.copytree(default_model_dir(), folder)
    if rules:
        with next(folder.glob("*.yaml")).open("a", encoding="utf-8") as file:
            file.write(_RULES)
    yaml, document = YAML(), folder / "dashboards" / f"{DASHBOARD}.yaml"
    content = yaml.load(document)
    content["sections"] = _first(content["sections"])
    with document.open("w", encoding="utf-8") as out:
        yaml.dump(content, out)
    return folder


def _first(sections: list[dict[str, list[object]]]) -> list[dict[str, list[object]]]:
    """The sections as far as the twelfth tile."""
    kept: list[dict[str, list[object]]] = []
    for section in sections:
        left = TILES - sum(len(one["tiles"]) for one in kept)
        if left > 0:
            kept.append({**section, "tiles": section["tiles"][:left]})
    return kept
