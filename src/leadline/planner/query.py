"""The question as one frozen value. Grammar: `docs/reference/query.md`.

`parse.py` makes it from JSON; nothing later reads request parameters. `viewer` and `now` are fields of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leadline.core.grain import Step
from leadline.core.ranges import RangeSpec
from leadline.core.viewer import Viewer

Scalar = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Dim:
    """A dimension to group by. `all`: every member, with or without facts."""

    field: str
    all: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """When: `by` another time field, in buckets of `grain`, over `range`, in `zone` (None: the model's)."""

    by: str | None = None
    grain: str | None = None
    range: RangeSpec | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One condition on one field. `at` is its JSON pointer, for errors; it is no part of its identity."""

    field: str
    op: str
    values: tuple[Scalar, ...] = ()
    range: RangeSpec | None = None
    at: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one holds."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold (rows without a value are kept)."""

    filter: Filter


Filter = Compared | AnyOf | AllOf | Not


def leaves(one: Filter) -> Iterator[Compared]:
    """The conditions in a filter, however deep."""
    if isinstance(one, Compared):
        yield one
    elif isinstance(one, Not):
        yield from leaves(one.filter)
    else:
        for inner in one.filters:
            yield from leaves(inner)


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison. `to`: `previous_*`, `shift`, `range`, `target` or `total`.

    `as_`: value, change, percent or share. `cut` False: with the whole of an earlier period. `shift` is the
    move of `to: shift`, its text as asked in `shown` ("28 days"); `range` that of `to: range`.
    """

    to: str
    as_: str = "value"
    align: str | None = None
    cut: bool = True
    pace: str | None = None
    shift: Step | None = None
    shown: str = ""
    range: RangeSpec | None = None
    at: str = dataclasses.field(default="", compare=False)

    @property
    def suffix(self) -> str:
        """What a column's name has behind the metric's: `previous_year:weekday:percent`."""
        moved = self.shown.replace(" ", "_") or None
        parts = [self.to, moved, self.align, self.pace, None if self.cut else "whole"]
        shown = None if self.as_ == "value" else self.as_
        return ":".join(part for part in [*parts, shown] if part)


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth over `periods` buckets: `kind` is `compound` or `rolling`."""

    kind: str
    periods: int
    at: str = dataclasses.field(default="", compare=False)

    @property
    def suffix(self) -> str:
        """What a column's name has behind the metric's: `compound:12`."""
        return f"{self.kind}:{self.periods}"


Comparison = Compare | Growth


@dataclass(frozen=True, slots=True)
class Top:
    """The first `n` members of `of` (the first dimension), within each member of `per`, by the column `by`.

    `other`: the members left out become one.
    """

    n: int
    by: str | None = None
    of: str | None = None
    per: str | None = None
    other: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key: a column's name."""

    by: str
    desc: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One question of one viewer at one moment.

    `as_of`: what now is, an aware instant (the question's own: `fixed`; else the end of the running minute).
    It is set by whoever parses; `viewer` likewise. `having` names columns of the answer, `subtotals` the
    dimensions of each group of sums (empty: of all rows), beside the one row of `totals`.
    """

    metrics: tuple[str, ...]
    viewer: Viewer
    as_of: datetime
    fixed: bool = False
    dimensions: tuple[Dim, ...] = ()
    time: Time = Time()
    filters: tuple[Filter, ...] = ()
    compare: tuple[Comparison, ...] = ()
    having: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    top: Top | None = None
    totals: bool = False
    subtotals: tuple[tuple[str, ...], ...] = ()
    limit: int = 10_000
    offset: int = 0


def value_columns(query: Query) -> tuple[str, ...]:
    """The names of the answer's columns of values: each metric, followed by its comparisons.

    `having` and `top.by` name these, `sort` also `time` and the dimensions as asked.
    """
    suffixes = ["", *(f":{one.suffix}" for one in query.compare)]
    return tuple(f"{metric}{suffix}" for metric in query.metrics for suffix in suffixes)


def ranked_by(query: Query) -> Sort:
    """By what `top` ranks: its `by`, else the first sort key that is a value, else the first metric.

    The members with the largest values come first, whichever way the rows are sorted.
    """
    values = value_columns(query)
    asked = [query.top.by] if query.top else []
    asked += [one.by for one in query.sort if one.by in values]
    return Sort(next(name for name in [*asked, values[0]] if name is not None), desc=True)
