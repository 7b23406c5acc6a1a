"""A source that lets us only read: its rollups land in our own database, and are never said to be of now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner.bound import BoundModel
from leadline.planner.plan import Statement
from leadline.rollups.landing import landing_at, read_landed
from leadline.rollups.overview import overview
from leadline.rollups.service import Rollups, rollups_for
from leadline.semantic.model import Refresh
from leadline.sources.postgres import Source
from tests.integration.rollups.conftest import run
from tests.support import business
from tests.support.databases import Database

DAILY, BY_REGION = "daily_revenue_summary", "deals_by_region"


@pytest.fixture
async def landed(reading: Source, ours: Source) -> Rollups:
    """Two rollups, landed together."""
    made = await rollups_for(reading, await _bound(reading), ours)
    assert made.lands
    await made.install()
    assert {name async for name, _ in made.refresh_all(list(made.definitions))} == {DAILY, BY_REGION}
    return made


async def _bound(source: Source) -> BoundModel:
    wanted = [replace(one, refresh=Refresh(every=300)) for one in (business.DAILY, business.BY_REGION)]
    return BoundModel(business.model(*wanted), await source.schema())


async def _rows(source: Source, query: str) -> list[tuple[Any, ...]]:
    async with source.reading() as reader:
        return sorted(await reader.fetch(Statement(query, {})), key=repr)


async def test_the_rows_are_those_of_the_source_type_for_type(
    reading: Source, ours: Source, landed: Rollups
) -> None:
    for name, definition in landed.definitions.items():
        stored = await _rows(ours, f"TABLE leadline.{name}")
        assert stored == await _rows(reading, definition.select)
    [(kind,)] = await _rows(ours, f"SELECT pg_typeof(total_revenue)::text FROM leadline.{DAILY} LIMIT 1")
    assert kind == "numeric"


async def test_they_are_of_one_instant_and_serve_twice_their_interval(ours: Source, landed: Rollups) -> None:
    states = await landed.states()
    assert all(state.usable and not state.stale for state in states.values())
    assert states[DAILY].refreshed_at == states[BY_REGION].refreshed_at
    assert landed.bounds() == {DAILY: 600, BY_REGION: 600}
    async with ours.reading() as reader:
        old = await read_landed(reader, landed.definitions, {DAILY: 600, BY_REGION: 0})
    assert (old[DAILY].stale, old[BY_REGION].stale) == (False, True)
    said = {one.name: one for one in await overview(landed)}
    assert said[DAILY].state == "fresh"
    assert "lets us only read" in said[DAILY].note


async def test_a_refresh_puts_new_rows_in_place_while_others_read(
    reading: Source, ours: Source, landed: Rollups, database: Database
) -> None:
    async with ours.reading() as reader:
        before = await reader.fetch(Statement(f"SELECT sum(deals_count) FROM leadline.{DAILY}", {}))
        run(database.business, "UPDATE deals SET status = 'won', amount = 7")
        outcome = await landed.refresh(DAILY)
        assert (outcome.action, outcome.version) == ("refreshed", 2)
        assert await reader.fetch(Statement(f"SELECT sum(deals_count) FROM leadline.{DAILY}", {})) == before
    assert await _rows(ours, f"TABLE leadline.{DAILY}") == await _rows(
        reading, landed.definitions[DAILY].select
    )


async def test_the_failure_of_one_keeps_its_last_rows_and_lets_the_others_go_on(
    ours: Source, landed: Rollups, database: Database
) -> None:
    before = await _rows(ours, f"TABLE leadline.{BY_REGION}")
    run(database.business, "REVOKE SELECT ON reps FROM leadline_reader; UPDATE deals SET amount = 1")
    done = {name: one async for name, one in landed.refresh_all([BY_REGION, DAILY])}
    assert isinstance(done[BY_REGION], LeadlineError)
    assert not isinstance(done[DAILY], LeadlineError)
    assert await _rows(ours, f"TABLE leadline.{BY_REGION}") == before
    assert ((await landed.known())[BY_REGION].error or "").startswith("no_permission")


async def test_where_the_source_grants_more_they_stay_there(
    reading: Source, ours: Source, database: Database
) -> None:
    run(database.admin, f"GRANT CREATE ON DATABASE {database.name} TO leadline_reader")
    assert not (await rollups_for(reading, await _bound(reading), ours)).lands
    assert landing_at("host=127.0.0.1 dbname=x") is None
    assert landing_at(None) is None
