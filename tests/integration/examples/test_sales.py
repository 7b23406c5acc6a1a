"""The sales pack over the demo company: its cases hold, every tile of its dashboard is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from leadline.core.clock import Clock
from leadline.core.result import Result
from leadline.core.viewer import Viewer
from leadline.dashboards.compose import compose, read_request
from leadline.dashboards.service import documents
from leadline.embedded import demo
from leadline.engine.engine import Engine
from leadline.engine.models import Models
from leadline.sources.postgres import Source, parse_url
from leadline.sources.postgres.settings import SourceSettings
from leadline.verify import Verifier
from tests.support.cases import cases_of
from tests.support.databases import Database, Databases
from tests.support.shared import ROOT

MODEL = ROOT / "models" / "sales"
CASES = ROOT / "tests" / "cases" / "demo"
ADMIN = Viewer("test", "admin@test", "admin")
PRESENTS = ("2026-11-17T20:32:00+00:00", "2027-03-01T05:30:00+00:00")
FIRST_TILES = [
    *(f"revenue_{span}" for span in ("today", "week", "month", "quarter", "year", "series")),
    *("leads", "appointments", "sales", "lead_flow", "ranking", "pipeline"),
]
"""What the promises measure, in this order."""


@pytest.fixture(scope="module", params=PRESENTS)
def company(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[Database, datetime]]:
    """A small company, and its present: cases must hold for any."""
    present = datetime.fromisoformat(request.param).astimezone(UTC)
    made = databases.create()
    demo.create(made.business, as_of=present, seed=len(request.param), leads=6000)
    yield made, present
    databases.drop(made)


async def answers(database: Database, present: datetime) -> tuple[int, list[str], list[str]]:
    """Cases, failed ones, and queries of the dashboard that are not answered."""
    source = Source(SourceSettings(primary=parse_url(database.reader)))
    await source.open()
    try:
        models = Models(MODEL, source)
        await models.poll()
        engine = Engine(source, None, models, Clock(still=present))
        report = await Verifier(engine, source).run(cases_of(CASES))
        failed = [f"{one.name}: {one.why}" for one in report.failed]
        return report.cases, failed, await refused(engine)
    finally:
        await source.close()


async def refused(engine: Engine) -> list[str]:
    """The dashboard's queries that are not answered, with every choice of its bar."""
    found, issues = documents(MODEL / "dashboards", engine.model.model)
    document = found["executive"]
    assert [tile.id for section in document.sections for tile in section.tiles][:12] == FIRST_TILES
    bad = [str(issue) for issue in issues]
    for request in (
        {},
        {"compare": "previous_period", "filters": [{"field": "rep.region", "op": "in", "values": ["East"]}]},
        {"range": {"preset": "last_month"}, "filters": [{"field": "source", "op": "in", "values": ["web"]}]},
        {
            "compare": "none",
            "range": {"preset": "year_to_date"},
            "tiles": {"revenue_series": {"grain": "month"}},
        },
    ):
        asked = compose(document, read_request(request))
        async for tag, outcome in engine.ask_many([(f"{a.tile}.{a.name}", a.query) for a in asked], ADMIN):
            if not isinstance(outcome, Result):
                bad.append(f"{tag} {request}: {outcome}")
    return bad


def test_cases_and_tiles(company: tuple[Database, datetime]) -> None:
    count, failed, unanswered = asyncio.run(answers(*company))
    assert count >= 60
    assert failed == []
    assert unanswered == []
