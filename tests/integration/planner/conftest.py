"""The world in a database of its own, filled once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.planner.world import World, fill, rows
from tests.support.databases import Database, Databases


@pytest.fixture(scope="session")
def world_database(databases: Databases) -> Iterator[Database]:
    """The database of the world."""
    database = databases.create()
    yield database
    databases.drop(database)


@pytest.fixture(scope="session")
def world(world_database: Database) -> Iterator[World]:
    """The filled world; questions only read it."""
    with psycopg.connect(world_database.business, autocommit=True) as connection:
        data = rows()
        fill(connection, data)
        connection.execute("SET TimeZone = 'Asia/Tokyo'")  # no answer may depend on the session
        yield World(connection, data)


@pytest.fixture(scope="session")
def stored_views(world: World, world_database: Database) -> None:
    """The rollups of `test_rollups`, made by hand."""
    from tests.integration.planner.test_rollups import VIEWS

    with psycopg.connect(world_database.admin, autocommit=True) as connection:
        connection.execute(VIEWS.encode())
        connection.execute("GRANT USAGE ON SCHEMA leadline TO PUBLIC")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA leadline TO PUBLIC")
