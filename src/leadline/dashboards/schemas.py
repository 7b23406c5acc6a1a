"""A dashboard as a value. The format: `docs/reference/dashboard.md`, `schemas/dashboard.schema.json`.

Queries stay JSON here; the planner says what they may be.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from leadline.dashboards.tile_types import TILE_TYPES

GrainName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,19}$")]
Preset = Annotated[str, Field(pattern=r"^[a-z0-9_]{3,40}$")]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=1000)]
CompareChoice = Literal["previous_period", "previous_year", "both", "none"]
Option = str | bool | int


class Part(BaseModel):
    """Frozen and closed: an unknown key is an error, and nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Range(Part):
    """Either a preset, or bounds (`from <= t < to`)."""

    preset: Preset | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class BarFilter(Part):
    """One filter that the bar offers. Its values are listed by asking `metric` by `field`."""

    field: Line
    label: Line
    metric: Line


class Bar(Part):
    """What governs all tiles: the range for queries without one, the comparison, and filters."""

    range: Range = Range(preset="month_to_date")
    ranges: tuple[Preset, ...] = Field(default=(), strict=False, max_length=50)
    compare: CompareChoice = "previous_period"
    filters: tuple[BarFilter, ...] = Field(default=(), strict=False, max_length=20)


class Switch(Part):
    """What a viewer may change in a tile: the grain of its query `main` (the first is the default)."""

    grain: tuple[GrainName, ...] = Field(strict=False, min_length=1, max_length=10)


class Tile(Part):
    """One tile: queries by name (every type has `main`) and how they are drawn."""

    id: Id
    type: str = Field(json_schema_extra={"enum": [*sorted(TILE_TYPES)]})
    title: Line
    about: Note | None = None
    width: int = Field(default=12, ge=1, le=12, description="Of 12 columns")
    height: int | None = Field(default=None, ge=1, le=40, description="Rows of 40 px; else by the type")
    compare: bool = Field(default=True, description="Whether the bar's comparison is added to `main`")
    filter: bool = Field(default=True, description="Whether the bar's filters are added")
    queries: dict[str, dict[str, Any]]
    switch: Switch | None = None
    options: dict[str, Option] = {}


class Section(Part):
    """Tiles on one sheet."""

    title: Line | None = None
    about: Note | None = None
    tiles: tuple[Tile, ...] = Field(strict=False, min_length=1, max_length=100)


class Document(Part):
    """One dashboard."""

    leadline: Literal[1]
    dashboard: Id
    title: Line
    home: bool = False
    about: Note | None = None
    bar: Bar = Bar()
    sections: tuple[Section, ...] = Field(strict=False, min_length=1, max_length=50)

    def to_json(self) -> dict[str, Any]:
        """The document with its defaults filled in."""
        return self.model_dump(mode="json", by_alias=True, exclude={"leadline"}) | {"bar": self._bar()}

    def _bar(self) -> dict[str, Any]:
        """A range without the bounds that it does not have: it is put into queries as it is."""
        return self.bar.model_dump(mode="json", by_alias=True) | {"range": range_json(self.bar.range)}


def range_json(span: Range) -> dict[str, Any]:
    """A range as a query writes it."""
    return span.model_dump(mode="json", by_alias=True, exclude_none=True)
