"""A running API for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
