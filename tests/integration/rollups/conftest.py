"""A filled business, its source and the rollups of its model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups import states
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.support import business
from tests.support.databases import Database


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
