"""How a question will be answered: statements, the columns they give, and what was chosen and why.

Made by `planner.make_plan`, executed by the engine, read back by `planner.read_answer`. A plain value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from leadline.core.ranges import Moment, Span
from leadline.core.result import Column, Rejection
from leadline.planner.query import Query


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT in the source's dialect with psycopg's named placeholders (`%(p0)s`) and their values."""

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RollupState:
    """What is known of a rollup *in the snapshot that will be read*.

    `usable`: built for the model's present definition. `stale`: its tables changed since its refresh.
    `version` grows with every refresh.
    """

    name: str
    usable: bool
    stale: bool
    version: int
    refreshed_at: datetime | None = None
    touched: frozenset[datetime | date | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """The way to an answer. `rollups`: all that are read; `tables`: the base tables read (`schema.table`).

    `rows` gives one row per group in final order, at most limit + 1; `totals` one row, or is None.
    """

    query: Query
    rows: Statement
    totals: Statement | None
    columns: tuple[Column, ...]
    range: dict[str, Any] | None
    layer: str
    moment: Moment
    span: Span
    grain: str | None
    rollups: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    rules: tuple[str, ...] = ()
