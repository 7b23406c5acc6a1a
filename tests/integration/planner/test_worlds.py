"""Random worlds: rows, model, viewer, questions. The planner answers as the oracle, also from rollups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.planner import bind
from leadline.planner.plan import RollupState
from leadline.rollups.define import define
from tests.integration.planner.answered import answers
from tests.integration.planner.queries import queries
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Spec
from tests.integration.planner.test_oracle import check
from tests.integration.planner.world import World, loaded
from tests.integration.planner.world_changes import Touched, change
from tests.integration.planner.world_models import specs, with_rollups
from tests.integration.planner.world_parts import ADMIN, VIEWERS
from tests.integration.planner.world_rows import rows
from tests.integration.planner.world_tables import create, insert, schema
from tests.support.databases import Databases

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Case:
    """A random world and what is asked of it."""

    spec: Spec
    viewer: Viewer
    seed: int
    asked: list[dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn, of: st.SearchStrategy[Spec]) -> Case:
    """A world with a handful of questions."""
    spec = draw(of)
    viewer = draw(st.sampled_from(VIEWERS)) if spec.rules else ADMIN
    asked = draw(st.lists(queries(spec), min_size=3, max_size=5))
    return Case(spec, viewer, draw(st.integers(0, 50)), asked)


@pytest.fixture(scope="module")
def stage(databases: Databases) -> Iterator[Connection]:
    """A database with the tables, empty; each world is a transaction that is taken back."""
    database = databases.create()
    with psycopg.connect(database.admin) as connection:
        create(connection)
        connection.execute("SET TimeZone = 'Asia/Tokyo'")  # no answer may depend on the session
        connection.commit()
        yield connection
    databases.drop(database)


def filled(stage: Connection, case: Case) -> World:
    """The world of a case, in an open transaction."""
    stage.rollback()
    data = rows(case.seed, 40, 25, 10)
    if answers("no_rate") and case.seed % 4 == 0:
        data["rates"] = [one for one in data["rates"] if one["day"].year > 2024]
    insert(stage, data)
    return World(stage, data, bind(loaded(case.spec), schema()), case.viewer)


def compare(stage: Connection, case: Case) -> None:
    """Every question has the oracle's answer."""
    world = filled(stage, case)
    for query in case.asked:
        check(world, query, case.spec)


def compare_rollups(stage: Connection, case: Case) -> None:
    """Every question has the same answer from rollups, from base tables, and from the oracle."""
    world = filled(stage, case)
    for name, rollup in world.bound.model.rollups.items():
        select = define(rollup, world.bound).select
        stage.execute(f"CREATE MATERIALIZED VIEW leadline.{name} AS {select}".encode())
    touched = change(stage, case.spec, world.data, case.seed) if answers("edge") and case.seed % 2 else {}
    states = {name: _state(name, touched) for name in case.spec.rollups}
    for query in case.asked:
        check(world, query, case.spec)
        _same(world, query, states)


def _state(name: str, touched: Touched) -> RollupState:
    more: dict[str, Any] = {"touched": touched[name]} if name in touched else {}
    return RollupState(name, usable=True, stale=False, version=1, **more)


def _same(world: World, query: dict[str, Any], states: dict[str, RollupState]) -> None:
    try:
        plan = world.plan(query, states)
        if plan.rollups:
            assert world.read(plan) == world.ask(query)
    except LeadlineError:  # the oracle has agreed that it is refused
        return


@pytest.mark.parametrize("shard", range(3))
def test_any_world(stage: Connection, shard: int) -> None:
    run(shard, cases(specs()), lambda case: compare(stage, case))


@pytest.mark.parametrize("shard", range(3))
def test_any_world_with_rollups(stage: Connection, shard: int) -> None:
    if not answers("models", "rollups"):
        pytest.skip("random rollups need random models: see answered.py")
    run(shard, cases(with_rollups()), lambda case: compare_rollups(stage, case))


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(100, 120))
def test_many_worlds(stage: Connection, shard: int) -> None:
    run(shard, cases(specs()), lambda case: compare(stage, case))


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(100, 115))
def test_many_worlds_with_rollups(stage: Connection, shard: int) -> None:
    if not answers("models", "rollups"):
        pytest.skip("random rollups need random models: see answered.py")
    run(shard, cases(with_rollups()), lambda case: compare_rollups(stage, case))
