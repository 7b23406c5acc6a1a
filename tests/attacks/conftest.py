"""A running API for each module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.attacks.planning import PlanningEngine
from tests.support.api import Running, running
from tests.support.databases import Database, Databases
from tests.support.state import migrated, state, state_database

__all__ = ["migrated", "state", "state_database"]


@pytest.fixture(scope="module")
def api(databases: Databases, migrated: Database) -> Iterator[Running]:
    """The application over real accounts; one for the module."""
    fresh = databases.create(migrated.name)
    with running(fresh) as served:
        yield served
    databases.drop(fresh)


@dataclass(frozen=True)
class Asking:
    """An API over the real planner: `api` answers, `engine` keeps what would reach a database."""

    api: Running
    engine: PlanningEngine


@pytest.fixture(scope="module")
def asking(databases: Databases, migrated: Database) -> Iterator[Asking]:
    """The application over real accounts and the real planner; one for the module."""
    fresh, engine = databases.create(migrated.name), PlanningEngine()
    with running(fresh, lambda services: replace(services, engine=engine)) as served:
        yield Asking(served, engine)
    databases.drop(fresh)
