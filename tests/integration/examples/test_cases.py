"""The cases of folders with a model or source of their own: all kinds, row rules, traps, five currencies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from leadline.core.clock import Clock
from leadline.embedded import demo
from leadline.engine import Engine, Models
from leadline.imports.service import import_files
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.verify import Verifier
from tests.support.cases import CASES, answered, model_of
from tests.support.databases import Database, Databases

PRESENT = datetime(2026, 11, 17, 20, 32, tzinfo=UTC)
Make = Callable[[], Database]


@pytest.fixture(scope="module")
def company(databases: Databases) -> Iterator[Database]:
    """A small demo company."""
    made = databases.create()
    demo.create(made.business, as_of=PRESENT, leads=6000)
    yield made
    databases.drop(made)


def failures(folder: Path, database: Database) -> list[str]:
    """The cases of a folder that fail over a database."""

    async def run() -> list[str]:
        source = Source(SourceSettings(primary=parse_url(database.reader)))
        await source.open()
        try:
            models = Models(model_of(folder), source)
            await models.poll()
            verifier = Verifier(Engine(source, None, models, Clock(still=PRESENT)), source)
            report = await verifier.run(answered(folder))
            return [f"{one.file}:{one.line} {one.name}: {one.why}" for one in report.failed]
        finally:
            await source.close()

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["demo-kinds", "demo-rules"])
def test_the_demo_company_by_other_models(name: str, company: Database) -> None:
    assert failures(CASES / name, company) == []


def test_the_traps(database: Database) -> None:
    with psycopg.connect(database.business) as connection:
        connection.execute((CASES / "traps" / "source.sql").read_bytes())
    assert failures(CASES / "traps", database) == []


def test_five_currencies(database: Database, shared: Path) -> None:
    import_files(database.business, [shared / "data" / "global_electronics"])
    assert failures(CASES / "electronics", database) == []
