"""The cases of folders with a model or source of their own: all kinds, row rules, traps, five currencies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from leadline.embedded import demo
from leadline.imports.service import import_files
from tests.support.cases import CASES, model_of
from tests.support.databases import Database, Databases
from tests.support.examples import engine_over, failed_cases, unanswered_tiles

PRESENT = datetime(2026, 11, 17, 20, 32, tzinfo=UTC)
LAST_ORDERS = datetime(2021, 2, 20, 23, 59, 59, 999_999, UTC)


@pytest.fixture(scope="module")
def company(databases: Databases) -> Iterator[Database]:
    """A small demo company."""
    made = databases.create()
    demo.create(made.business, as_of=PRESENT, leads=6000)
    yield made
    databases.drop(made)


@pytest.fixture
def retailer(database: Database, shared: Path) -> Database:
    """The set in five currencies, imported; skipped where it is absent."""
    import_files(database.business, [shared / "data" / "global_electronics"])
    return database


def failures(folder: Path, database: Database, present: datetime = PRESENT) -> list[str]:
    """The cases of a folder that fail over a database."""

    async def run() -> list[str]:
        async with engine_over(database, model_of(folder), present) as (engine, source):
            return (await failed_cases(engine, source, folder))[1]

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["demo-kinds", "demo-rules"])
def test_the_demo_company_by_other_models(name: str, company: Database) -> None:
    assert failures(CASES / name, company) == []


def test_the_traps(database: Database) -> None:
    with psycopg.connect(database.business) as connection:
        connection.execute((CASES / "traps" / "source.sql").read_bytes())
    assert failures(CASES / "traps", database) == []


def test_five_currencies(retailer: Database) -> None:
    assert failures(CASES / "electronics", retailer, LAST_ORDERS) == []


def test_the_overview_of_five_currencies(retailer: Database) -> None:
    async def run() -> list[str]:
        model = model_of(CASES / "electronics")
        async with engine_over(retailer, model, LAST_ORDERS) as (engine, _):
            return await unanswered_tiles(engine, model)

    assert asyncio.run(run()) == []
