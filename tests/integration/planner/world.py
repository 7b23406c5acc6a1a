"""A small business with every trap in it: its model, and a way to ask it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from leadline.core.calendar import Calendar
from leadline.core.viewer import Viewer
from leadline.planner import Answer, BoundModel, bind, make_plan, parse_query, read_answer
from leadline.planner.plan import Extent, Plan, Probe, RollupState, Statement
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.loader.load import load
from leadline.semantic.model import Measure, Model, Place, Rollup
from tests.integration.planner.spec import Spec
from tests.integration.planner.world_base import BASE
from tests.integration.planner.world_rows import Rows, rows
from tests.integration.planner.world_tables import fill, schema

HERE = Place("world.yaml", 1)
VIEWER = Viewer("org", "ada@example.com", "admin")
HOME = BASE.zone
NOW = datetime(2026, 3, 31, 20, 32, 7, tzinfo=UTC)


def expression(text: str | None) -> Expression | None:
    """The expression of a text, if there is one."""
    return parse(text) if text else None


def measure(name: str, aggregation: str, operand: str | None = None, where: str | None = None) -> Measure:
    """A measure without a time of its own."""
    return Measure(name, aggregation, HERE, operand=expression(operand), where=expression(where))


def loaded(spec: Spec) -> Model:
    """The model that a spec says, through the loader."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.yaml"
        file.write_text(json.dumps(spec.yaml()), encoding="utf-8")  # JSON is YAML
        found = load(file)
    assert found.model, found.issues
    return found.model


@cache
def _base() -> Model:
    return loaded(BASE)


def model(*rollups: Rollup, calendar: Calendar | None = None) -> Model:
    """The model of the world, with rollups where given."""
    found = replace(_base(), calendar=calendar or Calendar(HOME), fingerprint="world")
    return replace(found, rollups={one.name: one for one in rollups})


# -- asking -----------------------------------------------------------------------------------------


class World:
    """A filled database, its rows, and a connection to ask it."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        data: Rows,
        bound: BoundModel | None = None,
        viewer: Viewer = VIEWER,
    ) -> None:
        self.connection, self.data, self.viewer = connection, data, viewer
        self.bound = bound or bind(model(), schema())
        self.now = NOW

    def plan(self, query: Mapping[str, Any], states: Mapping[str, RollupState] | None = None) -> Plan:
        """The plan of a query."""
        asked = parse_query(query, viewer=self.viewer, now=self.now, model=self.bound.model)
        found = make_plan(asked, self.bound, states or {})
        if isinstance(found, Probe):
            first, last = self._rows(found.statement)[0]
            found = make_plan(asked, self.bound, states or {}, Extent(first, last))
        assert isinstance(found, Plan)
        return found

    def _rows(self, statement: Statement | None) -> list[tuple[Any, ...]]:
        if statement is None:
            return []
        return self.connection.execute(statement.sql.encode(), dict(statement.params)).fetchall()

    def read(self, plan: Plan) -> Answer:
        """What the database answers to a plan."""
        totals = self._rows(plan.totals)
        subtotals = [self._rows(one.rows) for one in plan.subtotals]
        return read_answer(plan, self._rows(plan.rows), totals[0] if totals else None, subtotals)

    def ask(self, query: Mapping[str, Any], states: Mapping[str, RollupState] | None = None) -> Answer:
        """The answer to a query."""
        return self.read(self.plan(query, states))


def table(answer: Answer) -> list[tuple[Any, ...]]:
    """An answer by rows."""
    return list(zip(*answer.data, strict=True)) if answer.rows else []


def by_name(answer: Answer) -> Iterator[dict[str, Any]]:
    """An answer as one dictionary a row."""
    for row in table(answer):
        yield {column.name: value for column, value in zip(answer.columns, row, strict=True)}


__all__ = ["World", "by_name", "fill", "loaded", "model", "rows", "schema", "table"]
