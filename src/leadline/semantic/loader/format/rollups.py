"""Rollups as written: what is stored, by which time and names, and when it is built anew."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Self

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from leadline.core.errors import LeadlineError
from leadline.core.grain import GRAINS
from leadline.semantic import model
from leadline.semantic.aggregations import registry
from leadline.semantic.expressions.parse import parse
from leadline.semantic.loader.format.base import (
    Column,
    Expr,
    FieldPath,
    Format,
    Name,
    Spot,
    Zone,
    only_one,
    wrong,
)
from leadline.semantic.model import Place

TIME = "time"
"""What a column of a rollup is made of when it is the bucket."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CALL = re.compile(r"\s*([a-z]+)\s*\((.*)\)\s*", re.DOTALL)
_INDEX = re.compile(r"\s*(\S+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


def _duration(value: str) -> str:
    found = re.fullmatch(r"([1-9][0-9]{0,5})\s*([smhd])", value)
    if found is None:
        raise wrong(f"{value!r} is no length of time", "Write 30s, 5m, 2h or 1d.")
    return value


def _cron(value: str) -> str:
    try:
        CronSim(value, datetime(2024, 1, 1))  # any moment will do: only the text is tried
    except CronSimError as failure:
        raise wrong(f"{value!r} is no cron text: {failure}", 'Write "0 * * * *" for every hour.') from None
    return value


def _grain(value: str) -> str:
    if value not in GRAINS:
        raise wrong(f"unknown grain {value!r}", f"Use one of {', '.join(GRAINS)}.")
    return value


def _index(value: str) -> str:
    if _INDEX.fullmatch(value) is None:
        raise wrong(f"{value!r} is no index", "Write a column of the rollup, and desc where wanted.")
    return value


Duration = Annotated[
    str, AfterValidator(_duration), WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d*\s*[smhd]$"})
]
Cron = Annotated[str, AfterValidator(_cron)]
Grain = Annotated[str, AfterValidator(_grain), WithJsonSchema({"enum": list(GRAINS)})]
Index = Annotated[str, AfterValidator(_index)]


def _stored(value: str) -> str:
    """`time`, a measure, a dimension's path, or an aggregation such as `avg(amount)`."""
    call = _CALL.fullmatch(value)
    if call is None:
        return value
    if call[1] not in registry():
        raise wrong(f"unknown aggregation {call[1]}", f"Use one of {', '.join(registry())}.")
    if not _is_all(call):
        _operand(call[2])
    return value


def _is_all(call: re.Match[str]) -> bool:
    return call[1] == "count" and call[2].strip() in ("rows", "*")


def _operand(text: str) -> object:
    try:
        return parse(text)
    except LeadlineError as error:
        raise wrong(error.why, error.fix, "bad_expression") from None


Stored = Annotated[str, AfterValidator(_stored)]


class Refresh(Format):
    """When a rollup is built anew."""

    every: Duration | None = Field(None, description="How often, such as 5m.")
    cron: Cron | None = Field(None, description="At which times, as a cron text, in `zone`.")
    zone: Zone | None = Field(None, description="The zone of the cron text; the model's by default.")
    on_change: bool = Field(False, description="Also when its tables have changed.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.every and self.cron:
            only_one({"every": self.every, "cron": self.cron}, "refresh")
        if self.zone and not self.cron:
            raise wrong("a zone without a cron text", "Give cron, or leave the zone out.")
        return self

    def build(self) -> model.Refresh:
        """The value."""
        every = float(self.every[:-1]) * _SECONDS[self.every[-1]] if self.every else None
        return model.Refresh(every, self.cron, self.zone, self.on_change)


_NEVER = Refresh.model_validate({})


class Rollup(Format):
    """A dataset stored pre-aggregated: the materialized view `leadline.<name>`."""

    dataset: Name = Field(description="The dataset that is aggregated.")
    time: dict[Column, Grain] | None = Field(
        None,
        min_length=1,
        max_length=1,
        description="Its time dimension: the grain of a bucket, in the model's zone.",
    )
    where: Expr | None = Field(None, description="Only rows of which this is true.")
    columns: dict[Name, Stored] | None = Field(
        None,
        min_length=1,
        description="Column: `time`, a measure, a dimension (over joins), or such as `avg(amount)`.",
    )
    by: dict[Name, FieldPath] | None = Field(
        None, description="Column: the dimension by which it is grouped."
    )
    measures: list[Name] | None = Field(None, min_length=1, description="The measures that are stored.")
    refresh: Refresh = Field(default=_NEVER, description="When it is built anew.")
    index: list[Index] = Field(
        default_factory=list, description="Columns of an index of its own: `date desc`."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        only_one({"columns": self.columns, "measures": self.measures}, "a rollup")
        if self.columns and self.by:
            raise wrong("a rollup has columns and by", "Put the dimensions among the columns.")
        return self

    def build(self, name: str, spot: Spot, measures: dict[str, model.Measure]) -> model.Rollup:
        """The value; `measures`: those of its dataset."""
        return model.Rollup(
            name,
            self.dataset,
            self._columns(spot, measures),
            spot.place,
            next(iter(self.time.items())) if self.time else None,
            self.where,
            self.refresh.build(),
            tuple(_index_of(text) for text in self.index),
        )

    def _columns(self, spot: Spot, measures: dict[str, model.Measure]) -> tuple[model.RollupColumn, ...]:
        if self.columns:
            places = spot / "columns"
            return tuple(
                _column(name, what, (places / name).place, measures) for name, what in self.columns.items()
            )
        time = [model.RollupColumn(next(iter(self.time)), time=True)] if self.time else []
        groups = [model.RollupColumn(name, dimension=path) for name, path in (self.by or {}).items()]
        place = (spot / "measures").place
        stored = [_column(name, name, place, measures) for name in self.measures or ()]
        return (*time, *groups, *stored)


def _column(name: str, what: str, place: Place, measures: dict[str, model.Measure]) -> model.RollupColumn:
    if what == TIME:
        return model.RollupColumn(name, time=True)
    if what in measures:
        return model.RollupColumn(name, measure=measures[what])
    call = _CALL.fullmatch(what)
    if call is None:
        return model.RollupColumn(name, dimension=what)
    operand = None if _is_all(call) else parse(call[2])
    return model.RollupColumn(name, measure=model.Measure(name, call[1], place, operand))


def _index_of(text: str) -> tuple[str, bool]:
    column, *direction = text.split()
    return column, [word.lower() for word in direction] == ["desc"]
