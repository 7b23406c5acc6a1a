"""An example or a folder of cases over a database, as a product over it would answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from leadline.core.clock import Clock
from leadline.core.result import Result
from leadline.core.viewer import Viewer
from leadline.dashboards.compose import compose, read_request
from leadline.dashboards.service import documents
from leadline.engine import Engine, Models
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.verify import Verifier
from tests.support.cases import cases_of
from tests.support.databases import Database

ADMIN = Viewer("test", "admin@test", "admin")


@asynccontextmanager
async def engine_over(
    database: Database, model: Path, present: datetime
) -> AsyncIterator[tuple[Engine, Source]]:
    """An engine over a model, its clock standing still."""
    source = Source(SourceSettings(primary=parse_url(database.reader)))
    await source.open()
    try:
        models = Models(model, source)
        await models.poll()
        yield Engine(source, None, models, Clock(still=present)), source
    finally:
        await source.close()


async def failed_cases(engine: Engine, source: Source, folder: Path) -> tuple[int, list[str]]:
    """How many cases a folder has, and those that fail."""
    report = await Verifier(engine, source).run(cases_of(folder))
    return report.cases, [f"{one.file}:{one.line} {one.name}: {one.why}" for one in report.failed]


async def unanswered_tiles(engine: Engine, model: Path) -> list[str]:
    """The queries of the model's overview that are not answered, as it opens."""
    found, issues = documents(model / "dashboards", engine.model.model)
    asked = compose(found["executive"], read_request({}))
    bad = [str(issue) for issue in issues]
    tagged = [(f"{one.tile}.{one.name}", one.query) for one in asked]
    async for tag, outcome in engine.ask_many(tagged, ADMIN):
        if not isinstance(outcome, Result):
            bad.append(f"{tag}: {outcome}")
    return bad
