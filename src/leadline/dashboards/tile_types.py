"""The types of tiles in one table: which queries and options each has. Drawing them is the page's matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TileType:
    """`queries`: the names besides `main`. `options`: name -> the words allowed."""

    about: str
    queries: frozenset[str] = frozenset()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


TILE_TYPES: Mapping[str, TileType] = {
    "number": TileType(
        "One metric with its comparisons, target and a sparkline (query `spark`).",
        frozenset({"spark"}),
        {"spark": ("bars", "line")},
    ),
    "series": TileType("A metric by bucket of time; `main` has a grain."),
    "flow": TileType(
        "Metrics as steps in order, with the share of the step before; `rate` and `by` are told beside it.",
        frozenset({"rate", "by"}),
    ),
    "ranking": TileType(
        "Members of one dimension by the first metric, with a quota bar where a target is compared; "
        "the columns of `more` stand beside it.",
        frozenset({"more"}),
    ),
    "stages": TileType("Count, value and weighted value by stage."),
    "bars": TileType("One metric by one dimension."),
    "table": TileType("Any result."),
}
