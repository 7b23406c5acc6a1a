"""The world in a database of its own, filled once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.planner.world import World, fill, rows
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def world(databases: Databases) -> Iterator[World]:
    """The filled world; questions only read it."""
    database = databases.create()
    with psycopg.connect(database.business, autocommit=True) as connection:
        data = rows()
        fill(connection, data)
        connection.execute("SET TimeZone = 'Asia/Tokyo'")  # no answer may depend on the session
        yield World(connection, data)
    databases.drop(database)
