"""A filled business, its source and the rollups of its model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups import states
from leadline.rollups.landing import landing_at
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.support import business
from tests.support.databases import Database, Databases


def settings_of(database: Database) -> SourceSettings:
    """Reading as `reader`, writing in our schema as `rollups`."""
    return SourceSettings(parse_url(database.reader), owner=parse_url(database.rollups))


@pytest.fixture(autouse=True)
def _no_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a change of any bucket counts as one of the whole; tests of touched buckets say otherwise."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", False)


@pytest.fixture
async def source(database: Database) -> AsyncIterator[Source]:
    """The source over a filled database."""
    business.fill(database.business)
    with psycopg.connect(
        database.admin
    ) as connection:  # REFRESH … CONCURRENTLY compares in a temporary table
        connection.execute(f"GRANT TEMPORARY ON DATABASE {database.name} TO leadline_rollups")
    opened = Source(settings_of(database))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def rollups(source: Source) -> Rollups:
    """Both rollups, built."""
    bound = BoundModel(business.model(business.DAILY, business.BY_REGION), await source.schema())
    made = Rollups(source, bound)
    await made.install()
    for name in made.definitions:
        await made.refresh(name)
    return made


@pytest.fixture
async def reading(database: Database) -> AsyncIterator[Source]:
    """A source of which nobody has made our schema."""
    business.fill(database.business)
    run(database.admin, "DROP SCHEMA leadline CASCADE")
    opened = Source(SourceSettings(parse_url(database.reader)))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def ours(databases: Databases) -> AsyncIterator[Source]:
    """Our own database, with nothing in it."""
    fresh = databases.create()
    run(fresh.admin, "DROP SCHEMA leadline CASCADE")
    opened = landing_at(fresh.business)
    assert opened is not None
    await opened.open()
    yield opened
    await opened.close()
    databases.drop(fresh)


def run(dsn: str, statement: str) -> None:
    """Runs a statement at once."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)
