"""Plans over the model of the small world: noon of 31 March 2026 in Chicago, without any database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leadline.core.calendar import Calendar
from leadline.core.viewer import Viewer
from leadline.planner import bind, make_plan, parse_query
from leadline.planner.bound import BoundModel
from leadline.planner.plan import Extent, Plan, Probe, RollupState, Statement
from leadline.semantic.model import Rollup
from tests.integration.planner.world import VIEWER, model, schema

BOUND = bind(model(), schema())
NOW = datetime(2026, 3, 31, 17, 0, 7, tzinfo=UTC)


def bound_with(*rollups: Rollup, calendar: Calendar | None = None) -> BoundModel:
    """The small world with rollups, or by another calendar."""
    return bind(model(*rollups, calendar=calendar), schema())


def planned(
    query: dict[str, Any],
    bound: BoundModel = BOUND,
    states: tuple[RollupState, ...] = (),
    extent: Extent | None = None,
    viewer: Viewer = VIEWER,
) -> Plan | Probe:
    """What the planner makes of a question for revenue, or for the metrics in it."""
    asked = parse_query({"metrics": ["revenue"], **query}, viewer=viewer, now=NOW, model=bound.model)
    return make_plan(asked, bound, {one.name: one for one in states}, extent)


def plan(
    query: dict[str, Any],
    bound: BoundModel = BOUND,
    states: tuple[RollupState, ...] = (),
    viewer: Viewer = VIEWER,
) -> Plan:
    """The plan of a question whose range is closed, or that has no grain."""
    found = planned(query, bound, states, viewer=viewer)
    assert isinstance(found, Plan)
    return found


def statement(query: dict[str, Any]) -> Statement:
    """The statement of its rows."""
    found = plan(query).rows
    assert found is not None
    return found
