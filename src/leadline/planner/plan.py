"""How a question will be answered: statements, the columns they give, and what was chosen and why.

Made by `planner.make_plan`, executed by the engine, read back by `planner.read_answer`. A plain value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from leadline.core.ranges import Moment, Span
from leadline.core.result import Column, Rejection
from leadline.planner.query import Query


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT in the source's dialect with psycopg's named placeholders (`%(p0)s`) and their values.

    `origins`: whence a value comes that is no part of the question (`viewer.email`), by its name.
    """

    sql: str
    params: Mapping[str, Any]
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RollupState:
    """What is known of a rollup *in the snapshot that will be read*.

    `usable`: built for the model's present definition. `stale`: its tables changed since its refresh, nobody
    knows where. `touched`: the stored buckets (as its time column names them; None: rows without a time) that
    changed since, where that is known. `version` grows with every refresh. `watched`: every change of them is
    noticed; else it holds what they held when it was refreshed. `edge` grows within a version with every
    noticed change, also of a bucket that was touched before.
    """

    name: str
    usable: bool
    stale: bool
    version: int
    refreshed_at: datetime | None = None
    touched: frozenset[datetime | date | None] = frozenset()
    watched: bool = True
    edge: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Extent:
    """The first and last instant of the rows of an open range; None where there are none."""

    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Probe:
    """What must be asked before an open range can be planned: one row, its first and last instant."""

    statement: Statement
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the answer: its first instant as shown, and whether now or the range cuts it."""

    start: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Subtotal:
    """Sums by some of the dimensions: `by` as asked, the columns, and the statement of the rows."""

    by: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Statement


@dataclass(frozen=True, slots=True)
class Plan:
    """The way to an answer. `rollups`: all that are read; `tables`: the base tables read (`schema.table`).

    `edges`: the rollups of which some buckets are read from their tables. `aside`: members, planned values
    or states that have ended are read from tables, of which no rollup notices the changes.

    `rows` gives one row per group in final order, at most limit + 1 (None: no row at all): the bucket's place
    from 1 where there is a grain, then the columns, then whether it is the group of other members, then how
    many values had no rate. `totals` gives one row, `subtotals` those of each list of dimensions.
    """

    query: Query
    rows: Statement | None
    totals: Statement | None
    columns: tuple[Column, ...]
    range: dict[str, Any] | None
    layer: str
    moment: Moment
    span: Span
    buckets: tuple[Bucket, ...]
    immature: frozenset[int] = frozenset()
    subtotals: tuple[Subtotal, ...] = ()
    rollups: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    aside: bool = False
    rejected: tuple[Rejection, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements that are executed."""
        own = tuple(one for one in (self.rows, self.totals) if one is not None)
        return (*own, *(one.rows for one in self.subtotals))
