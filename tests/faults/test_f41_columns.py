"""F41: a column goes or becomes another type: only what needs it fails, with the cause; it recovers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from leadline.planner.plan import Statement
from leadline.sources.postgres import SourceSettings, parse_url
from tests.support import business
from tests.support.databases import Database
from tests.support.sources import opened, run

ADMIN = Viewer("o1", "ada@example.com", "admin")
CLOCK = Clock.from_as_of("2026-05-31", business.ZONE)
NEEDS: dict[str, Any] = {"metrics": ["revenue"]}
OTHER: dict[str, Any] = {"metrics": ["sales"]}
ENOUGH = 8
"""Times after which the driver has prepared a statement on each connection of a pool of one."""


@pytest.fixture
async def engine(database: Database, tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine over a filled business, through one connection."""
    business.fill(database.business)
    (tmp_path / "model.yaml").write_text(business.MODEL)
    async with opened(SourceSettings(parse_url(database.reader), pool_size=1)) as source:
        models = Models(tmp_path, source)
        await models.poll()
        yield Engine(source, None, models, CLOCK)


async def _answers(engine: Engine, query: dict[str, Any]) -> object:
    return (await engine.ask(query, ADMIN)).data


async def _prepared(engine: Engine, query: dict[str, Any]) -> object:
    """The answer, asked so often that the server has a plan of it."""
    for _ in range(ENOUGH):
        await _answers(engine, query)
    return await _answers(engine, query)


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ("ALTER TABLE deals RENAME amount TO amount_2", "ALTER TABLE deals RENAME amount_2 TO amount"),
        (
            "ALTER TABLE deals ALTER amount TYPE text",
            "ALTER TABLE deals ALTER amount TYPE numeric(12,2) USING amount::numeric",
        ),
        ("ALTER TABLE deals RENAME TO deals_2", "ALTER TABLE deals_2 RENAME TO deals"),
    ],
)
async def test_f41_only_what_needs_the_column_fails_and_it_recovers(
    engine: Engine, database: Database, away: str, back: str
) -> None:
    before, other = await _prepared(engine, NEEDS), await _prepared(engine, OTHER)
    run(database.business, away)
    for _ in range(2):
        with pytest.raises(LeadlineError) as refused:
            await _answers(engine, NEEDS)
        assert refused.value.code == "model_invalid"
        assert any(word in refused.value.why for word in ("amount", "sum(text)", "deals"))
        if "amount" in away:
            assert await _answers(engine, OTHER) == other
    run(database.business, back)
    assert await _answers(engine, NEEDS) == before


async def test_f41_a_type_that_also_fits_is_answered_at_once(engine: Engine, database: Database) -> None:
    """The plans that connections keep are of the old type: they are thrown away, nobody notices."""
    before = await _prepared(engine, NEEDS)
    run(database.business, "ALTER TABLE deals ALTER amount TYPE numeric(14,2), ADD more int")
    assert await _answers(engine, NEEDS) == before
    await asyncio.gather(*(_answers(engine, NEEDS) for _ in range(3)))


async def test_f41_a_plan_of_another_type_is_made_anew(database: Database) -> None:
    """The server refuses to run a plan that it kept: one try more, over a new connection."""
    run(database.business, "CREATE TABLE t AS SELECT 7 AS v")
    statement = Statement("SELECT v FROM t", {})
    async with opened(SourceSettings(parse_url(database.reader), pool_size=2)) as source:
        for _ in range(2 * ENOUGH):
            assert await source.read(lambda reader: reader.fetch(statement)) == [(7,)]
        run(database.business, "ALTER TABLE t ALTER v TYPE text")
        for _ in range(4):
            assert await source.read(lambda reader: reader.fetch(statement)) == [("7",)]
